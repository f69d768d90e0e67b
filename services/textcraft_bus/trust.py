"""Which projects' own code may run: the operator trusts it once, by content; knows nothing of what the code does.

The hash lies among the machine's settings, never in the project: a folder that arrives by mail is not trusted by
itself, and a file that changed is to be trusted anew.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from textcraft_bus.disk.files import read_bytes, read_json, write_json
from textcraft_bus.disk.folders import config_folder
from textcraft_bus.errors import FileMissing, Unreadable
from textcraft_bus.records import dataclass

CODE_FILES: Final = ("constants.py", "schemas.py")
MAX_CODE_BYTES: Final = 1 << 20
REHEARSALS: Final = "rehearsals"
"""Rehearsals write to copies below this folder of the show."""


@dataclass(frozen=True, slots=True)
class ProjectCode:
    """The two optional files of a project, as they were read: what is trusted is what will run."""

    folder: Path
    files: Mapping[str, bytes]

    @property
    def fingerprint(self) -> str:
        """One hash of all files and their names."""
        whole = sha256()
        for name, data in sorted(self.files.items()):
            whole.update(f"{name}\0{len(data)}\0".encode() + data)
        return whole.hexdigest()


def read_code(folder: Path) -> ProjectCode:
    """Read `constants.py` and `schemas.py`; absent ones are left out. Raises Unreadable."""
    files = {}
    for name in CODE_FILES:
        try:
            files[name] = read_bytes(folder / name, MAX_CODE_BYTES)
        except FileMissing:
            continue
    return ProjectCode(folder.resolve(), files)


def is_trusted(code: ProjectCode) -> bool:
    """Whether the operator trusted these very files in this very folder, or in the show this is a rehearsal of."""
    copy_of = code.folder.parent.parent if code.folder.parent.name == REHEARSALS else code.folder
    trusted = _trusted()
    return code.fingerprint in (trusted.get(str(code.folder)), trusted.get(str(copy_of)))


def remember_trust(code: ProjectCode) -> None:
    """Note that the operator trusts these files in this folder. Raises WriteFailed."""
    write_json(_record(), {**_trusted(), str(code.folder): code.fingerprint}, mode=0o600)


def _record() -> Path:
    return config_folder() / "trusted.json"


def _trusted() -> dict[str, str]:
    """A record that cannot be read trusts nobody."""
    try:
        record = read_json(_record())
    except Unreadable:
        return {}
    return record if isinstance(record, dict) else {}
