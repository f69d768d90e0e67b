import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest

from textcraft_bus.disk import assets
from textcraft_bus.errors import AssetMissing


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Let the console's package lie in a folder of the test; return that folder."""
    package = tmp_path / "site" / "textcraft_gui"
    package.mkdir(parents=True)
    spec = ModuleSpec("textcraft_gui", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    monkeypatch.setattr(assets, "find_spec", lambda name: spec if name == "textcraft_gui" else None)
    return package


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"look")
    return path


def test_a_checkout_keeps_the_look_beside_the_package(installed):
    icon = put(installed.parent / "resources" / "icons" / "take.png")
    assert assets.resources("icons", "take.png") == icon
    assert assets.resources() == installed.parent / "resources"


def test_a_wheel_keeps_it_inside_and_never_falls_back_to_a_stranger(installed):
    put(installed.parent / "resources" / "style.qss")
    font = put(installed / "resources" / "font.ttf")
    assert assets.resources("font.ttf") == font
    with pytest.raises(AssetMissing, match=r"resources/style\.qss is missing") as caught:
        assets.resources("style.qss")
    assert caught.value.looked == (installed / "resources",)


def test_a_bundle_comes_first_even_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    font = put(tmp_path / "textcraft_gui" / "resources" / "font.ttf")
    persona = put(tmp_path / "textcraft_core" / "templates" / "personas.json")
    assert assets.resources("font.ttf") == font
    assert assets.asset("textcraft_core", "templates", "personas.json") == persona


def test_what_is_missing_is_named_with_where_it_should_be(installed, monkeypatch):
    with pytest.raises(AssetMissing) as caught:
        assets.resources("icons")
    assert caught.value.looked == (installed / "resources", installed.parent / "resources")
    assert str(installed) in str(caught.value)
    with pytest.raises(AssetMissing, match="not installed"):
        assets.asset("textcraft_core", "x")


def test_the_real_package_is_found_without_importing_it():
    code = (
        "import sys; from textcraft_bus.disk.assets import asset, resources; "
        "print(asset('textcraft_gui', '__init__.py').name, resources().name, 'textcraft_gui' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == ["__init__.py", "resources", "False"]
