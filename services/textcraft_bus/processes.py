"""The lives of our processes: starting them detached, the lock each holds on its name, watching them; no sockets here.

A console that dies leaves its walls running; the next one reads the wall records here and adopts them.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from textcraft_bus.disk.files import read_json, write_json
from textcraft_bus.disk.folders import log_folder, made, service_folder
from textcraft_bus.errors import BusError, FolderRefused, Unreadable
from textcraft_bus.records import dataclass

log = logging.getLogger(__name__)

MODULES = {
    "textcraft": "textcraft_gui",
    "textcraft-core": "textcraft_core",
    "textcraft-image-server": "textcraft_image_server",
    "textcraft-display": "textcraft_display",
}
KILL_SECONDS = 0.5
EXIT_NAME_TAKEN = 3
"""Exit code of a second process of one name."""


class NameTaken(BusError):
    """Another process already serves under this name."""

    def __init__(self, peer: str, pid: int) -> None:
        super().__init__(f"{peer} is already open in process {pid}")
        self.peer = peer
        self.pid = pid


def command(program: str) -> list[str]:
    """Return how to start one of our programs, from a checkout, a wheel or a bundle alike."""
    if getattr(sys, "frozen", False):
        return [str(Path(sys.executable).with_name(program + (".exe" if os.name == "nt" else "")))]
    return [sys.executable, "-m", MODULES[program]]


class Child:
    """A process we started: it may outlive us, and is reaped when it ends before us."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Wait at most so long for its end; blocking, so from a worker thread."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End it at once and reap it, which takes the system some milliseconds."""
        self._process.kill()
        self.wait(KILL_SECONDS)


class _Detached(subprocess.Popen[bytes]):
    """A child that is meant to outlive whoever started it: letting go of it is no mistake to warn of."""

    def __del__(self) -> None:
        super().__del__(_warn=lambda *_told, **_more: None)  # type: ignore[call-arg]  # CPython's own switch for it


def start_detached(
    program: str, arguments: list[str], log_name: str, secrets: Mapping[str, str] | None = None
) -> Child:
    """Start a program of ours in a session of its own, with a clean environment and its output in a log file.

    `secrets` are put into its environment, and nowhere else. It goes on when this process dies. Blocking for some
    milliseconds: call it from a worker thread.
    """
    with (log_folder() / f"{log_name}.out").open("ab") as output:
        process = _Detached(
            [*command(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**clean_environment(), **(secrets or {})},
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0) if os.name == "nt" else 0,  # not run
        )
    log.info("started %s as process %d", program, process.pid)
    return Child(process)


def clean_environment() -> dict[str, str]:
    """Return the environment for a child: without the library path a bundle sets for itself."""
    environment = dict(os.environ)
    if getattr(sys, "frozen", False):
        original = environment.pop("LD_LIBRARY_PATH_ORIG", None)
        environment.pop("LD_LIBRARY_PATH", None)
        if original is not None:
            environment["LD_LIBRARY_PATH"] = original
    return environment


@dataclass(frozen=True, slots=True)
class Record:
    """What a running service tells the machine: who it is and which core it answers to."""

    peer: str
    """`<role>.<name>`, as on the wire."""
    pid: int
    started: float
    """Start time of the process, seconds since the epoch: a pid alone may be somebody else's."""
    endpoint: str
    show: str
    program: str = ""
    """What people call it; "" where the peer's name says that already."""

    def alive(self) -> bool:
        """Whether that very process still runs."""
        return is_alive(self.pid, self.started)


class NameLock:
    """Held by a wall or image server for its whole life: one process for each name on a machine.

    The lock file `<role>s/<name>.lock` lies beside the record `<role>s/<name>.json`: where files are locked by the
    system, nobody else could read the record in it.
    """

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.record_path = _record_path(peer)
        self._lock = FileLock(self.record_path.with_suffix(".lock"))

    def acquire(self, endpoint: str, show: str, program: str = "") -> None:
        """Take the name and write the record. Raises NameTaken with the holder's pid, FolderRefused."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            holder = read_record(self.record_path)
            raise NameTaken(self.peer, holder.pid if holder else 0) from None
        except OSError as error:
            raise FolderRefused(self.record_path.parent, error.strerror or str(error)) from error
        pid = os.getpid()
        record = Record(self.peer, pid, psutil.Process(pid).create_time(), endpoint, show, program)
        write_json(self.record_path, asdict(record))

    def release(self) -> None:
        """Give the name back."""
        self.record_path.unlink(missing_ok=True)
        self._lock.release()


def read_record(path: Path) -> Record | None:
    """Return the record in a file, or None when there is none that can be read."""
    try:
        data = read_json(path)
        return Record(**data) if isinstance(data, dict) else None
    except (Unreadable, TypeError):
        return None


def running_services(show: str) -> list[Record]:
    """Return the records of all walls and image servers of a show whose processes run."""
    return [record for record in _running() if record.show == show]


def running_records() -> list[Record]:
    """Return the records of all walls and image servers of this machine whose processes run, whatever their show."""
    return [record for record in _running() if record.show]


def running_consoles() -> list[Record]:
    """Return the records of all consoles, and engines without a window, that have a show open on this machine."""
    return _running("consoles/*.json")


def _running(pattern: str = "*s/*.json") -> list[Record]:
    """Those of no show as well: displays of other cores, what was started by hand."""
    records = (read_record(path) for path in sorted(service_folder().glob(pattern)))
    return [record for record in records if record is not None and record.alive()]


def is_alive(pid: int, started: float | None = None) -> bool:
    """Whether a process runs (a zombie does not), and is the one that started then."""
    try:
        process = psutil.Process(pid)
        same = started is None or abs(process.create_time() - started) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def command_line(pid: int) -> tuple[str, ...]:
    """Return the program and the arguments a process was started with; () when it is gone or keeps them to itself."""
    try:
        return tuple(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ()


def end_process(pid: int, started: float | None = None, patience: float = 2.0) -> bool:
    """Terminate a process, kill it after `patience` seconds, and say whether it is gone; blocking."""
    if not is_alive(pid, started):
        return True
    process = psutil.Process(pid)
    process.terminate()
    if not _gone(pid, started, patience):
        process.kill()
    return _gone(pid, started, patience)


def _gone(pid: int, started: float | None, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not is_alive(pid, started):
            return True
        time.sleep(0.02)
    return not is_alive(pid, started)


def record_of(peer: str) -> Record | None:
    """Return what the holder of a name told the machine; None when nobody holds it, or who did is gone."""
    record = read_record(_record_path(peer))
    return record if record is not None and record.alive() else None


def _record_path(peer: str) -> Path:
    role, _, name = peer.partition(".")
    return made(service_folder() / f"{role}s") / f"{name}.json"
