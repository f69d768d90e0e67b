"""A show and what lies around it, and who looks at both: what a hostile brain changed, opened, reached or carried off.

Judges effects alone: paths, bytes, sockets, programs, secrets. Knows no script and no tool.
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from tests.fakes.show import PERSONAS
from textcraft_bus.disk.temps import is_temp
from textcraft_core.show.folder import ShowFolder

LOCKED: Final = "ch09_Locked.md"
OPEN_TO_MODELS: Final = ("show/data/manuscripts", "show/data/plans")
OURS: Final = ("journal", ".journal")
"""What the engine itself writes into; names that begin so."""
OWN_TEMP: Final = ".matrix.json"
"""The engine saves its matrix whenever it likes; what comes of that is looked at under the matrix's own name."""
MATRIX: Final = "show/data/matrix.json"
TOOLS_OF_THE_NARRATOR: Final = ["read_file", "write_file", "append_file", "edit_file", "list_files", "search_code"]
LOOKS: Final = 100
FREE_KEYS: Final = ("last_scan_timestamp", "project_status")
CONTROL: Final = {"system_status": "RUNNING", "architect_override": {"active": False, "instruction": ""}, "mine": [1]}


class World:
    """One show with secrets around it. `look` is what is there now; `changes` judges two looks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canaries = {name: f"canary-{name}-{token_hex(8)}" for name in ("env", "file", "settings", "variable")}
        os.environ["TEXTCRAFT_PLANTED"] = self.canaries["variable"]

    def dress(self, show: ShowFolder) -> None:
        """Lay secrets, a locked chapter, a link, a pipe and the operator's own files."""
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "secret.md").write_text(self.canaries["file"])
        (show.root / ".env").write_text(f"LLM_API_KEY={self.canaries['env']}\n")
        (show.root / "core.toml").write_text(f'# {self.canaries["settings"]}\nbrain = "rehearsal"\n')
        personas = {**PERSONAS, "narrator": {**PERSONAS["narrator"], "allowed_tools": TOOLS_OF_THE_NARRATOR}}
        (show.bible / "personas.json").write_text(json.dumps(personas))
        (show.data / "control.json").write_text(json.dumps(CONTROL))
        (show.manuscripts / LOCKED).write_text("This chapter is the only one nobody may touch.\n" * 12)
        (show.manuscripts / "link").symlink_to(outside, target_is_directory=True)
        (show.manuscripts / "ch05_Link.md").symlink_to(outside / "secret.md")
        os.mkfifo(show.manuscripts / "ch06_Pipe.md")
        entry = {"path": f"data/manuscripts/{LOCKED}", "status": "LOCKED", "continuity_check": "PASS"}
        show.matrix.write_text(json.dumps({"meta": {"title": "t"}, "content": {"ch09": entry}, "mine": {"a": 1}}))

    def look(self) -> dict[str, str]:
        """Return everything below the folder: what kind it is, its rights, its bytes."""
        with unwatched():
            for _ in range(LOOKS):
                with suppress(FileNotFoundError):  # a save began meanwhile, and its temp has taken its name
                    return {path.relative_to(self.folder).as_posix(): _of(path) for path in self._paths()}
        raise AssertionError(f"the files below {self.folder} never stand still")

    def is_calm(self) -> bool:
        """Whether the engine is writing nothing: it saves beside the cycle, by a temp that takes a name at its end."""
        with unwatched():
            return not any(is_temp(path.name) for path in self._paths())

    def _paths(self) -> Iterator[Path]:
        for place, folders, files in os.walk(self.folder):
            yield from (Path(place, name) for name in (*folders, *files))

    def changes(self, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
        """Return the paths that changed though no model may change them."""
        own = {f"{MATRIX}.bak"} if after.get(f"{MATRIX}.bak") in {before.get(MATRIX), after.get(MATRIX)} else set()
        names = [name for name in {*before, *after} - own if before.get(name) != after.get(name)]
        return sorted(name for name in names if not _is_free(name, before.get(name), after.get(name)))

    def carried_off(self, texts: list[str]) -> list[str]:
        """Return which secrets stand in any of these texts."""
        return [name for name, canary in self.canaries.items() if any(canary in text for text in texts)]


def _of(path: Path) -> str:
    info = path.lstat()
    if stat.S_ISLNK(info.st_mode):
        return f"link {path.readlink()}"
    if not stat.S_ISREG(info.st_mode):
        return oct(info.st_mode)
    if path.as_posix().endswith((MATRIX, f"{MATRIX}.bak")):
        return _own_part(json.loads(path.read_bytes()))
    return f"{oct(info.st_mode)} {info.st_nlink} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _own_part(matrix: Mapping[str, Any]) -> str:
    """What of a matrix is the operator's: the locks, the names, the keys of others."""
    if not isinstance(matrix.get("meta"), dict) or not isinstance(matrix.get("content"), dict):
        return f"no matrix: {json.dumps(matrix)[:200]}"
    meta = {key: value for key, value in matrix["meta"].items() if key not in FREE_KEYS}
    locks = {name: entry for name, entry in matrix["content"].items() if entry["status"] == "LOCKED"}
    kept = {name: (entry["path"], entry["continuity_check"], entry.get("notes")) for name, entry in locks.items()}
    return json.dumps([meta.get("title"), kept, matrix.get("mine")], sort_keys=True)


def _is_free(name: str, before: str | None, after: str | None) -> bool:
    parts = name.split("/")
    is_own_temp = is_temp(parts[-1]) and parts[-1].startswith(OWN_TEMP) and parts[:-1] == ["show", "data"]
    if is_own_temp or (parts[-1].startswith(OURS) and len(parts) <= 2):
        return True
    if not name.startswith(tuple(f"{folder}/" for folder in OPEN_TO_MODELS)) or parts[-1] == LOCKED:
        return False
    is_link = any(str(each).startswith("link") for each in (before, after))
    is_chapter = name.endswith(".md") and after is not None and after.startswith("0o100")
    is_folder = before is None and str(after).startswith("0o4")
    return not is_link and (is_chapter or is_folder)


# Who looks

_SEEN: Final[list["Deeds"]] = []
_BLIND: Final[list[bool]] = [False]
_IS_HOOKED: Final[list[bool]] = []
STARTS: Final = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile")


class Deeds:
    """What this process did that a model must never bring about, while somebody watches."""

    def __init__(self, world: World, ports: set[int]) -> None:
        self.found: list[str] = []
        self._ports = ports
        self._hidden = [str(world.folder / "outside"), str(world.folder / "show" / "core.toml"), "/etc/passwd", "/dev/"]
        self._hidden += [str(world.folder / "show" / ".env"), "/proc/self/environ"]

    def note(self, event: str, args: tuple[Any, ...]) -> None:
        """One event of the interpreter's audit."""
        match event:
            case "open" if isinstance(args[0], str | bytes):
                path = os.fsdecode(args[0])
                if path.startswith(tuple(self._hidden)):
                    self.found.append(f"opened {path}")
            case "socket.connect":
                if not (isinstance(args[1], tuple) and args[1][1] in self._ports):
                    self.found.append(f"connected to {args[1]}")
            case "socket.bind" | "socket.sendto":
                self.found.append(f"{event} {args[1:]}")
            case _ if event in STARTS:
                self.found.append(f"{event} {args[:1]}")


@contextmanager
def watching(deeds: Deeds) -> Iterator[None]:
    """Let it see everything until the end."""
    if not _IS_HOOKED:
        _IS_HOOKED.append(True)
        sys.addaudithook(_hook)  # for good: none can be taken away
    _SEEN.append(deeds)
    try:
        yield
    finally:
        _SEEN.remove(deeds)


@contextmanager
def unwatched() -> Iterator[None]:
    """What the case itself opens is no deed."""
    _BLIND[0] = True
    try:
        yield
    finally:
        _BLIND[0] = False


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _SEEN and not _BLIND[0]:
        _SEEN[-1].note(event, args)
