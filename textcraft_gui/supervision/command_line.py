"""`textcraft --supervise …`: the parent as a program; every other word is the console's own."""

import argparse
import contextlib
import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from textcraft_bus.disk.folders import log_folder
from textcraft_bus.errors import BusError
from textcraft_bus.logs import setup_logging
from textcraft_bus.processes import EXIT_NAME_TAKEN, NameLock, NameTaken, command
from textcraft_core.errors import EngineError
from textcraft_core.show.folder import ShowFolder, show_id
from textcraft_gui.session.which_show import the_show
from textcraft_gui.supervision.beats import Listener
from textcraft_gui.supervision.child import Consoles, console_of
from textcraft_gui.supervision.supervisor import Means, Supervisor

log = logging.getLogger(__name__)

PROGRAM = "textcraft-supervisor"
REST_SECONDS = 30.0


def supervise(words: list[str]) -> int:
    """Keep a console with these words running; returns the exit code."""
    try:
        show = the_show(_project(words))
        with contextlib.ExitStack() as opened:
            logs = setup_logging(f"{PROGRAM}-{show.root.name}", log_folder(), "INFO")
            opened.callback(logs.close)
            lock = NameLock(f"supervisor.{show_id(show)}")
            lock.acquire("", "")
            opened.callback(lock.release)
            return _run(show, words)
    except NameTaken as taken:
        return _fail(f"the show is supervised already, by process {taken.pid}", EXIT_NAME_TAKEN)
    except (BusError, EngineError, OSError) as error:
        return _fail(str(error), 1)


def _project(words: list[str]) -> str | None:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--project")
    known, _ = parser.parse_known_args(words)
    return known.project if known.project is None else str(known.project)


def _run(show: ShowFolder, words: list[str]) -> int:
    ear = Listener()
    consoles = Consoles(words, lambda: ear.address)
    supervisor = Supervisor(
        Means(
            start=consoles.start,
            on_steady=consoles.keep_spare,
            ear=ear,
            holder=lambda: console_of(show_id(show)),
            on_parked=lambda text: _park(show, text),
        )
    )
    try:
        with _ending_signals(supervisor.ask_to_end):
            return supervisor.run()
    finally:
        consoles.end_spare()
        ear.close()


@contextlib.contextmanager
def _ending_signals(ask: Callable[[], None]) -> Iterator[None]:
    """SIGINT, SIGTERM and a closed terminal end the console, then this process."""

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        ask()

    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _park(show: ShowFolder, text: str) -> None:
    """No console will come by itself: the walls go to their safe look, and a monitor hears of it."""
    from textcraft_bus.health import Health, HealthFile, HealthStatus  # noqa: PLC0415 - needed in this case alone

    HealthFile(log_folder() / "health", "supervisor", PROGRAM).write(Health(HealthStatus.FATAL, text))
    try:
        line = [*command("textcraft"), "rest-walls", "--project", str(show.root), "--alarm", text]
        subprocess.run(line, timeout=REST_SECONDS, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError) as error:
        log.error("the walls could not be told: %s. They go to their safe look by themselves", error)
    _fail(f"{text}. Its log says why; start it again by hand", 0)


def _fail(text: str, code: int) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"textcraft --supervise: {text}\n")
    return code
