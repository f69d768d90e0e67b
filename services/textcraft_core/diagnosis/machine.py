"""Whether this machine can carry a show: versions, disk, limits, ports, clock, what runs. All of it blocks."""

import os
import platform
import shutil
import statistics
import sys
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import psutil

from textcraft_bus.disk.files import write_durably
from textcraft_bus.disk.folders import cache_folder, config_folder, data_folder, log_folder
from textcraft_bus.errors import BusError, FolderRefused
from textcraft_bus.processes import MODULES, running_records
from textcraft_bus.transport.sockets import holder_of
from textcraft_core.day.preflight import Finding, fail, ok, unknown, warn

LEAST_PYTHON: Final = (3, 11)
BROKEN_QT: Final = ("6.12", (3, 12))
"""From this Qt on an older Python than this aborts: each void call drops a reference to None."""
LIBRARIES: Final = ("PySide6-Essentials", "pyzmq", "pydantic", "Pillow", "numpy", "openai", "httpx2", "psutil")
LEAST_FILES: Final = 512
GOOD_FILES: Final = 1024
LEAST_MEMORY: Final = 1.0
GOOD_MEMORY: Final = 2.0
GIBIBYTE: Final = 1 << 30
WRITES: Final = 20
SLOW_MS, VERY_SLOW_MS = 50.0, 500.0
"""A durable write of this size is waited for by every take."""
WRITE_BYTES: Final = 16_384


def python_and_qt() -> Finding:
    """Look at the interpreter, and at Qt's version beside it."""
    own = sys.version_info[:2]
    said = f"Python {platform.python_version()} on {platform.system()} {platform.release()}"
    if own < LEAST_PYTHON:
        return fail(said, "install Python 3.11 or newer")
    qt = _version("PySide6-Essentials")
    if not qt:
        return fail(f"{said}, no Qt", "install the program again: build/dev.py run, or its bundle")
    too_new = _numbers(qt) >= _numbers(BROKEN_QT[0]) and own < BROKEN_QT[1]
    if too_new:
        return fail(f"{said}, Qt {qt}", "this Qt aborts on this Python: install PySide6-Essentials below 6.12")
    return ok(f"{said}, Qt {qt}")


def libraries() -> Finding:
    """Look for every library the programs need."""
    found = {name: _version(name) for name in LIBRARIES}
    missing = [name for name, is_there in found.items() if not is_there]
    if missing:
        return fail(f"not installed: {', '.join(missing)}", "install the program again, with its locked requirements")
    return ok(", ".join(f"{name} {number}" for name, number in found.items()))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdecimal())


def memory() -> Finding:
    """Look at how much memory is free."""
    seen = psutil.virtual_memory()
    free = seen.available / GIBIBYTE
    said = f"{free:.1f} of {seen.total / GIBIBYTE:.1f} GiB free, {os.cpu_count() or 1} processors"
    advice = "end other programs: console, wall and image server take about 1 GiB together"
    if free < LEAST_MEMORY:
        return fail(said, advice)
    return ok(said) if free >= GOOD_MEMORY else warn(said, advice)


def file_limit() -> Finding:
    """Look at how many files a process may have open; each connection is one."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:  # not run
        return ok("this system sets no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    said = f"{soft} open files"
    advice = f"raise it before the start: ulimit -n {min(hard, 4096) if hard > 0 else 4096}"
    if soft < LEAST_FILES:
        return fail(said, advice)
    return ok(said) if soft >= GOOD_FILES else warn(said, advice)


def disk_speed(folder: Path) -> Finding:
    """Write and fsync some small files, as every take does; nothing of them stays."""
    place = folder / f".doctor-{uuid4().hex}"
    try:
        place.mkdir()
        times = [_timed_write(place / "probe.json") for _ in range(WRITES)]
    except (BusError, OSError) as error:
        return fail(f"{folder} cannot be written: {error}", "give the user of the show the right to write there")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    middle, worst = statistics.median(times), max(times)
    said = f"a durable write takes {middle:.1f} ms, the slowest {worst:.0f} ms"
    if middle > VERY_SLOW_MS:
        return fail(said, "put the show on a disk of this machine: every take waits for it")
    return ok(said) if middle <= SLOW_MS else warn(said, "a stick or a network disk? Put the show on the inner disk")


def _timed_write(path: Path) -> float:
    began = time.perf_counter()
    write_durably(path, os.urandom(WRITE_BYTES))
    return (time.perf_counter() - began) * 1000


def own_folders() -> Finding:
    """Look whether settings, logs, caches and records can be written."""
    refused = []
    for folder_of in (config_folder, data_folder, log_folder, lambda: cache_folder("doctor")):
        try:
            probe = folder_of() / f".doctor-{uuid4().hex}"
            probe.write_bytes(b"")
            probe.unlink()
        except FolderRefused as error:
            refused.append(f"{error.path} ({error.why})")
        except OSError as error:
            refused.append(f"{probe.parent} ({error.strerror})")
    if refused:
        return fail(f"cannot be written: {', '.join(refused)}", "give this user the right to write there")
    return ok(f"settings, logs and caches can be written; logs are in {log_folder()}")


def time_zone(zone: str) -> Finding:
    """Look whether the clock's zone and the show's zone are known."""
    try:
        there = datetime.now(ZoneInfo(zone))
    except (KeyError, OSError, ValueError):
        return fail(f"the zone {zone} is not known", "write [day] zone as Europe/Berlin in core.toml")
    here = datetime.now().astimezone()
    said = f"{here:%H:%M %Z} here, {there:%H:%M %Z} in the show's zone {zone}"
    same = here.utcoffset() == there.utcoffset()
    return ok(said) if same else warn(said, "hours are those of the show's zone: is it the right one?")


def ports(wanted: Mapping[str, int]) -> Finding:
    """Look whether the fixed ports of SHOW are free; one of our own consoles may have them."""
    taken = {f"{port} ({name}) by {holder}": holder for name, port in wanted.items() if (holder := holder_of(port))}
    if not taken:
        return ok(f"{', '.join(str(port) for port in sorted(wanted.values()))} are free")
    advice = "end that program, or use --ports free; a console or core of ours that plays is no trouble"
    return warn(f"taken: {', '.join(taken)}", advice)


def leftovers(shows: Iterable[str] = ()) -> Finding:
    """Look for walls and image servers that run without a console."""
    consoles, known = _running(("textcraft",)), set(shows)
    left = [record for record in running_records() if not known or record.show in known]
    if not left:
        return ok("no wall and no image server runs")
    said = ", ".join(f"{record.peer} (process {record.pid})" for record in left)
    if consoles:
        return ok(f"{said}; console {', '.join(map(str, consoles))}")
    advice = "open the show: it adopts them; or end them by their process ids"
    return warn(f"without a console: {said}", advice)


def _running(programs: Iterable[str]) -> list[int]:
    wanted = {MODULES[name] for name in programs}
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        words = process.info["cmdline"] or []
        if any(part in wanted for part in words[1:3]) and process.pid != os.getpid() and "doctor" not in words:
            found.append(process.pid)
    return found


def crash_notes(names: list[str]) -> Finding:
    """Tell of crash and stall files; they are of the past, and their newest says when."""
    if not names:
        return ok("no program left a crash file")
    advice = "the support bundle takes them along: textcraft doctor --bundle FILE"
    return unknown(f"{len(names)} of earlier crashes or stalls, the newest {names[0]}", advice)
