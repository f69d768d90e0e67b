"""The bundle of Linux: which libraries came along, and how it comes into the menu."""

import configparser
import re
import shlex
import shutil
import subprocess
from fnmatch import fnmatch

import pytest

from tests.support import bundle
from tests.support.bundle import BUNDLE, ROOT, start, told
from textcraft_bus.processes import MODULES

pytestmark = [pytest.mark.bundle, pytest.mark.timeout(300)]


def test_the_four_programs_are_one_file_and_the_disk_holds_what_is_told():
    taken = subprocess.run(["du", "-sm", str(BUNDLE)], capture_output=True, text=True, check=True).stdout.split()[0]
    assert abs(int(taken) - told()["disk_mb"]) < 3
    assert len({(BUNDLE / name).stat().st_ino for name in MODULES}) == 1


def test_only_allowed_libraries_came_along():
    lines = (ROOT / "build" / "bundle_libraries.txt").read_text().splitlines()
    allowed = [line for line in lines if line and not line.startswith("#")]
    inside = BUNDLE / "_internal"
    libraries = [path.relative_to(inside) for path in inside.rglob("lib*.so*") if not path.is_dir()]
    of_qt = {path for path in libraries if path.parts[:2] == ("PySide6", "Qt") and "lib" not in path.parts}
    names = {path: path.as_posix() if path in of_qt else path.name for path in libraries}
    assert len(libraries) > 50
    assert [name for name in names.values() if not any(fnmatch(name, line) for line in allowed)] == []
    assert [path for path in inside.rglob("*") if path.is_symlink() and not path.exists()] == []


def test_the_readme_puts_it_into_the_menu_by_three_commands(tmp_path):
    """What README says is typed here, in a home of its own; then the menu's own line starts the console."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## From the bundle", 1)[1]
    commands = re.search(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(bundle.archive(), home)
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run(["sh", "-eu", "-c", commands], cwd=home, env=environment, check=True, capture_output=True)
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.read(home / ".local/share/applications/textcraft.desktop", encoding="utf-8")
    menu = entry["Desktop Entry"]
    assert list((home / ".local/share/icons/hicolor").rglob(f"{menu['icon']}.png"))
    program = shutil.which(shlex.split(menu["exec"])[0], path=str(home / ".local/bin"))
    assert program is not None
    for name in MODULES:
        ended = start([home / ".local/bin" / name, "--version"], tmp_path)
        assert (ended.returncode, ended.stdout.split()[0]) == (0, name), ended.stderr
