"""The sheet of samples that the bench draws."""

import json
from pathlib import Path

from PIL import Image

from tests.bench import contact_sheet


def test_the_sheet_holds_every_prompt_and_seed(tmp_path: Path) -> None:
    data = json.loads(Path(contact_sheet.__file__).with_name("contact_prompts.json").read_text(encoding="utf-8"))
    assert (len(data["prompts"]), len(set(data["seeds"]))) == (16, 2)
    with Image.open(contact_sheet.make(tmp_path / "sheet.png", (160, 90))) as sheet:
        assert sheet.size == (1600, 225 * 8)
        tiles = [
            sheet.crop((x, y, x + 400, y + 225)).tobytes() for x in range(0, 1600, 400) for y in range(0, 1800, 225)
        ]
    assert len(set(tiles)) == 32
