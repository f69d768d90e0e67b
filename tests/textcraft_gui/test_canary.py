"""Hostile words in every place words come from: a picture they name is never painted, a mark never turns a line."""

import enum
import logging
import types
import typing
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QWidget

from tests.support import gallery, house
from tests.support import show_script as script
from tests.support.layout import name_of, pixels_of
from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_core.engine.trial import Prompt
from textcraft_core.events import Event
from textcraft_core.record.journal import Record
from textcraft_core.show.bible_files import FILES
from textcraft_gui.verbs.verb import Verb
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


@pytest.fixture
def hostile(tmp_path):
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor(*LOUD))
    path = tmp_path / "canary.png"
    assert picture.save(str(path))
    return f'<img src="file://{path}"> <b>x</b> &amp; {MARKS}end'


def _value(kind, words):
    """A value of a type, hostile wherever words may stand."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _value(inner[0], words)
    if origin in {typing.Union, types.UnionType}:
        return _value(next(each for each in inner if each is not type(None)), words)
    if origin is typing.Literal:
        return inner[0]
    if origin in {tuple, list, frozenset, set}:
        return origin([_value(inner[0], words)]) if inner else origin()
    if origin is dict:
        return {_value(inner[0], words): _value(inner[1], words)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    if hasattr(kind, "model_fields"):
        return _filled(kind, words)
    if kind is typing.Any or kind is object:
        return words
    return {str: words, int: 1, float: 1.0, bool: True, datetime: BEGAN, bytes: b""}[
        getattr(kind, "__supertype__", kind)
    ]


def _filled(model, words):
    values = {name: _value(field.annotation, words) for name, field in model.model_fields.items()}
    return model.model_construct(**values)


def _all_events(words):
    waiting = [Event]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if (
                each.__module__.startswith("textcraft_core.events.")
                and each.model_fields
                and each.__name__ not in APART
            ):
                yield _filled(each, words)


def _chosen(words, tmp_path):
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


def _texts(stage, words):
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


@pytest.fixture
def window(open_console, stage, tmp_path, hostile):
    _texts(stage, hostile)
    for number, path in enumerate(gallery.fill(tmp_path / "images", 3)):
        gallery.sidecar(path, number, caption=hostile, prompt=hostile, backend=hostile, target=hostile)
    made = open_console(QSize(1920, 1080))
    stage.emit(*_chosen(hostile, tmp_path))
    made.feed.flush()
    logging.getLogger("textcraft_core.a_test").info("%s", hostile)
    return made


def _looks(window):
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


def _painted(window):
    QTest.qWait(20)
    return bool((pixels_of(window.grab().toImage()) == LOUD).all(axis=2).any())


def _obeyed(window):
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


def test_no_page_paints_what_words_name(window):
    seen = [(where, _painted(window), list(_obeyed(window))) for where in _looks(window)]
    assert [look for look in seen if look[1] or look[2]] == []
    assert len(seen) > 20
    assert not TURNING & set(window.windowTitle())


def test_no_event_of_any_kind_paints_what_its_words_name(window, stage, hostile):
    told = 0
    for event in _all_events(hostile):
        stage.emit(event)
        told += 1
    window.feed.flush()
    assert told > 120
    assert not _painted(window)
    assert list(_obeyed(window)) == []
    assert "<img" in window.lane.text.text() or "<img" in "".join(line.text for line in window.feed.state.lane)


def test_the_canary_is_seen_where_words_are_obeyed(qtbot, fonts, hostile):
    """What the tests above look for is there when a label takes words for a page."""
    page = QTextEdit()
    page.setHtml(hostile)
    label = PlainLabel("x", page)
    LABEL.setText(label, f"\u202e{label.text()}")
    qtbot.addWidget(page)
    page.resize(300, 200)
    page.show()
    qtbot.waitExposed(page)
    QApplication.processEvents()
    assert _painted(page)
    assert len(list(_obeyed(page))) == 1
