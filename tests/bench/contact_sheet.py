"""Draws one sheet of sample pictures: every prompt of the data file beside this module with every seed."""

import json
import sys
from pathlib import Path

from PIL import Image

from textcraft_image_server.painting import paint

COLUMNS = 4
TILE = (400, 225)


def make(path: Path, drawn: tuple[int, int] = (1920, 1080)) -> Path:
    """Paint each prompt with each seed at the size `drawn`, make it a tile, write the sheet to `path`, return it."""
    data = json.loads(Path(__file__).with_name("contact_prompts.json").read_text(encoding="utf-8"))
    jobs = [(prompt, seed) for prompt in data["prompts"] for seed in data["seeds"]]
    sheet = Image.new("RGB", (COLUMNS * TILE[0], -(-len(jobs) // COLUMNS) * TILE[1]))
    for place, (prompt, seed) in enumerate(jobs):
        tile = paint(prompt, seed, *drawn).resize(TILE, Image.Resampling.LANCZOS)
        sheet.paste(tile, (place % COLUMNS * TILE[0], place // COLUMNS * TILE[1]))
    sheet.save(path)
    return path


if __name__ == "__main__":
    make(Path(sys.argv[1]))
