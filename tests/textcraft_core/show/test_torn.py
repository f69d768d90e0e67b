"""Files torn at every byte: the last good state serves, locks stay, and what was torn is kept to be looked at."""

import json

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import PERSONAS, make_show, words
from textcraft_core.control.control_file import TornControl, parse
from textcraft_core.scanner import Scanner
from textcraft_core.show.bible import Bible
from textcraft_core.show.matrix import MatrixStore, Status

MATRIX = {
    "content": {
        "ch01": {
            "path": "data/manuscripts/ch01_One.md",
            "status": "LOCKED",
            "continuity_check": "PASS",
            "notes": ["n"],
        },
        "ch02": {"path": "data/manuscripts/ch02_Two.md", "status": "DRAFTING"},
    }
}
CONTROL = {
    "system_status": "STOP",
    "architect_override": {"active": True, "instruction": "let it rain", "force_target": "ch02"},
    "runtime_settings": {"global_temperature": 0.4, "model_override": "m"},
}


def is_whole(data, content):
    """A cut that took nothing but white space off its end tore nothing."""
    try:
        return json.loads(data) == content
    except ValueError:
        return False


@pytest.mark.timeout(180)
def test_a_torn_matrix_keeps_its_locks_through_scan_and_save(tmp_path):
    show = make_show(tmp_path, {"ch01_One.md": words(60), "ch02_Two.md": words(60)}, matrix=MATRIX)
    store = MatrixStore(show, FakeClock())
    scanner = Scanner(show, Bible(show, FakeClock()))
    store.save(scanner.scan(store.load(), FakeClock()).matrix)
    good = show.matrix.read_bytes()
    for cut in range(len(good)):
        show.matrix.write_bytes(good[:cut])
        again = MatrixStore(show, FakeClock()) if cut % 40 == 0 else store
        matrix = scanner.scan(again.load(), FakeClock()).matrix
        assert matrix.content["ch01"].status is Status.LOCKED, cut
        assert matrix.content["ch01"].notes == ("n",), cut
        if cut % 10 == 0:
            again.save(matrix)
            assert json.loads(show.matrix.read_bytes())["content"]["ch01"]["status"] == "LOCKED", cut
        for aside in show.data.glob("matrix.json.bad-*"):
            assert good.startswith(aside.read_bytes())
            aside.unlink()


@pytest.mark.timeout(180)
def test_torn_personas_are_the_last_good_ones(tmp_path):
    small = {role: {**PERSONAS[role], "system_prompt": "p"} for role in ("architect", "narrator", "editor")}
    show = make_show(tmp_path, {}, personas=small)
    bible = Bible(show, FakeClock())
    before = {role: persona.model_dump() for role, persona in bible.personas().items()}
    good = (show.bible / "personas.json").read_bytes()
    for cut in range(len(good)):
        (show.bible / "personas.json").write_bytes(good[:cut])
        reader = Bible(show, FakeClock()) if cut % 40 == 0 else bible
        assert {role: persona.model_dump() for role, persona in reader.personas().items()} == before, cut
        for aside in show.bible.glob("personas.json.bad-*"):
            assert good.startswith(aside.read_bytes())
            aside.unlink()
        if cut % 10:
            continue
        (show.bible / "personas.json").write_bytes(good)
        assert reader.persona("editor").system_prompt == "p"


def test_a_torn_control_file_says_nothing(tmp_path):
    whole = json.dumps(CONTROL, indent=1).encode()
    assert parse(whole).order is not None
    for cut in range(len(whole)):
        if not is_whole(whole[:cut], CONTROL):
            with pytest.raises(TornControl):
                parse(whole[:cut])
