"""The whole window, looked at as it is painted: nothing is clipped, nothing overlaps, everything can be read."""

import dataclasses
import json
from importlib.resources import files as resources_of

import pytest
from PySide6.QtCore import QSize

from tests.support import show_script as script
from tests.support.layout import inspect_sizes, inspect_window, settle
from textcraft_bus.channel.messages import Layer, Mode
from textcraft_core import events as ev
from textcraft_core.events import Phase, StopName
from textcraft_core.show.bible_files import FILES
from textcraft_core.show.merge import put
from textcraft_gui.overlays.question import Answer
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.window import LEAST

LONG = "A line of plain words, longer than any place in this window has room for, which must be cut off " * 2


def _play(stage, folder):
    paths = script.pictures(folder)
    stage.emit(*script.services(), script.matrix())
    for number, path in enumerate(paths):
        stage.emit(*script.candidate(number, path, approved=number != 4, passed=number != 3))
    stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"), ev.AutoChanged(on=True))
    stage.emit(ev.CaptionEdited(request_id="picture-0", text=LONG[:140]), ev.AutoScheduled(seconds=38))
    stage.emit(*(ev.InputQueued(input_id=str(n), text=LONG, source="operator") for n in range(6)))
    stage.emit(ev.RunStarted(), *script.cycle_until(47, Phase.EXECUTE), *script.streamed(47), *script.beats())
    stage.emit(ev.WallSilent(wall="a wall with a very long name in the second courtyard", seconds=4))
    stage.emit(ev.SpendAdded(source="brain", usd=1, total=11234.56), ev.Warned(text=LONG, source="test", fault=True))


def test_a_busy_evening_fits(open_console, stage, tmp_path):
    window = open_console()
    _play(stage, tmp_path)
    window.feed.flush()
    for page in range(3):
        window.centre.strip.choose(page)
        assert inspect_sizes(window) == []


def test_an_empty_show_fits(open_console):
    assert inspect_sizes(open_console()) == []


def test_an_empty_show_fits_a_window_that_opens_small(qtbot, open_console):
    window = open_console(LEAST)
    assert inspect_window(window) == []


def test_a_panic_fits(qtbot, open_console, stage, tmp_path):
    window = open_console()
    _play(stage, tmp_path)
    stage.emit(*(ev.StopChanged(stop=stop, on=True) for stop in StopName), ev.AutoChanged(on=False))
    stage.emit(ev.WallConfirmed(wall="brick", layer=Layer.SAFE_LOOK, sha256=None, phase="first_frame", scene=9))
    window.feed.flush()
    assert inspect_window(window) == []


def test_the_overlays_fit_and_leave_the_bands_in_sight(qtbot, open_console, stage, tmp_path):
    window = open_console()
    _play(stage, tmp_path)
    window.overlays.toggle_keys()
    assert inspect_window(window) == []
    docks = window.overlays.keys.geometry()
    assert docks.top() >= window.stops.geometry().bottom()
    assert docks.bottom() <= window.lane.geometry().top()


@pytest.mark.parametrize("which", ["keys", "history", "question", "palette"])
def test_what_lies_over_the_docks_follows_the_window(qtbot, open_console, stage, tmp_path, which):
    window = open_console(QSize(1920, 1080))
    _play(stage, tmp_path)
    overlays = window.overlays
    if which == "question":
        overlays.question.ask("TITLE", "What now?", [Answer("this", "hint", lambda: None)], away="later (esc)")
    else:
        {"keys": overlays.toggle_keys, "history": lambda: overlays.toggle_history(window.feed.state),
         "palette": overlays.palette.toggle}[which]()  # fmt: skip
    lies = getattr(overlays, which)
    window.resize(1280, 720)
    docks = window.overlays._docks
    qtbot.waitUntil(lambda: docks.geometry().contains(lies.geometry()))
    window.resize(1920, 1080)
    qtbot.waitUntil(lambda: docks.geometry().contains(lies.geometry()) and docks.height() > 300)
    if which == "question":
        assert lies.geometry().left() > window.left.mapTo(window, window.left.rect().topRight()).x(), "RUN in sight"


def test_plots_that_were_seen_large_push_no_foot_out_of_a_small_window(qtbot, open_console):
    window = open_console(QSize(1920, 1080))
    window.centre.open(window.metrics)
    settle(window)
    window.centre.open(window.manuscript)
    window.resize(1280, 720)
    window.centre.open(window.log)
    assert inspect_window(window) == []


def test_the_inspector_sees_what_is_wrong(qtbot, fonts):
    from PySide6.QtWidgets import QHBoxLayout, QWidget

    from textcraft_gui.widgets.words import label

    window = QWidget()
    row = QHBoxLayout(window)
    cut, faint, one, other = label("far too long a text"), label("faint"), label("one"), label("other")
    faint.setStyleSheet("color: #2A2C30; background: #16181B;")
    for widget in (cut, faint, one, other):
        row.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    cut.setFixedWidth(30)
    settle(window)
    other.setGeometry(one.geometry())
    told = "\n".join(inspect_window(window))
    assert "far too long" in told
    assert "faint" in told
    assert "contrast" in told
    assert "overlap" in told


def _texts(stage):
    """Texts in every state: whole, drafted, wrong, changed by two."""
    for file in FILES:
        place = resources_of("textcraft_core") / "sample_show" / "data" / "story_bible" / f"{file}.json"
        stage.writing.files[file] = json.loads(place.read_text("utf-8"))
    path = "manuscripts/ch04_Fourth.md"
    stage.manuscripts[f"data/{path}"] = LONG
    stage.writing.history[path] = [("narrator", LONG[:90]), ("operator", LONG)]
    stage.writing.history["story_bible/personas.json"] = [("operator", "{}"), ("operator", '{"a": 1}')]
    made = dataclasses.replace(stage.writing.next_prompt, unknown=("nobody", "knows", "these"), most_usd=12.3456)
    stage.writing.next_prompt = made


@pytest.fixture
def texts(open_console, stage, tmp_path):
    """A console on texts, and what looks at it at every size; complaints are told together at the end."""
    told: list[str] = []
    _texts(stage)
    window = open_console()
    _play(stage, tmp_path)
    window.feed.flush()

    def look(where):
        told.extend(f"{where}: {complaint}" for complaint in inspect_sizes(window))

    yield window, look
    assert "\n".join(told) == ""


def test_a_manuscript_fits_in_every_view(texts):
    window, look = texts
    window.manuscript.open_chapter("data/manuscripts/ch04_Fourth.md")
    for view in window.manuscript.views:
        window.manuscript.show_view(view)
        look(view)


def test_a_persona_fits_in_every_view(texts):
    window, look = texts
    window.centre.strip.choose(2)
    for view in window.personas.editor.views:
        window.personas.editor.show_view(view)
        look(view)
    window.personas.editor.show_view("form")
    window.personas.document.set(("architect", "temperature"), 7)
    look("wrong")


def test_every_form_of_the_bible_fits(texts):
    window, look = texts
    window.centre.strip.choose(3)
    for index in range(len(window.bible.editors)):
        window.bible.choose(index)
        look(window.bible.choices[index].text())
    window.bible.versions.click()
    look("versions")


def test_a_collision_fits_in_edit_and_in_show(texts, stage):
    window, look = texts
    window.centre.strip.choose(3)
    window.bible.choose(1)
    people = window.bible.editor.document
    people.set(("orsolya", "name"), LONG)
    stage.writing.change("characters", put(people.editing.base, ("orsolya", "name"), LONG[::-1]))
    people.look()
    look("a collision")
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.feed.flush()
    window.centre.strip.choose(3)
    look("in SHOW")


def test_prices_have_room_on_the_buttons_they_belong_to(open_console, stage):
    window = open_console()
    stage.emit(ev.BrainInUse(name="a paid one", free=False))
    window.feed.flush()
    assert inspect_sizes(window) == []
    stage.emit(ev.CycleStarted(cycle=1), ev.SpendAdded(source="narrator", usd=0.04, total=0.04))
    stage.emit(ev.CycleFinished(cycle=1, seconds=1))
    window.feed.flush()
    assert window.flow.controls.buttons[Verb.TOGGLE_RUN].face.figure == "≈$0.04"
    assert inspect_sizes(window) == []


def test_a_long_sentence_is_written_smaller_before_it_is_cut(open_console, stage):
    window = open_console()
    words = "The house closes at 21:00:00. " * 6
    window.status._show_sentence(words)
    assert (window.status.sentence.property("look"), window.status.sentence.is_elided()) == ("long-sentence", False)
    window.status._show_sentence("The house is open.")
    assert window.status.sentence.property("look") == "sentence"


def test_the_day_stays_in_sight_in_the_smallest_window(qtbot, open_console, stage):
    window = open_console(LEAST)
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    window.feed.flush()
    settle(window)
    assert [made.isVisible() for made in window.right.strip.buttons if made.accessibleName() == "DAY"] == [True]
