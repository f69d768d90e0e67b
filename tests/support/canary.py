"""Hostile words in every place words come from, and how one sees that a page obeyed them; knows no pytest.

`python -m tests.support.canary FOLDER COUNT` shows consoles full of such words, one way of writing them after the
other, and prints as JSON what was looked at and what was obeyed.
"""

import enum
import json
import logging
import sys
import types
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QWidget

from tests.fakes.clock import FakeClock
from tests.fakes.stage import FakeStage, InlineTasks
from tests.support import gallery, house
from tests.support import show_script as script
from tests.support.layout import name_of, pixels_of
from textcraft_bus.channel.messages import Mode
from textcraft_bus.disk.assets import resources
from textcraft_core import events as ev
from textcraft_core.engine.trial import Prompt
from textcraft_core.events import Event
from textcraft_core.record.journal import Record
from textcraft_core.show.bible_files import FILES
from textcraft_gui.theme import prepare
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.window import ConsoleWindow
from textcraft_qt.fonts import load_fonts
from textcraft_qt.labels import PlainLabel

LABEL = PlainLabel.__base__
"""Qt's own label, to see what is really shown."""
LOUD = (255, 0, 254)
"""A colour that nothing of the console has."""
MARKS = "\u202e\u2066\x07\x1b[31m\x00"
"""Turns the line round, opens an isolate, rings, colours a terminal, ends a string."""
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
APART = {
    "StageExchanged",
    "StageClosing",
    "RehearsalLeft",
    "ModeChanged",
    "ModeChanging",
    "AttendanceChanged",
    "ShowOpened",
}
"""Events that exchange what is looked at; their words are looked at by themselves."""
BEGAN = datetime(2030, 1, 1, 20, 0, tzinfo=UTC)


def value(kind: Any, words: str) -> Any:
    """A value of a type, hostile wherever words may stand."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return value(inner[0], words)
    if origin in {typing.Union, types.UnionType}:
        return value(next(each for each in inner if each is not type(None)), words)
    if origin is typing.Literal:
        return inner[0]
    if origin in {tuple, list, frozenset, set}:
        return origin([value(inner[0], words)]) if inner else origin()
    if origin is dict:
        return {value(inner[0], words): value(inner[1], words)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    if hasattr(kind, "model_fields"):
        return filled(kind, words)
    if kind is typing.Any or kind is object:
        return words
    return {str: words, int: 1, float: 1.0, bool: True, datetime: BEGAN, bytes: b""}[
        getattr(kind, "__supertype__", kind)
    ]


def filled(model: Any, words: str) -> Any:
    values = {name: value(field.annotation, words) for name, field in model.model_fields.items()}
    return model.model_construct(**values)


def all_events(words: str) -> Iterator[Event]:
    """One event of each kind, hostile wherever words may stand."""
    waiting: list[type[Event]] = [Event]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if (
                each.__module__.startswith("textcraft_core.events.")
                and each.model_fields
                and each.__name__ not in APART
            ):
                yield filled(each, words)


def chosen(words: str, tmp_path: Path) -> Iterator[Event]:
    """A busy evening whose every name and sentence is hostile."""
    yield ev.ShowOpened(path=str(tmp_path), title=words, mode=Mode.EDIT)
    yield from (*script.services(), *house.two_walls())
    yield ev.ServiceSeen(service=words, role="agent", pid=77, host=words)
    entry = {"title": words, "path": words, "word_count": 3, "status": words, "editor_notes": words, "notes": [words]}
    yield ev.MatrixChanged(entries={"ch01": entry, words: {**entry, "status": "DRAFTING"}}, metrics={})
    for number, path in enumerate(script.pictures(tmp_path, 3)):
        request = f"picture-{number}"
        yield ev.GateDecided(request_id=request, passed=number != 2, checks={words: number != 2}, reason=words)
        yield ev.CandidateAdded(
            request_id=request, path=path, sha256=script.sha(number), caption=words, approved=True, width=960,
            height=540, mime="image/png", failed=() if number != 2 else (words,),
        )  # fmt: skip
    yield ev.TakenLive(request_id="picture-1", sha256=script.sha(1), caption=words, walls=("brick", "stairs"))
    yield from script.confirmed(1, 2, 2)
    yield ev.NextStaged(request_id="picture-0")
    yield ev.WallNamed(wall="brick", title=words)
    yield ev.InputQueued(input_id="l", text=words, source=words)
    yield ev.AudienceRules(policy="ask")
    yield ev.AudienceHeard(story_id="s", text=words, speaker=words, reason=words)
    yield ev.RenderRequested(request_id="r", prompt=words, seed=1, width=64, height=64, cycle=1, target=words)
    yield ev.CycleStarted(cycle=4)
    yield ev.TokensStreamed(cycle=4, role="narrator", target=words, text=words)
    yield ev.Warned(text=words, source=words, fault=True)


def texts(stage: FakeStage, words: str) -> None:
    """Hostile words in every file of the show."""
    person = {"name": words, "model": words, "system_prompt": words, "allowed_tools": [words]}
    stage.writing.files["personas"] = stage.raw_personas = {"architect": person, "narrator": dict(person)}
    for file in FILES:
        if file != "personas":
            stage.writing.files[file] = {words: {"name": words, "description": words, words: words}}
    stage.manuscripts[words] = stage.manuscripts["data/manuscripts/ch01.md"] = words
    stage.writing.history["story_bible/personas.json"] = [(words, "{}"), (words, '{"a": 1}')]
    names = (words,)
    stage.writing.next_prompt = Prompt(words, words, names, names, words, words, 1, 2, 0.0, True)
    stage.records = [Record(1, BEGAN, ev.Marked(note=words)), Record(2, BEGAN, ev.Warned(text=words, source=words))]


def looks(window: ConsoleWindow) -> Iterator[str]:
    """Every page of every dock, and what opens over them."""
    for dock in (window.left, window.centre, window.right):
        for index, tab in enumerate(dock.strip.buttons):
            dock.strip.choose(index)
            yield tab.accessibleName()
    for view in list(window.personas.editor.views):
        window.centre.open(window.personas)
        window.personas.editor.show_view(view)
        yield f"persona, {view}"
    for number in range(len(window.bible.editors)):
        window.centre.open(window.bible)
        window.bible.choose(number)
        yield f"bible {number}"
    window.overlays.toggle_history(window.feed.state)
    yield "messages"
    window.overlays.put_away()
    window.verbs.fire(Verb.PALETTE)
    yield "palette"


def painted(window: QWidget) -> bool:
    """Whether the loud colour is anywhere in it."""
    QTest.qWait(20)
    return bool((pixels_of(window.grab().toImage()) == LOUD).all(axis=2).any())


def obeyed(window: QWidget) -> Iterator[str]:
    """Widgets that took words for something else."""
    for each in window.findChildren(QWidget):
        if isinstance(each, LABEL):
            shown = LABEL.text(each)
            if (
                each.textFormat() is not Qt.TextFormat.PlainText
                or TURNING & set(shown)
                or "\x1b" in shown
                or "\x00" in shown
            ):
                yield f"{name_of(each)}: {shown!r}"
        tip = QTextDocument()
        tip.setHtml(each.toolTip())
        if "\ufffc" in tip.toPlainText() or TURNING & set(tip.toPlainText()):
            yield f"the tooltip of {name_of(each)}"
        if isinstance(each, QTextEdit | QPlainTextEdit) and "\ufffc" in each.toPlainText():
            yield f"{name_of(each)} holds a picture"


WAYS = tuple(
    way + "{marks}end"
    for way in (
        '<img src="file://{path}"> <b>x</b> &amp; ',
        "<img src='{path}'>",
        "![x](file://{path}) [x]({path}) ",
        "![x]({path})",
        '<div style="background-image: url({path}); background-color: {colour}">____</div>',
        '<font color="{colour}">\u2588\u2588\u2588\u2588</font>',
        '<table bgcolor="{colour}" width="100"><tr><td>____</td></tr></table>',
        '<span style="background-color: {colour}; color: {colour}">\u2588\u2588\u2588</span>',
        '<body bgcolor="{colour}"><hr color="{colour}" size="9">',
        "<html><head><style>* {{ background: {colour} }}</style></head>x",
        "}} QWidget {{ background: {colour} }} /*",
        '" style="background: {colour}"><img src="{path}">',
        "&lt;img src=&quot;{path}&quot;&gt;",
        '<qt><img src="{path}"></qt>',
        '<a href="{path}"><img src="{path}"></a>',
    )
)
"""Each way of writing that some widget of Qt obeys unless it is told not to."""


def hostile_words(folder: Path, way: int = 0) -> str:
    """Make the picture that must never be painted, and return words that name it."""
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor(*LOUD))
    path = folder / "canary.png"
    if not picture.save(str(path)):
        raise OSError(f"{path} cannot be written")
    return WAYS[way % len(WAYS)].format(path=path, colour=QColor(*LOUD).name(), marks=MARKS)


def fill(stage: FakeStage, words: str, folder: Path) -> None:
    """Put the words into every file, sidecar and log line of a show that is about to be opened."""
    texts(stage, words)
    for number, path in enumerate(gallery.fill(folder / "images", 3)):
        gallery.sidecar(path, number, caption=words, prompt=words, backend=words, target=words)


def tell(stage: FakeStage, window: ConsoleWindow, words: str, folder: Path) -> None:
    """Let a busy evening be told in these words."""
    stage.emit(*chosen(words, folder))
    window.feed.flush()
    logging.getLogger("textcraft_core.a_test").info("%s", words)


def main() -> None:
    """Show so many consoles."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    fonts = load_fonts(resources("fonts"))
    prepare(app, fonts)
    seen: list[str] = []
    bad: list[str] = []
    for way in range(count):
        place = folder / str(way)
        place.mkdir()
        words = hostile_words(place, way)
        stage = FakeStage(FakeClock(BEGAN), answers=True)
        stage.opening = script.opened(place)
        fill(stage, words, place)
        window = ConsoleWindow(stage, fonts=fonts, tasks=InlineTasks())
        window.resize(QSize(1920, 1080))
        window.show()
        QTest.qWaitForWindowExposed(window)
        window.furnish()
        tell(stage, window, words, place)
        for where in looks(window):
            seen.append(where)
            bad += [f"{where}, way {way}: painted"] if painted(window) else []
            bad += [f"{where}, way {way}: {what}" for what in obeyed(window)]
        stage.emit(*all_events(words))
        window.feed.flush()
        bad += [f"events, way {way}"] if painted(window) or list(obeyed(window)) else []
        window.shut()
        window.deleteLater()
        QTest.qWait(0)
    page = QTextEdit()
    page.setHtml(hostile_words(folder))
    page.show()
    QTest.qWaitForWindowExposed(page)
    sys.stdout.write(json.dumps({"looks": len(seen), "pages": len(set(seen)), "bad": bad, "alarm": painted(page)}))


if __name__ == "__main__":
    main()
