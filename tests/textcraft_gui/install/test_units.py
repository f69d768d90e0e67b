"""Units of the three systems: what parses them understands them, and no file of others is touched."""

import configparser
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from textcraft_gui.install import command_line
from textcraft_gui.install.command_line import FileOfOthers, remove, write
from textcraft_gui.install.units import MARK, Service, System, _systemd_word, unit_for, words_of
from textcraft_gui.session.which_show import the_show

ROOT = Path('/shows/my show 100% "A" $HOME')
LINE = words_of(("/opt/text craft/venv/bin/python", "-m", "textcraft_gui"), ROOT, ("--walls", "brick,stairs"))


@pytest.fixture
def service(tmp_path):
    return Service(ROOT.name, LINE, tmp_path)


def test_the_systemd_unit_says_the_very_line(service, tmp_path):
    unit = unit_for(System.SYSTEMD, service, tmp_path)
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str
    read.read_string(unit.text)
    assert unit.path == tmp_path / ".config/systemd/user/textcraft-my-show-100-A-HOME.service"
    assert read["Service"]["KillMode"] == "process"
    assert read["Service"]["RestartPreventExitStatus"].split() == ["2", "3", "4"]
    line = read["Service"]["ExecStart"]
    assert '"/opt/text craft/venv/bin/python" -m textcraft_gui --supervise --mode show' in line
    assert '\\"A\\"' in line
    assert "100%%" in line
    assert "$$HOME" in line


def test_systemd_itself_finds_nothing_wrong_with_it(tmp_path):
    """Where systemd is; elsewhere the test above says what can be said."""
    line = words_of((sys.executable, "-m", "textcraft_gui"), ROOT, ())
    unit = unit_for(System.SYSTEMD, Service(ROOT.name, line, tmp_path), tmp_path)
    unit.path.parent.mkdir(parents=True)
    unit.path.write_text(unit.text)
    if shutil.which("systemd-analyze") is None:
        return
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", str(unit.path)], capture_output=True, text=True, check=False
    )
    assert unit.path.name not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("word", "quoted"),
    [("plain", "plain"), ("", '""'), ("a b", '"a b"'), ('"', '"\\""'), ("50%", "50%%"), ("\\x", '"\\\\x"')],
)
def test_words_for_systemd(word, quoted):
    assert _systemd_word(word) == quoted


def test_the_launchd_unit_is_a_property_list(service, tmp_path):
    unit = unit_for(System.LAUNCHD, service, tmp_path)
    read = plistlib.loads(unit.text.encode())
    assert read["ProgramArguments"] == list(LINE)
    assert read["Label"] == "textcraft.my-show-100-A-HOME"
    assert read["AbandonProcessGroup"] is True
    assert read["KeepAlive"] == {"SuccessfulExit": False}
    assert MARK in unit.text
    assert unit.path.suffix == ".plist"


def test_the_windows_task_is_a_task(service, tmp_path):
    unit = unit_for(System.WINDOWS, service, tmp_path)
    read = ElementTree.fromstring(unit.text.encode(unit.encoding))  # noqa: S314 - our own text
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert read.find(f".//{space}Command").text == LINE[0]
    assert f"{read.find(f'.//{space}Arguments').text}".endswith("--walls brick,stairs")
    assert read.find(f".//{space}ExecutionTimeLimit").text == "PT0S"
    assert read.find(f".//{space}LogonTrigger") is not None


@pytest.mark.parametrize("system", list(System))
def test_it_is_written_again_and_removed_but_never_over_a_file_of_others(service, tmp_path, system):
    unit = unit_for(system, service, tmp_path)
    assert unit.on[0] in write(unit)
    write(unit)
    assert unit.path.read_text(unit.encoding) == unit.text
    assert unit.off[0] in remove(unit)
    assert not unit.path.exists()
    assert "no" in remove(unit)
    unit.path.write_bytes(b"[Unit]\nDescription=mine\xff\n")
    for act in (write, remove):
        with pytest.raises(FileOfOthers):
            act(unit)
    assert unit.path.read_bytes() == b"[Unit]\nDescription=mine\xff\n"


def test_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(command_line, "usual_system", lambda: System.SYSTEMD)
    file = tmp_path / ".config/systemd/user/textcraft-sample.service"
    assert command_line.main(["--print", "--", "--language", "fr"]) == 0
    printed = capsys.readouterr().out
    assert f"--project {the_show(None).root} --language fr" in printed
    assert not file.exists()
    assert command_line.main([]) == 0
    assert "systemctl --user enable --now textcraft-sample.service" in capsys.readouterr().out
    assert command_line.main(["--remove"]) == 0
    assert not file.exists()
    file.write_text("mine")
    assert command_line.main([]) == 1
    assert "was not written by this program" in capsys.readouterr().err
    assert command_line.main(["--system", "launchd", "--print"]) == 0
    assert plistlib.loads(capsys.readouterr().out.encode())["RunAtLoad"] is True
