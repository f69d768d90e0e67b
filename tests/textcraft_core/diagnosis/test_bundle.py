"""A support bundle holds what helps and nothing that must not leave: no key in any form, no visitor's word."""

import base64
import json
import zipfile

import pytest

from tests.fakes.show import make_show
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.folders import config_folder, log_folder
from textcraft_bus.redaction import Redactor
from textcraft_core import events as ev
from textcraft_core.diagnosis.bundle import BundleFailed, Wanted, write_bundle
from textcraft_core.diagnosis.visitors import MARK, Silencer
from textcraft_core.record.journal import Journal

KEY = "planted key/+with=odd signs 42"
STORY = "My grandmother kept bees on the roof. She spoke to them in Breton."
SPEAKER = "Maëlle"


@pytest.fixture
def show(tmp_path):
    show = make_show(tmp_path, {"ch01_one": 60})
    (show.root / ".env").write_text(f"LLM_API_KEY={KEY}\n# COMMENT=1\n")
    (show.root / "core.toml").write_text(f'brain = "rehearsal"\n# never do this: key = "{KEY}"\n')
    journal = Journal(show.journal, SystemClock())
    for event in (
        ev.AudienceHeard(story_id="s1", text=STORY, speaker=SPEAKER),
        ev.InputQueued(input_id="i1", text=STORY, source="visitor"),
        ev.InputQueued(input_id="i2", text="more rain, please", source="operator"),
        ev.Warned(text=f"the server refused {KEY}", source="brain"),
        ev.Warned(text="somebody said: She spoke to them in Breton.", source="brain"),
        ev.ServiceStarted(service="wall.brick", pid=7),
    ):
        journal.write(event)
    journal.close()
    logs = log_folder()
    (logs / "textcraft.log").write_text(f"asked with {base64.b64encode(KEY.encode()).decode()}\nheard {STORY}\n")
    (logs / "wall-wall.out").write_text(f"Traceback\n{KEY}\n")
    (logs / "crash-20300101T000000Z-textcraft-1.txt").write_text('File "app.py", line 1 in main\n')
    (logs / "health").mkdir()
    (logs / "health" / "core.json").write_text(json.dumps({"overall_status": "warning", "message": KEY}))
    (config_folder() / "layouts.json").write_text("{}")
    (config_folder() / "pin.json").write_text('{"pin": "4711"}')
    (config_folder() / "keys").mkdir()
    (config_folder() / "keys" / "own.key").write_text("secret")
    return show


def opened(path):
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def made(show, tmp_path, **options):
    return opened(write_bundle(tmp_path / "bundle.zip", Wanted(show, **options), Redactor([KEY])))


def test_it_holds_what_helps(show, tmp_path):
    found = made(show, tmp_path, checks=[{"check": "disk", "state": "ok"}])
    assert {
        "about.json", "doctor.json", "journal.jsonl", "logs/textcraft.log", "logs/wall-wall.out", "health/core.json",
        "crashes/crash-20300101T000000Z-textcraft-1.txt", "settings/core.toml", "settings/env.txt",
        "settings/restore.json", "machine/layouts.json",
    } <= set(found)  # fmt: skip
    assert json.loads(found["doctor.json"]) == [{"check": "disk", "state": "ok"}]
    assert "wall.brick" in found["journal.jsonl"]
    assert found["settings/env.txt"] == "LLM_API_KEY is set\n"
    assert not [name for name in found if "pin" in name or "keys" in name or name.endswith(".md")]


def test_no_key_is_in_it_in_any_form(show, tmp_path):
    for words in (False, True):
        whole = "\n".join(made(show, tmp_path, words=words).values())
        for form in (KEY, json.dumps(KEY)[1:-1], base64.b64encode(KEY.encode()).decode().rstrip("=")):
            assert form not in whole
        assert "[redacted]" in whole


def test_visitors_words_stay_here_unless_they_are_ticked(show, tmp_path):
    whole = "\n".join(made(show, tmp_path).values())
    for piece in (STORY, "kept bees", "in Breton", SPEAKER, json.dumps(SPEAKER)[1:-1]):
        assert piece not in whole
    assert MARK in whole
    assert "AudienceHeard" in whole, "that somebody said something may be known"
    with_words = "\n".join(made(show, tmp_path, words=True).values())
    assert STORY in with_words
    assert SPEAKER in with_words


def test_the_newest_rows_alone_go_along(show, tmp_path):
    rows = made(show, tmp_path, rows=2)["journal.jsonl"].splitlines()
    assert [json.loads(row)["name"] for row in rows] == ["Warned", "ServiceStarted"]


def test_of_a_long_log_its_end_goes_along_and_no_half_line(show, tmp_path):
    (log_folder() / "textcraft.log").write_text("".join(f"line {n} {'x' * 90}\n" for n in range(40_000)))
    text = made(show, tmp_path)["logs/textcraft.log"]
    assert len(text) <= 2 << 20
    assert text.startswith("line ")
    assert "line 39999" in text


def test_a_broken_journal_is_told_in_its_place(show, tmp_path):
    show.journal.write_bytes(b"\0" * 5000)
    assert "cannot be read" in made(show, tmp_path)["journal.jsonl"]


def test_ended_or_refused_nothing_stays(show, tmp_path):
    def stop(share):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bundle(tmp_path / "bundle.zip", Wanted(show), Redactor(), stop)
    with pytest.raises(BundleFailed):
        write_bundle(tmp_path / "missing" / "bundle.zip", Wanted(show), Redactor())
    assert not list(tmp_path.glob("*bundle.zip*"))
    shares = []
    write_bundle(tmp_path / "bundle.zip", Wanted(show), Redactor(), shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_short_words_are_replaced_only_where_they_are_whole():
    assert Silencer({"rain"}).clean("rain in the brain") == f"{MARK} in the brain"
    assert Silencer({"a", ""}).clean("a rain") == "a rain"
