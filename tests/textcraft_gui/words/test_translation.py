"""The languages that are shipped: they fit the source, choose their plurals, and the window has room for them."""

import json
import re
from string import Formatter

import pytest
from PySide6.QtCore import QCoreApplication, QSize

from tests.support import show_script as script
from tests.support.layout import inspect_window, settle
from textcraft_bus.disk.assets import resources
from textcraft_core import events as ev
from textcraft_core.events import EngineState, Phase
from textcraft_gui.panels.matrix.matrix import STATUSES
from textcraft_gui.state.show_state import LineState
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.sentence import sentence
from textcraft_gui.words.translation import Translation, read_translation, speak

LEAST_SHARE = 0.97
"""French says all but what was written since it was last gone through; what it leaves out stays English."""


def _content(name):
    return json.loads(resources("i18n", name).read_text("utf-8"))


def _fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture
def french(qapp):
    made = speak("fr")
    yield made
    QCoreApplication.removeTranslator(made)


def test_french_translates_only_what_is_said_and_fills_in_what_is_there():
    known, french = _content("textcraft.template"), _content("fr.json")
    texts, plurals = french["texts"], french["counted"]
    assert set(texts) - set(known["texts"]) == set()
    assert set(plurals) - set(known["counted"]) == set()
    assert [key for key, text in texts.items() if _fields(text) != _fields(key)] == []
    assert [key for key, forms in plurals.items() for form in forms if not _fields(form) <= _fields(key)] == []
    missing = [text for text in known["texts"] if text not in texts]
    assert len(texts) >= LEAST_SHARE * len(known["texts"]), missing
    assert len(plurals) >= LEAST_SHARE * len(known["counted"])


def test_french_has_its_own_plural_of_none(french):
    assert [counted(number, "{n} wall", "{n} walls") for number in (0, 1, 2)] == ["0 mur", "1 mur", "2 murs"]


def test_what_french_leaves_out_stays_english(french):
    assert tr("nobody said this before") == "nobody said this before"
    assert counted(2, "{n} owl", "{n} owls") == "2 owls"


def test_a_translation_that_asks_for_other_values_gives_way(qapp):
    made = Translation({"texts": {"chapter {name}": "chapitre {nom}"}})
    QCoreApplication.installTranslator(made)
    try:
        assert tr("chapter {name}", name="ch01") == "chapter ch01"
    finally:
        QCoreApplication.removeTranslator(made)


def test_a_language_of_three_plurals_chooses_among_them(qapp):
    rule = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
    made = Translation({"plural": rule, "counted": {"{n} walls": ["{n} ściana", "{n} ściany", "{n} ścian"]}})
    QCoreApplication.installTranslator(made)
    try:
        said = [counted(number, "{n} wall", "{n} walls") for number in (1, 3, 5, 22)]
    finally:
        QCoreApplication.removeTranslator(made)
    assert said == ["1 ściana", "3 ściany", "5 ścian", "22 ściany"]


@pytest.mark.parametrize("content", [{"texts": ["a"]}, {"texts": {"a": 1}}, {"counted": {"a": "b"}}, {"plural": "n +"}])
def test_a_file_that_is_no_translation_is_refused(qapp, content):
    with pytest.raises(ValueError):
        Translation(content)


def test_a_language_nobody_wrote_stays_english(qapp, caplog):
    assert speak("xx") is None
    assert "stays English" in caplog.text
    caplog.clear()


def test_english_needs_no_file(qapp):
    assert speak("en") is None
    assert not read_translation("fr").isEmpty()


def test_the_words_of_the_engine_that_the_console_shows_are_known_to_translators():
    known = set(_content("textcraft.template")["texts"])
    preflight = ["power", "disk", "clock", "services", "money", "screens", "sleep", "notices", "key", "walls"]
    chapters = [status.replace("_", " ").lower() for status in STATUSES]
    lines = [state.value for state in LineState if state is not LineState.USED]  # that one tells its cycle
    assert {*preflight, *chapters, *lines, *(state.value for state in EngineState)} - known == set()


def test_the_window_has_room_for_french(qtbot, french, open_console, stage, tmp_path):
    window = open_console(QSize(1280, 720))
    stage.emit(*script.services(), script.matrix())
    for number, path in enumerate(script.pictures(tmp_path)):
        stage.emit(*script.candidate(number, path, approved=number != 4, passed=number != 3))
    stage.emit(script.taken(1), *script.confirmed(1), ev.NextStaged(request_id="picture-0"), ev.AutoChanged(on=True))
    stage.emit(ev.RunStarted(), *script.cycle_until(47, Phase.EXECUTE), *script.beats())
    window.feed.flush()
    settle(window)
    assert "s'écrit" in sentence(window.feed.state, window.feed.now())
    told = inspect_window(window)
    for dock in (window.left, window.centre, window.right):
        for index, tab in enumerate(dock.strip.buttons):
            dock.strip.choose(index)
            told += [f"{tab.text()}: {complaint}" for complaint in inspect_window(window)]
    assert told == []


def test_french_keeps_its_signs_on_the_line_of_their_word():
    """A line must not begin with a colon: a protected space stands before it."""
    french = _content("fr.json")
    said = [*french["texts"].values(), *(form for forms in french["counted"].values() for form in forms)]
    assert [text for text in said if re.search(r" [:;!?»%](\s|$)|« ", text)] == []
    assert [text for text in said if re.search(r"[\w}][;!?]|[a-zé}]:(\s|$)", text)] == []
