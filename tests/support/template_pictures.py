"""Paints the small picture each template is chosen by, with the program's own painter: `python -m … [FOLDER]`."""

import io
import sys
from pathlib import Path

from PIL import Image

from textcraft_core.show.templates import templates
from textcraft_image_server.painting import paint

SIZE = (960, 540)
KEPT = (480, 270)
PROMPTS = {
    "unrung_bell": ("a great bell in a belfry at dusk, amber light, a small figure", 5),
    "souls_aboard": ("a lighthouse and a ship on a sea at night, mist, moon, silver and teal", 4),
    "ministry_of_weather": ("a city square with tall buildings at noon, sepia and gold, a small figure", 3),
    "third_of_a_millimetre": ("a mountain with a hut and stones at dawn, moss green and pale, soft light", 8),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for template in templates():
        prompt, seed = PROMPTS[template.name]
        picture = paint(prompt, seed, *SIZE, negative_prompt="lettering")
        buffer = io.BytesIO()
        picture.resize(KEPT, Image.Resampling.LANCZOS).save(buffer, "WEBP", quality=82, method=6)
        (folder / f"{template.name}.webp").write_bytes(buffer.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[2] / "resources" / "templates"))
