"""The recipe of the bundle, evaluated as each system would: what it asks of PyInstaller, and the files it names."""

import ast
import plistlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from PIL import Image

from textcraft_bus.processes import MODULES
from textcraft_qt.guards import APPLICATION_NAME

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
SYSTEMS = ("linux", "darwin", "win32")
COMES = {
    "linux": ["PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/Qt/qml/QtQuick/Window/libquickwindowplugin.so"],
    "darwin": ["PySide6/Qt/plugins/platforms/libqcocoa.dylib", "PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore"],
    "win32": ["PySide6/plugins/platforms/qwindows.dll", "PySide6/Qt6Core.dll", "python311.dll"],
}
STAYS = {
    "linux": ["PySide6/Qt/plugins/imageformats/libqpdf.so", "libstdc++.so.6", "libgtk-3.so.0", "x/__init__.pyi"],
    "darwin": ["PySide6/Qt/plugins/imageformats/libqpdf.dylib", "PySide6/Qt/translations/qt_de.qm"],
    "win32": ["PySide6/plugins/imageformats/qpdf.dll", "PySide6/qml/QtQuick/Controls/qmldir"],
}
ALWAYS = ["textcraft_core/templates/personas.json", "zmq/backend/_zmq.abi3.so"]


class Recipe:
    """One evaluation: what each of PyInstaller's words was given."""

    def __init__(self, system: str, folder: Path) -> None:
        self.system, self.dist, self.work = system, folder / "dist", folder / "work"
        self.programs, self.commands, self.analysis, self.app = [], [], None, None

    def evaluate(self) -> "Recipe":
        words = {name: getattr(self, f"_{name.lower()}") for name in ("Analysis", "EXE", "COLLECT", "BUNDLE")}
        given = {"SPECPATH": str(BUILD), "DISTPATH": str(self.dist), "workpath": str(self.work)}
        spec = BUILD / "textcraft.spec"
        exec(compile(spec.read_text(), str(spec), "exec"), {**words, **given, "PYZ": list})  # noqa: S102
        return self

    def _analysis(self, scripts, **given):
        entries = [(name, name, "BINARY") for name in (*COMES[self.system], *STAYS[self.system], *ALWAYS)]
        self.analysis = SimpleNamespace(scripts=scripts, given=given, binaries=entries, datas=given["datas"], pure=[])
        return self.analysis

    def _exe(self, *_parts, **given):
        self.programs.append(given)
        return given

    def _collect(self, *parts, name, **_given):
        folder = self.dist / name
        folder.mkdir(parents=True)
        for program in self.programs:
            (folder / (program["name"] + (".exe" if self.system == "win32" else ""))).write_text("program")
        return parts

    def _bundle(self, *_parts, **given):
        self.app = given
        folder = self.dist / given["name"] / "Contents" / "MacOS"
        folder.mkdir(parents=True)
        for program in self.programs:
            (folder / program["name"]).write_text("program")


@pytest.fixture
def recipe(request, tmp_path, monkeypatch):
    hooks = ModuleType("PyInstaller.utils.hooks")
    hooks.collect_data_files = hooks.copy_metadata = lambda name: [(name, name)]
    hooks.collect_submodules = lambda name: [name]
    made = Recipe(request.param, tmp_path)
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, hooks.__name__, hooks)
    monkeypatch.setattr(subprocess, "run", lambda line, **_more: made.commands.append(line))
    monkeypatch.setattr(sys, "platform", request.param)
    return made.evaluate()


on_each = pytest.mark.parametrize("recipe", SYSTEMS, indirect=True)
on_linux, on_macos, on_windows = (pytest.mark.parametrize("recipe", [name], indirect=True) for name in SYSTEMS)


@on_each
def test_what_comes_along_is_what_the_list_says(recipe):
    left = {entry[0] for entry in recipe.analysis.binaries}
    assert left == {*COMES[recipe.system], *ALWAYS}


@on_each
def test_modules_and_data_of_all_packages_are_asked_for(recipe):
    packages = {*MODULES.values(), "textcraft_bus", "textcraft_qt"}
    assert set(recipe.analysis.given["hiddenimports"]) == packages
    assert packages <= {entry[0] for entry in recipe.analysis.datas}
    assert "openai.types.beta" in recipe.analysis.given["excludes"]
    ast.parse(Path(recipe.analysis.scripts[0]).read_text())
    places = [Path(entry[0]) for entry in recipe.analysis.datas if Path(entry[0]).is_absolute()]
    assert places and all(place.exists() for place in places)


@on_each
def test_all_four_programs_are_there_and_nothing_is_stripped(recipe):
    suffix = ".exe" if recipe.system == "win32" else ""
    assert {path.name for path in (recipe.dist / "textcraft").iterdir()} == {name + suffix for name in MODULES}
    assert all(program["strip"] is program["upx"] is False for program in recipe.programs)


@on_linux
def test_linux_has_one_file_and_no_parts_of_others(recipe):
    assert [program["name"] for program in recipe.programs] == ["textcraft"]
    assert recipe.app is None
    assert {program["icon"] for program in recipe.programs} == {None}


@on_windows
def test_windows_has_two_files_of_which_one_prints(recipe):
    assert [(program["name"], program["console"]) for program in recipe.programs] == [
        ("textcraft", False),
        ("textcraft-core", True),
    ]
    assert (recipe.app, recipe.commands) == (None, [])
    for program in recipe.programs:
        with Image.open(program["icon"]) as icon:
            assert (icon.format, (16, 16) in icon.info["sizes"], (256, 256) in icon.info["sizes"]) == (
                "ICO",
                True,
                True,
            )


@on_windows
def test_the_version_resource_is_one(recipe, monkeypatch):
    """Read as PyInstaller reads it; its bytes can be made on Windows alone."""
    texts = [Path(program["version"]).read_text() for program in recipe.programs]
    monkeypatch.undo()
    from PyInstaller import compat

    monkeypatch.setitem(sys.modules, "pefile", ModuleType("pefile"))
    monkeypatch.setattr(compat, "win32api", None, raising=False)
    from PyInstaller.utils.win32 import versioninfo

    for text, program in zip(texts, recipe.programs, strict=True):
        made = eval(text, vars(versioninfo))  # noqa: S307 - as PyInstaller does
        assert isinstance(made, versioninfo.VSVersionInfo)
        assert made.ffi.fileVersionMS == int(VERSION.split(".")[0]) << 16 | int(VERSION.split(".")[1])
        (strings,) = made.kids[0].kids
        said = {entry.name: entry.val for entry in strings.kids}
        assert (said["FileVersion"], said["ProductVersion"]) == (VERSION, VERSION)
        assert (said["OriginalFilename"], said["InternalName"]) == (program["name"] + ".exe", program["name"])
        assert said["ProductName"] and said["FileDescription"] and said["LegalCopyright"]


@on_macos
def test_macos_has_an_app_with_all_four_programs_signed_for_this_machine(recipe):
    app = recipe.dist / "TextCraft.app"
    assert {path.name for path in (app / "Contents" / "MacOS").iterdir()} == set(MODULES)
    assert recipe.commands == [["codesign", "--force", "--deep", "--sign", "-", str(app)]]
    assert [program["console"] for program in recipe.programs] == [False]
    with Image.open(recipe.app["icon"]) as icon:
        assert (icon.format, max(size[0] * size[2] for size in icon.info["sizes"])) == ("ICNS", 1024)


@on_macos
def test_the_property_list_says_what_the_system_asks(recipe):
    told = plistlib.loads(plistlib.dumps(recipe.app["info_plist"]))
    assert (told["CFBundleShortVersionString"], told["CFBundleVersion"], recipe.app["version"]) == (VERSION,) * 3
    assert told["NSAppSleepDisabled"] is told["NSHighResolutionCapable"] is True
    assert told["LSMinimumSystemVersion"] and told["NSLocalNetworkUsageDescription"]
    assert recipe.app["bundle_identifier"].count(".") == 2
    entitlements = plistlib.loads(Path(recipe.programs[0]["entitlements_file"]).read_bytes())
    assert entitlements and set(entitlements.values()) == {True}
    assert all(key.startswith("com.apple.security.") for key in entitlements)


def test_the_menu_entry_is_valid():
    entry = BUILD / "linux" / "textcraft.desktop"
    told = subprocess.run(["desktop-file-validate", "--no-hints", entry], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")
    # What X calls our windows, so that a dock puts them under this entry.
    assert f"StartupWMClass={APPLICATION_NAME}\n" in entry.read_text(encoding="utf-8")


def test_signing_takes_its_secrets_from_the_environment_alone():
    shell, power = BUILD / "macos" / "sign.sh", BUILD / "windows" / "sign.ps1"
    subprocess.run(["sh", "-n", str(shell)], check=True)
    without = subprocess.run([shutil.which("sh"), str(shell)], env={}, capture_output=True, text=True, check=False)
    assert without.returncode != 0 and "TEXTCRAFT_SIGN_IDENTITY" in without.stderr
    for script in (shell, power):
        text = script.read_text(encoding="utf-8")
        assert "NOT RUN YET" in text and "TEXTCRAFT_SIGN" in text
        assert "password " not in text.replace("No password passes", "").lower()
