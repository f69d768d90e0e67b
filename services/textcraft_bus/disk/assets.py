"""Where the files that ship with the programs lie, in checkout, wheel or bundle; imports none of their packages."""

import sys
from importlib.util import find_spec
from pathlib import Path

from textcraft_bus.errors import AssetMissing

CONSOLE = "textcraft_gui"  # the package the console's look is installed into


def resources(*parts: str) -> Path:
    """Return a file or folder of the console's look. Raises AssetMissing.

    In a wheel or a bundle it lies inside the console's package, in a checkout beside it.
    """
    inside = _package_folders(CONSOLE)
    folders = [folder / "resources" for folder in inside] + [folder.parent / "resources" for folder in inside]
    # The first folder there is decides: a stranger's folder of that name must not fill a gap in ours.
    return _find(next(([folder] for folder in folders if folder.is_dir()), folders), ("resources", *parts), parts)


def asset(package: str, *parts: str) -> Path:
    """Return a file or folder inside a package of ours, without importing it. Raises AssetMissing."""
    return _find(_package_folders(package), (package, *parts), parts)


def _find(folders: list[Path], names: tuple[str, ...], parts: tuple[str, ...]) -> Path:
    for folder in folders:
        found = folder.joinpath(*parts)
        if found.exists():
            return found
    raise AssetMissing("/".join(names), tuple(folders))


def _package_folders(package: str) -> list[Path]:
    """Return where a package lies; a bundle unpacks data there even when the code itself is in its archive."""
    folders = []
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle is not None:
        folders.append(Path(bundle) / package)
    spec = find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        folders += [Path(place) for place in spec.submodule_search_locations]
    return folders
