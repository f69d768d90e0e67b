"""Photographs of a real wall from outside, on two sheets: each transition on its way, and each way of laying a picture.

`python -m tests.support.wall_shots FOLDER`; knows no test.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.bench import contact_sheet
from tests.support.qt_loop import until
from tests.textcraft_display.rig import Rig, on_wall
from textcraft_bus.channel.messages import Picture, Transition, TransitionKind, WallMap
from textcraft_bus.disk.assets import resources
from textcraft_image_server.painting import paint

TILE, LABEL, COLUMNS = (480, 270), 26, 4
MOMENTS = (0.2, 0.5, 0.8, 1.0)
"""When a transition is photographed, as shares of its length."""
SECONDS = 3.0
MAPS: dict[str, WallMap] = {
    "fill": WallMap(),
    "fit": WallMap(fit="fit"),
    "stretch": WallMap(fit="stretch"),
    "crop, the middle": WallMap(crop=(0.25, 0.25, 0.5, 0.5)),
    "rotate 90": WallMap(rotate=90),
    "rotate 180": WallMap(rotate=180),
    "rotate 270, fit": WallMap(rotate=270, fit="fit"),
    "four corners": WallMap(corners=((0.12, 0.05), (0.95, 0.15), (0.85, 0.92), (0.04, 0.8))),
    "brightness +0.4": WallMap(brightness=0.4),
    "brightness -0.4": WallMap(brightness=-0.4),
    "contrast +0.5": WallMap(contrast=0.5),
    "contrast -0.5": WallMap(contrast=-0.5),
}

Shot = tuple[str, Image.Image]


def main() -> int:
    """Take them, write the two sheets and say where they are."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "shots").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shots: dict[str, list[Shot]] = {}
    with tempfile.TemporaryDirectory() as place:
        on_wall(Path(place), lambda rig: _take(rig, shots), TILE)
    for name, taken in shots.items():
        _sheet(taken).save(folder / f"wall-{name}.png")
        sys.stdout.write(f"{len(taken)} photographs of a wall in {folder / f'wall-{name}.png'}\n")
    return 0


async def _take(rig: Rig, shots: dict[str, list[Shot]]) -> None:
    prompts = json.loads(Path(contact_sheet.__file__).with_name("contact_prompts.json").read_text("utf-8"))["prompts"]
    one, other = (rig.picture(paint(prompt, 7, 960, 540)) for prompt in prompts[:2])
    upright = rig.picture(paint(prompts[2], 7, 540, 720))
    shots["transitions"] = [shot for kind in TransitionKind for shot in await _on_its_way(rig, kind, one, other)]
    shots["maps"] = []
    for name, laid in MAPS.items():
        await rig.show(upright if "fit" in name or name in {"fill", "stretch"} else one, map=laid)
        await rig.painted()
        shots["maps"].append((name, rig.screen()))


async def _on_its_way(rig: Rig, kind: TransitionKind, one: Picture, other: Picture) -> list[Shot]:
    """Photograph the wall at the moments, by the window's own clock."""
    await rig.show(one)
    number = rig.play(other, transition=Transition(kind=kind, seconds=SECONDS))
    await rig.began(number)
    begun, taken = time.monotonic(), []
    for moment in MOMENTS:
        await until(lambda due=begun + moment * SECONDS: time.monotonic() >= due, SECONDS + 1)  # type: ignore[misc]
        if moment == MOMENTS[-1]:
            await rig.settled(number)
        taken.append((f"{kind.value}, {moment:.0%}", rig.screen()))
    return taken


def _sheet(shots: Iterable[Shot]) -> Image.Image:
    taken = list(shots)
    rows = -(-len(taken) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE[0], rows * (TILE[1] + LABEL)), (22, 24, 27))
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(resources("fonts", "Inter-Medium.otf")), 15)
    for place, (label, picture) in enumerate(taken):
        left, top = place % COLUMNS * TILE[0], place // COLUMNS * (TILE[1] + LABEL)
        pen.text((left + 8, top + 4), label, font=font, fill=(214, 218, 224))
        sheet.paste(picture, (left, top + LABEL))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
