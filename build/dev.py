#!/usr/bin/env python3
"""The developer's one helper: makes the environment and runs, tests, lints, measures and photographs the program.

Uses only the standard library and works from a bare Python 3.11+. `python3 build/dev.py --help` lists the verbs.
"""

from __future__ import annotations  # an older Python comes as far as being told that it is too old

import argparse
import contextlib
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import outcome

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / "venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN_LOCK = ROOT / "build" / "requirements.lock"
DEV_LOCK = ROOT / "build" / "requirements-dev.lock"
WINDOWS = os.name == "nt"

# What Qt's xcb platform and its OpenGL need of the system: library → Debian package.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX_mesa.so.0": "libglx-mesa0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libglib-2.0.so.0": "libglib2.0-0",
}
# Nearly half of all test time is the console's windows. They share no port, file or screen with the other tests; nor do
# the tests of the rules, which go with them so that both halves end together.
CONSOLE_TESTS = ("tests/textcraft_gui", "tests/textcraft_qt", "tests/architecture")
# Programs that tests and machines without a screen need: program → Debian package.
SCREEN_PROGRAMS = {"Xvfb": "xvfb"}
TEST_PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xrandr": "x11-xserver-utils",
    "xprop": "x11-utils",
    "xdotool": "xdotool",
    "objdump": "binutils",
    "desktop-file-validate": "desktop-file-utils",
    "yamllint": "yamllint",
    "strace": "strace",
    "faketime": "faketime",
}


def main() -> int:
    """Runs one verb; the exit code is 0 only when everything in it passed."""
    purpose = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(description=purpose, epilog="Arguments after -- go to the program.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
    for name, (carry_out, text) in VERBS.items():
        verb = verbs.add_parser(name, help=text, description=carry_out.__doc__)
        verb.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="what this verb takes, if anything")
    arguments = sys.argv[1:] or ["--help"]
    if arguments[1:2] and arguments[1].startswith("-") and arguments[1] not in {"-h", "--help", "--"}:
        arguments.insert(1, "--")  # argparse takes a flag that comes first for its own
    options = parser.parse_args(arguments)
    rest = options.rest[1:] if options.rest[:1] == ["--"] else options.rest
    return VERBS[options.verb][0](rest)


def run(rest: list[str]) -> int:
    """Opens the console on a copy of the sample show, in rehearsal: no key, no network, no cost."""
    prepare(RUN_LOCK)
    require(QT_LIBRARIES, present=can_load)
    arguments = rest or ["--rehearse"]
    with screen() as environment:
        return call([program("textcraft"), *arguments], environment)


def test(rest: list[str]) -> int:
    """Runs every check: style, types, import contracts and all tests, with windows shown on a virtual screen."""
    prepare_for_tests()
    if rest:
        return pytest(rest)
    print("dev.py: the tests of the console and of the rules; beside them all others, told after them", flush=True)
    with outcome.kept() as kept, ThreadPoolExecutor(1) as beside:
        others = beside.submit(outcome.in_turn, OTHER_CHECKS, kept)
        with outcome.shown() as shown:
            told = outcome.in_turn(CONSOLE_CHECKS, shown)
        told += others.result()
        kept.seek(0)
        shutil.copyfileobj(kept, sys.stdout)
    print(outcome.summary(told), flush=True)
    return 1 if any(each.failed for each in told) else 0


def lint(_rest: list[str], output: IO[str] | None = None) -> int:
    """Runs ruff, mypy --strict and import-linter."""
    prepare_for_tests()
    checks = (
        [program("ruff"), "check", "."],
        [program("ruff"), "format", "--check", "."],
        [program("mypy")],
        [program("lint-imports")],
    )
    failed = [" ".join(Path(part).name for part in check) for check in checks if call(check, os.environ, output)]
    for name in failed:
        print(f"dev.py: failed: {name}", file=output, flush=True)
    return 1 if failed else 0


def bench(rest: list[str]) -> int:
    """Measures P1 to P13 against the bare counterparts and prints one table, with what changed since the last run."""
    prepare_for_tests()
    with screen(virtual=True) as environment:
        history = ["--history", str(ROOT / "bench-history.json")]
        return call([program("python"), "-m", "tests.bench", *history, *rest], environment)


def faults(rest: list[str], output: IO[str] | None = None) -> int:
    """Injects faults into real processes and sockets and prints one table; --long for the full figures."""
    prepare_for_tests()
    with screen(virtual=True) as shown, tempfile.TemporaryDirectory() as home:
        environment = {**shown, **private_folders(Path(home))}
        return call([program("python"), "-m", "tests.faults", *rest], environment, output)


def soak(rest: list[str]) -> int:
    """Plays a real show for 75 minutes, one cycle a second, and says what grows; --minutes N, --rate N."""
    prepare_for_tests()
    with screen(virtual=True) as shown, tempfile.TemporaryDirectory() as home:
        environment = {**shown, **private_folders(Path(home))}
        history = ["--history", str(ROOT / "tests" / "soak" / "history.json")]
        return call([program("python"), "-m", "tests.soak", *history, *rest], environment)


def shots(rest: list[str]) -> int:
    """Photographs the real console, every mode and panel at two sizes, and a wall, into a folder (default: shots/).

    With --manual only the manual's own pictures, small, into resources/manual.
    """
    prepare_for_tests()
    kinds = ("manual_pictures",) if rest[:1] == ["--manual"] else ("wall_shots", "shots")
    usual = ROOT / "resources" / "manual" if rest[:1] == ["--manual"] else ROOT / "shots"
    folder = str(Path(rest[0] if rest and rest[0] != "--manual" else usual).resolve())
    with screen(virtual=True) as shown, tempfile.TemporaryDirectory() as home:
        environment = {**shown, **private_folders(Path(home))}
        taken = [call([program("python"), "-m", f"tests.support.{what}", folder], environment) for what in kinds]
    return max(taken)


def manual(rest: list[str]) -> int:
    """Builds the manual as HTML, with the key card to print, into a folder (default: manual/)."""
    prepare_for_tests()
    folder = str(Path(rest[0] if rest else ROOT / "manual").resolve())
    return call([program("python"), "-m", "textcraft_gui.manual.build", folder], os.environ)


def api(rest: list[str]) -> int:
    """Makes the API reference as HTML, from docstrings and types, in a folder (default: dist/api/)."""
    prepare_for_tests()
    folder = str(Path(rest[0] if rest else ROOT / "dist" / "api").resolve())
    # Sets are written in the order of their hashes: the same each time.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    return call([program("python"), str(ROOT / "build" / "api" / "reference.py"), folder], environment)


def package(_rest: list[str], output: IO[str] | None = None) -> int:
    """Builds the bundle of all four programs below dist/, packs and measures it, and tries it elsewhere."""
    prepare_for_tests()
    if call([program("python"), str(ROOT / "build" / "packing.py")], os.environ, output):
        return 1
    return pytest(["-m", "bundle", "-q", "-p", "no:cacheprovider", *bundle_tests()], output)


def bundle_tests() -> list[str]:
    """Tests of the bundle that its system can have."""
    names = ["bundle", "left_out", *(["bundle_on_linux"] if sys.platform.startswith("linux") else [])]
    return [f"tests/packaging/test_{name}.py" for name in names]


def strings(_rest: list[str]) -> int:
    """Writes the list of the console's texts that translators work from."""
    return call([sys.executable, str(ROOT / "build" / "texts.py")], os.environ)


def pytest(arguments: list[str], output: IO[str] | None = None) -> int:
    """Runs the tests on a virtual screen of their own, away from the user's own folders."""
    with screen(virtual=True) as shown, tempfile.TemporaryDirectory() as home:
        environment = {**shown, **private_folders(Path(home)), "LC_ALL": "C.UTF-8"}  # Qt warns of a locale without it
        return call([program("python"), "-m", "pytest", *arguments], environment, output)


VERBS = {
    "run": (run, "open the console on a copy of the sample show, in rehearsal"),
    "test": (test, "run every check and test; arguments go to pytest and leave the linters out"),
    "lint": (lint, "ruff, mypy --strict, import-linter"),
    "bench": (bench, "measure against the bare counterparts"),
    "faults": (faults, "inject faults and print one table; --long for the full figures"),
    "soak": (soak, "play a real show for 75 minutes and say what grows; --minutes N, --rate N"),
    "manual": (manual, "build the manual as HTML, with the key card to print (default: manual/)"),
    "api": (api, "build the API reference as HTML, from docstrings and types (default: dist/api/)"),
    "shots": (
        shots,
        "photograph every mode and panel into a folder (default: shots/); --manual: the manual's pictures",
    ),
    "package": (package, "build the bundle of all four programs into dist/ and try it elsewhere"),
    "strings": (strings, "write resources/i18n/textcraft.template: every text of the console, for translators"),
}


CONSOLE_CHECKS: dict[str, Callable[[IO[str]], int]] = {
    "tests of the console and of the rules": lambda output: pytest([*CONSOLE_TESTS], output),
    "the bundle": lambda output: package([], output),
}
# All that needs the second core while the console is tested: half of the time, and nothing of it is left out.
# Two writers of one cache of pytest would meet.
OTHER_CHECKS: dict[str, Callable[[IO[str]], int]] = {
    "style, types, imports": lambda output: lint([], output),
    "all other tests": lambda output: pytest(
        ["-p", "no:cacheprovider", *(f"--ignore={folder}" for folder in CONSOLE_TESTS)], output
    ),
    "faults": lambda output: faults([], output),
}


# The environment


def prepare(lock: Path) -> None:
    """Makes venv/ and installs the pinned dependencies and this checkout, when anything of it changed."""
    stamp = VENV / f"{lock.stem}.stamp"
    wanted = fingerprint(lock)
    there = (BIN / python_name()).exists()
    if there and stamp.is_file() and stamp.read_text() == wanted:
        return
    if not there:
        make_venv()
    print(f"dev.py: installing the pinned dependencies of {lock.name}", flush=True)
    pip("install", "--quiet", "--require-hashes", "--requirement", str(lock))
    pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    stamp.write_text(wanted)


def prepare_for_tests() -> None:
    """Everything that `run` needs, the test tools and the programs tests drive."""
    prepare(DEV_LOCK)
    require(QT_LIBRARIES, present=can_load)
    require(TEST_PROGRAMS, present=lambda name: shutil.which(name) is not None)


def fingerprint(lock: Path) -> str:
    """A hash of all that decides what is installed."""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def make_venv() -> None:
    """Creates venv/; where Debian left ensurepip out, installs the package that brings it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file alone may be run by an older one
        sys.exit(f"dev.py: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    try:
        import ensurepip  # noqa: F401, PLC0415
    except ImportError:
        install_packages([f"python3.{sys.version_info.minor}-venv"])
    print("dev.py: making the environment venv/", flush=True)
    if VENV.is_file():
        VENV.unlink()
    venv.create(VENV, with_pip=True, clear=VENV.exists())


def require(needed: dict[str, str], present: object) -> None:
    """Installs the system packages behind what is missing, or prints the one line that does."""
    if not sys.platform.startswith("linux"):
        return
    missing = sorted({package for name, package in needed.items() if not present(name)})  # type: ignore[operator]
    if missing:
        install_packages(missing)


def install_packages(packages: list[str]) -> None:
    """apt-get install, as root or by password-free sudo; elsewhere says what to install and ends."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    prefix = apt_prefix()
    if prefix is None:
        sys.exit(f"dev.py: system packages are missing. Install them and start again:\n  sudo {line}")
    print(f"dev.py: {line}", flush=True)
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": path}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)
    install = [*prefix, *line.split(), "-qq"]
    if subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        sys.exit(f"dev.py: this failed, run it by hand to see why:\n  sudo {line}")


def apt_prefix() -> list[str] | None:
    """How apt-get may be called here: [] as root, sudo where it asks nothing, None not at all."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [str(sudo), "-n"] if allowed else None


def can_load(library: str) -> bool:
    """Whether the system's loader finds a library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def private_folders(home: Path) -> dict[str, str]:
    """Environment in which programs keep their files below `home` instead of the user's own folders."""
    names = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
    folders = {name: str(home / name.lower()) for name in names}
    for folder in folders.values():
        Path(folder).mkdir(mode=0o700)
    return {"HOME": str(home), **folders}


# The screen


@contextlib.contextmanager
def screen(virtual: bool = False) -> Iterator[dict[str, str]]:
    """The environment with a screen in it: the user's own, or a virtual one where there is none."""
    environment = dict(os.environ)
    has_screen = not sys.platform.startswith("linux") or "DISPLAY" in environment or "WAYLAND_DISPLAY" in environment
    if has_screen and not (virtual and sys.platform.startswith("linux")):
        yield environment
        return
    if not virtual:
        print("dev.py: no screen here (DISPLAY is not set): the windows open on a virtual one", flush=True)
    require(SCREEN_PROGRAMS, present=lambda name: shutil.which(name) is not None)
    with virtual_screen() as display:
        environment.pop("WAYLAND_DISPLAY", None)
        yield {**environment, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


@contextlib.contextmanager
def virtual_screen() -> Iterator[str]:
    """An Xvfb of 1920×1080 with a window manager where one is installed; yields its DISPLAY."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        number = pipe.readline().strip()
    if not number:
        sys.exit("dev.py: Xvfb did not start")
    manager = start_window_manager(f":{number}")
    try:
        yield f":{number}"
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()


def start_window_manager(display: str) -> subprocess.Popen[bytes] | None:
    """Openbox on the display; focus behaves as on a real desktop only with a window manager."""
    if shutil.which("openbox") is None:
        return None
    environment = {**os.environ, "DISPLAY": display}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(["openbox", "--sm-disable"], env=environment, **quiet)  # type: ignore[call-overload, no-any-return]


# Programs


def program(name: str) -> str:
    """A program of the environment."""
    return str(BIN / (python_name() if name == "python" else name + (".exe" if WINDOWS else "")))


def python_name() -> str:
    """What Python is called in a virtual environment here."""
    return "python.exe" if WINDOWS else "python"


def pip(*arguments: str) -> None:
    """Runs pip of the environment; its failure ends this program."""
    command = [program("python"), "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        sys.exit(f"dev.py: pip failed: {' '.join(arguments)}")


def call(command: list[str], environment: dict[str, str] | os._Environ[str], output: IO[str] | None = None) -> int:
    """Runs a command in the checkout and returns its exit code; Ctrl+C ends it and is no error of ours."""
    with subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=output, stderr=output) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


if __name__ == "__main__":
    sys.exit(main())
