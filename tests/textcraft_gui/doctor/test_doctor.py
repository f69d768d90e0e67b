"""`textcraft doctor` as a program: every look is made, told in words and as JSON, and no key is in it."""

import json
import subprocess
import sys

import pytest

from textcraft_core.day.preflight import fail, ok, unknown, warn
from textcraft_core.events import CheckState
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.doctor.command_line import line_of, summary
from textcraft_gui.doctor.examination import Told, checks
from textcraft_gui.doctor.looks import QtEyes, _why, platform_libraries
from textcraft_gui.doctor.secrets import secrets_of
from textcraft_gui.session.which_show import the_show

KEY = "sk-planted-0123456789abcdef"


@pytest.mark.timeout(120)
def test_every_look_is_made_and_no_key_is_told():
    show = the_show(None)
    (show.root / ".env").write_text(f"LLM_API_KEY={KEY}\nOTHER={KEY[::-1]}\n")
    (show.root / "core.toml").write_text(f'brain = "live"\n[llm]\nbase_url = "http://127.0.0.1:1/v1"\nkey = "{KEY}"\n')
    line = [sys.executable, "-m", "textcraft_gui", "doctor", "--json"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=100, check=False)
    told = json.loads(done.stdout)
    assert [one["check"] for one in told["checks"]] == list(checks(show, ConsoleConfig()))
    assert {one["state"] for one in told["checks"]} <= {state.value for state in CheckState}
    assert KEY not in done.stdout + done.stderr
    assert KEY[::-1] not in done.stdout + done.stderr
    failing = {one["check"] for one in told["checks"] if one["state"] == "fail"}
    assert done.returncode == (1 if failing else 0)
    (settings,) = [one for one in told["checks"] if one["check"] == "settings"]
    assert "llm.key is not known" in settings["found"]
    for one in told["checks"]:
        assert one["found"], one
        assert one["advice"] or one["state"] in {"ok", "unknown"}, one


async def test_without_a_screen_server_it_says_so(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    eyes = QtEyes()
    found = await eyes.display()()
    assert found.state is CheckState.FAIL
    assert "screen server" in found.found
    assert (await eyes.fonts()()).state is CheckState.UNKNOWN
    assert (await eyes.screens(1)()).state is CheckState.UNKNOWN


async def test_what_qt_saw_is_judged():
    eyes = QtEyes()
    eyes._seen = {"platform": "xcb", "screens": [], "fonts": "Inter", "renderer": "llvmpipe (LLVM 15)"}
    assert (await eyes.display()()).state is CheckState.OK
    assert (await eyes.fonts()()).state is CheckState.OK
    assert (await eyes.painter()()).state is CheckState.WARN
    eyes._seen = {**eyes._seen, "renderer": "NVIDIA GeForce"}
    assert (await eyes.painter()()).state is CheckState.OK
    eyes._seen = {**eyes._seen, "renderer": "", "fonts": "", "fonts_wrong": "no font file"}
    assert (await eyes.painter()()).state is CheckState.WARN
    assert (await eyes.fonts()()).found == "no font file"


def test_qt_s_complaint_is_the_line_that_says_what_is_wrong():
    said = "qt.qpa.xcb: could not connect to display :9\nThis application failed\nAvailable platform plugins are: xcb"
    assert _why(said) == "qt.qpa.xcb: could not connect to display :9"
    assert _why("\n\n") == ""


def test_libraries_are_looked_at():
    assert platform_libraries().state is CheckState.OK


def test_the_lines():
    assert line_of(Told("disk", ok("5 GiB free"), 0.1)).split() == ["ok", "disk", "5", "GiB", "free"]
    told = line_of(Told("disk", fail("full", "free some"), 0.1))
    assert told.startswith("■")
    assert "free some" in told
    assert "nothing stands in the way" in summary([Told("a", ok("x"), 0), Told("b", unknown("y"), 0)])
    assert "1 will go wrong, 1 can" in summary([Told("a", warn("x", "y"), 0), Told("b", fail("y", "z"), 0)])


def test_secrets_are_found_by_name_and_by_length(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text(
        "LLM_API_KEY=short1\nNAME=x\nLONG_ONE=abcdefghijklmnop\nBASE=http://127.0.0.1:1/v1\n"
    )
    monkeypatch.setenv("SOME_TOKEN", "tok-from-outside")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/run/agent")
    found = secrets_of(tmp_path)
    assert {"short1", "abcdefghijklmnop", "tok-from-outside"} <= set(found)
    assert not {"x", "http://127.0.0.1:1/v1", "/run/agent"} & set(found)
