"""While a show is only read along: the word, the sentence, no verb works; what would change it rests and says why."""

import pytest
from PySide6.QtWidgets import QWidget

from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.keys.router import Lamp
from textcraft_gui.unattended.reading_shade import CHANGES, changing
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import LOOKS, Verb

WHO = "anna, textcraft, process 4711, since 19:02"
READS = ev.ReadingAlong(who=WHO, pid=4711)


@pytest.fixture
def window(open_console, stage):
    made = open_console()
    stage.emit(ev.ModeChanged(mode=Mode.SHOW), READS)
    made.feed.flush()
    return made


def test_the_word_and_the_sentence_say_so(window):
    assert window.status.mode.text() == "READING"
    assert window.status.sentence.text() == f"Reading along: {WHO} holds this show. Nothing here changes it."
    window.keys.look()
    assert window.keys._lamp is Lamp.OFF


def test_no_verb_works_but_those_that_only_look(window, stage):
    for verb in Verb:
        answer = window.verbs.availability(verb)
        if verb not in LOOKS:
            assert isinstance(answer, Refused), verb
            assert "process 4711" in answer.reason
    assert not window.verbs.fire(Verb.TAKE)
    assert stage.handled == []


def test_the_buttons_of_the_bands_say_who_holds_it(window):
    take = window.program.controls.buttons[Verb.TAKE]
    assert "process 4711" in take.toolTip()
    assert not window.status.modes.controls.buttons[Verb.SHOW_MODE].isVisible()
    assert not window.status.modes.controls.buttons[Verb.LOCK].isVisible()
    assert window.status.modes.controls.buttons[Verb.OPEN_FOR_WORK].isVisible()


def test_what_would_change_the_show_rests_and_says_why(window):
    found = list(changing(window))
    assert len(found) > 60
    for widget in found:
        assert not widget.isEnabled(), widget
        assert "process 4711" in widget.toolTip()
    window.matrix.lock.setEnabled(True)
    assert not window.matrix.lock.isEnabled(), "a panel that wakes it does not know"


def test_the_table_names_what_there_is(window):
    there = {type(widget).__name__: widget for widget in window.findChildren(QWidget)}
    unknown = set(CHANGES) - set(there)
    assert unknown <= {"CheckLine", "RenderRow"}, "rows that come with a pre-flight and with a picture"
    for kind, names in CHANGES.items():
        for name in names:
            assert kind not in there or hasattr(there[kind], name), (kind, name)


def test_whoever_holds_it_later_has_everything_back(window, stage):
    hint = window.matrix.open.toolTip()
    stage.opening = [*stage.opening, ev.ModeChanged(mode=Mode.EDIT)]
    stage.emit(ev.StageExchanged())
    window.feed.flush()
    assert window.status.mode.text() == "EDIT"
    assert window.flow.nudge.isEnabled()
    assert "4711" not in window.flow.nudge.toolTip()
    assert window.matrix.open.toolTip() == hint


def test_when_the_holder_has_ended_it_may_be_opened(window, stage):
    refused = window.verbs.availability(Verb.OPEN_FOR_WORK)
    assert isinstance(refused, Refused)
    assert "process 4711" in refused.reason
    stage.emit(READS.model_copy(update={"ended": True}))
    window.feed.flush()
    assert not isinstance(window.verbs.availability(Verb.OPEN_FOR_WORK), Refused)
    assert "open for work takes it" in window.status.sentence.text()
    assert window.lane.text.text().startswith(WHO)
    assert window.verbs.fire(Verb.OPEN_FOR_WORK)
    assert [type(command).__name__ for command in stage.handled] == ["OpenForWork"]


def test_a_show_left_alone_is_read_in_the_whole_window(window, stage):
    stage.emit(ev.AttendanceChanged(attended=False))
    window.feed.flush()
    assert not window.front.alone
    assert window.program.isVisible()


def test_an_editor_takes_no_word(window):
    document = window.personas.document
    document.replace({"narrator": {}})
    assert not document.dirty
    assert "process 4711" in document.trouble
