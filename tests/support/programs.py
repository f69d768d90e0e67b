"""Starts the real programs for a test and makes sure that none outlives it."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.support.waiting import SHARED, wait_until
from textcraft_bus.processes import command

ROUNDS = 5


class Program:
    """One running program of ours, its output kept."""

    def __init__(self, line: list[str], *, log: Path, cwd: Path | None = None) -> None:
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=cwd
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def wait(self, seconds: float = 20.0) -> int:
        """Return the exit code; fails with the output when it does not end in time, a shared machine's as `until`."""
        seconds *= SHARED
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {seconds} s; it said:\n{self.output}") from None

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def programs(folder: Path) -> Iterator["Programs"]:
    """A starter of programs; at the end all of them, and all they started, are gone."""
    made = Programs(folder)
    try:
        yield made
    finally:
        made.end()


class Programs:
    """The programs of one test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Program] = []

    def start(self, name: str, *arguments: str) -> Program:
        """Start a program of ours."""
        return self.start_line([*command(name), *arguments])

    def start_line(self, line: list[str], cwd: Path | None = None) -> Program:
        """Start any program by its command line."""
        log = self._folder / f"{Path(line[0]).name}-{len(self._running)}.log"
        program = Program(line, log=log, cwd=cwd)
        self._running.append(program)
        return program

    def end(self) -> None:
        """Kill what runs, detached children too: they carry this test's TEXTCRAFT_HOME."""
        for program in self._running:
            program.process.kill()
            program.process.wait()
        for _ in range(ROUNDS):  # one that died just now may have started another
            left = ours()
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
            # Until then they write, into a folder that somebody is about to remove.
            wait_until(lambda left=left: all(map(_is_gone, left)), what=f"the end of {left}")
            if not left:
                return


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def ours() -> list[psutil.Process]:
    """Every process that runs in this test's home, but the test itself."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            home = process.environ().get("TEXTCRAFT_HOME")
            if home == os.environ["TEXTCRAFT_HOME"] and process.pid != os.getpid():
                found.append(process)
    return found
