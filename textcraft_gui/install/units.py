"""The unit of each system that starts a supervised show at login: text, place, and how it is switched on; pure."""

import plistlib
import re
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Final
from xml.sax.saxutils import escape

from textcraft_bus.processes import EXIT_NAME_TAKEN
from textcraft_bus.records import dataclass
from textcraft_gui.supervision.rules import EXIT_PARKED, EXIT_USAGE

MARK: Final = "Written by textcraft install-service"
"""Stands in every file of ours: none without it is ever overwritten or removed."""
STOP_SECONDS: Final = 45
"""So long the console may take to close its show."""


class System(StrEnum):
    """What starts programs at login."""

    SYSTEMD = "systemd"
    LAUNCHD = "launchd"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Unit:
    """One file, and what is typed to switch it on and off."""

    path: Path
    text: str
    on: tuple[str, ...]
    off: tuple[str, ...]
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Service:
    """What is to be started: a show's name, the whole command line, where its own output goes."""

    show: str
    line: tuple[str, ...]
    logs: Path

    @property
    def name(self) -> str:
        """A name for files and labels: letters, digits, points and dashes."""
        return f"textcraft-{re.sub(r'[^A-Za-z0-9.-]+', '-', self.show).strip('-.') or 'show'}"


def unit_for(system: System, service: Service, home: Path) -> Unit:
    """Return a show's unit for a system; `home` is the user's folder."""
    match system:
        case System.SYSTEMD:
            return _systemd(service, home)
        case System.LAUNCHD:
            return _launchd(service, home)
        case System.WINDOWS:
            return _windows(service, home)


def _systemd(service: Service, home: Path) -> Unit:
    file = f"{service.name}.service"
    text = f"""\
# {MARK}: `textcraft install-service --remove` takes it away.
[Unit]
Description=TextCraft console of the show {_one_line(service.show).replace("%", "%%")}
# It needs a screen: it starts with the desktop of the user who is logged in (switch automatic login on).
PartOf=graphical-session.target
After=graphical-session.target
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=simple
ExecStart={" ".join(map(_systemd_word, service.line))}
# The supervisor restarts the console; this restarts the supervisor, if it was killed itself.
Restart=on-failure
RestartSec=5
# A wrong option, a show that is open already, and a console that was parked are matters for a person.
RestartPreventExitStatus={EXIT_USAGE} {EXIT_NAME_TAKEN} {EXIT_PARKED}
# Walls are processes of their own: whoever stops the console does not take the picture away from an audience.
KillMode=process
TimeoutStopSec={STOP_SECONDS}
OOMPolicy=continue

[Install]
WantedBy=graphical-session.target
"""
    control = "systemctl --user"
    return Unit(
        home / ".config" / "systemd" / "user" / file,
        text,
        (f"{control} daemon-reload", f"{control} enable --now {file}"),
        (f"{control} disable --now {file}", f"{control} daemon-reload"),
    )


def _systemd_word(word: str) -> str:
    """Quote a word as systemd reads it: its own variables and specifiers are no words of ours."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{quoted}"' if re.search(r"[^A-Za-z0-9_./:=@%$+-]", word) or not word else quoted


def _launchd(service: Service, home: Path) -> Unit:
    """Not run: no such machine was there."""
    label = f"textcraft.{service.name.removeprefix('textcraft-')}"
    content = {
        "Label": label,
        "ProgramArguments": list(service.line),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 30,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
        "AbandonProcessGroup": True,
        "ExitTimeOut": STOP_SECONDS,
        "StandardErrorPath": str(service.logs / f"{service.name}.out"),
    }
    note = f"<!-- {MARK}. Not run on macOS yet. AbandonProcessGroup: walls outlive their console. -->"
    head, _, rest = plistlib.dumps(content).decode("utf-8").partition("\n")
    path = home / "Library" / "LaunchAgents" / f"{label}.plist"
    return Unit(
        path,
        f"{head}\n{note}\n{rest}",
        (f"launchctl bootstrap gui/$(id -u) {_shell(path)}",),
        (f"launchctl bootout gui/$(id -u)/{label}",),
    )


_TASK: Final = """\
<?xml version="1.0" encoding="UTF-16"?>
<!-- {mark}. Not run on Windows yet. -->
<Task version="1.4" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{what}</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Principals>
    <Principal id="Author"><LogonType>InteractiveToken</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure><Interval>PT1M</Interval><Count>3</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author"><Exec><Command>{command}</Command><Arguments>{arguments}</Arguments></Exec></Actions>
</Task>
"""


def _windows(service: Service, home: Path) -> Unit:
    """Not run: no such machine was there."""
    text = _TASK.format(
        mark=MARK,
        what=escape(f"TextCraft console of the show {_one_line(service.show)}"),
        command=escape(service.line[0]),
        arguments=escape(subprocess.list2cmdline(service.line[1:])),
    )
    path = home / "AppData" / "Local" / "textcraft" / f"{service.name}.xml"
    return Unit(
        path,
        text,
        (f'schtasks /Create /TN "{service.name}" /XML "{path}"',),
        (f'schtasks /Delete /F /TN "{service.name}"',),
        "utf-16",
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shell(path: PurePath) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def words_of(python_line: Sequence[str], root: Path, more: Sequence[str]) -> tuple[str, ...]:
    """Return the whole command line of a supervised show."""
    return (*python_line, "--supervise", "--mode", "show", "--project", str(root), *more)
