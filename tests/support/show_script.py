"""A show as a script of events, so that windows and states in tests look like an evening."""

import json
from pathlib import Path

from PIL import Image, ImageDraw

from textcraft_bus.channel.messages import Layer, Mode
from textcraft_core import events as ev
from textcraft_core.events import EngineState, Event, Phase

SKIES = (
    ((20, 22, 48), (214, 130, 96)),
    ((8, 38, 44), (180, 210, 170)),
    ((60, 18, 30), (240, 120, 80)),
    ((24, 30, 40), (150, 170, 190)),
    ((10, 10, 22), (80, 60, 130)),
)
_WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
CAPTIONS: tuple[str, ...] = tuple(_WORDS["captions"])
TEXT: str = _WORDS["text"]


def sha(number: int) -> str:
    return f"{number:064x}"


def paint(path: Path, number: int, size: tuple[int, int] = (480, 270)) -> None:
    """A sky over water, unlike its neighbours."""
    top, low = SKIES[number % len(SKIES)]
    width, height = size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line((0, y, width, y), tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True)))
    radius = height // 11
    centre = (width * (3 + number % 3) // 7, height // 3)
    draw.ellipse((centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius), fill=(226, 222, 214))
    hills = [(x, round(height * 0.62 - (x * (7 + number) % 97) * 0.5)) for x in range(0, width + 60, 60)]
    draw.polygon([(0, height), *hills, (width, height)], fill=tuple(value // 3 for value in top))
    image.save(path, compress_level=1)


def pictures(folder: Path, count: int = 5) -> list[str]:
    """Paint `count` pictures into `folder`; returns their paths."""
    paths = [folder / f"{sha(number)}.png" for number in range(count)]
    for number, path in enumerate(paths):
        paint(path, number)
    return [str(path) for path in paths]


def opened(folder: Path) -> list[Event]:
    return [
        ev.ShowOpened(path=str(folder), title=_WORDS["title"], mode=Mode.REHEARSE),
        ev.EngineStateChanged(state=EngineState.IDLE),
    ]


def services() -> list[Event]:
    return [
        ev.ServiceSeen(service="wall.brick", role="wall", pid=4101, host="here"),
        ev.ServiceSeen(service="image_server.painter", role="image_server", pid=4102, host="here"),
    ]


def beats() -> list[Event]:
    return [
        ev.ServiceBeat(service="wall.brick", state="showing", rss=90_000_000, frames_painted=60),
        ev.ServiceBeat(service="image_server.painter", state="idle", rss=120_000_000),
    ]


def matrix() -> Event:
    entries = {
        row["id"]: {
            "title": row["title"], "path": f"data/manuscripts/{row['id']}_{row['title'].replace(' ', '_')}.md",
            "word_count": row["words"], "status": row["status"], "editor_notes": row["notes"], "notes": [],
            "continuity_check": "PENDING",
        }
        for row in _WORDS["chapters"]
    }  # fmt: skip
    metrics = {"total_word_count": 1405, "chapter_count": 5, "chapter_target_word_count": 420}
    return ev.MatrixChanged(entries=entries, metrics=metrics)


def candidate(number: int, path: str, *, approved: bool = True, passed: bool = True) -> list[Event]:
    request_id = f"picture-{number}"
    checks = {"whole": True, "decodes": True, "size": True, "picture": passed, "words": True}
    return [
        ev.GateDecided(
            request_id=request_id, passed=passed, checks=checks, reason="" if passed else "it is almost one colour"
        ),
        ev.CandidateAdded(
            request_id=request_id, path=path, sha256=sha(number), caption=CAPTIONS[number % len(CAPTIONS)],
            approved=approved and passed, width=960, height=540, mime="image/png",
            failed=() if passed else ("picture",),
        ),
    ]  # fmt: skip


def taken(number: int, *walls: str) -> Event:
    caption = CAPTIONS[number % len(CAPTIONS)]
    return ev.TakenLive(request_id=f"picture-{number}", sha256=sha(number), caption=caption, walls=walls or ("brick",))


def confirmed(number: int, count: int = 1, walls: int = 1) -> list[Event]:
    caption = CAPTIONS[number % len(CAPTIONS)]
    return [
        ev.WallConfirmed(wall="brick", layer=Layer.PROGRAM, sha256=sha(number), phase="first_frame", scene=number + 1),
        ev.LiveConfirmed(
            request_id=f"picture-{number}", sha256=sha(number), caption=caption, confirmed=count, walls=walls
        ),
    ]


def cycle_until(cycle: int, phase: Phase, target: str = "ch04_Fourth.md") -> list[Event]:
    """A cycle from its start into `phase`."""
    events: list[Event] = [ev.CycleStarted(cycle=cycle)]
    for step in Phase:
        role = "narrator" if step is Phase.EXECUTE else ""
        events.append(ev.PhaseEntered(cycle=cycle, phase=step, role=role, target=target if role else ""))
        if step is Phase.PLAN:
            events.append(ev.DecisionMade(cycle=cycle, action="generate", role="narrator", target=target, notes=""))
        if step is phase:
            return events
    return events


def streamed(cycle: int, text: str = TEXT, target: str = "ch04_Fourth.md") -> list[Event]:
    pieces = [text[start : start + 12] for start in range(0, len(text), 12)]
    return [ev.TokensStreamed(cycle=cycle, role="narrator", target=target, text=piece) for piece in pieces]
