"""The chapters as files: which there are, and what their text amounts to; knows nothing of the matrix.

A file is read again only when its inode, size or mtime changed.
"""

import contextlib
import errno
import logging
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_bus.disk.news import FolderNews
from textcraft_bus.errors import Unreadable, WriteFailed
from textcraft_bus.records import dataclass
from textcraft_core.show.folder import ShowFolder

log = logging.getLogger(__name__)

MAX_BYTES: Final = 64 << 20
RACY_NS: Final = 2_000_000_000
"""A file written this shortly before it was read may change again within the same tick of its file system's clock:
2 s is the coarsest there is (FAT)."""
FINE_RACY_NS: Final = 500_000_000
"""The same where dates have fractions of a second: ticks are 10 ms there at most, the rest is for a server's clock."""
_SECOND_NS: Final = 1_000_000_000
_UNSETTLED: Final = -1
_FORMAT: Final = b"scan-1"
_SEAL_BYTES: Final = len(_FORMAT) + 10
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_SPACE: Final = b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "
_SHAPE: Final = bytes(0x20 if value in _SPACE else 0x78 for value in range(256))
_ASCII: Final = bytes(range(0x80))
_NOT_ODD: Final = bytes(value for value in range(256) if value not in b"\xc2\xe1\xe2\xe3")
"""All bytes but those a space beyond ASCII begins with."""
_MARKS: Final = tuple(mark.encode() for mark in "“”‘’—–…")
"""What printed texts are full of, and begins like a space."""
_ODD_SPACE: Final = re.compile(
    rb"[\xc2\xe1\xe2\xe3](?:(?<=\xe2)(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)"
    rb"|(?<=\xc2)[\x85\xa0]|(?<=\xe1)\x9a\x80|(?<=\xe3)\x80\x80)"
)
"""What Unicode calls a space beyond ASCII, in UTF-8."""
_BOM: Final = b"\xef\xbb\xbf"
_TODO: Final = b"[TODO]"


class Text(NamedTuple):
    """What one file's content amounts to; `flaw` says why it must be left alone, "" when it is plain UTF-8."""

    path: str
    inode: int
    size: int
    settled_ns: int
    modified_ns: int
    words: int
    has_todo: bool
    crc: int
    flaw: str


@dataclass(frozen=True, slots=True)
class Found:
    """One walk: path (relative to the show folder) → text, what is wrong, and whether it is as the last one was.

    `fresh` are the files found new or with another date or content; `changed` the known ones whose content is another.
    `same_files` says that none came or went, and that nothing else is wrong than at the last walk.
    """

    texts: dict[str, Text]
    problems: tuple[str, ...] = ()
    fresh: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    same_files: bool = False

    @property
    def is_same(self) -> bool:
        """Whether everything is as the last walk found it."""
        return self.same_files and not self.fresh


class ManuscriptFiles:
    """Remembers what it read; blocking, one call at a time."""

    def __init__(self, show: ShowFolder) -> None:
        self._show = show
        self._memory = show.root / "journal.scan"
        self._known: dict[str, dict[str, Text]] | None = None
        self._data = os.path.realpath(show.data)
        self._last = Found({})
        self._waiting: list[tuple[str, str]] = []
        self._problems: list[str] = []
        self._fresh: dict[str, Text] = {}
        self._new_files = False
        self._changed: list[str] = []
        self._now_ns = 0
        self._news = FolderNews()
        self._listens = False
        self._places: dict[str, str] = {}
        self._linked = False

    def walk(self, now_ns: int) -> Found:
        """Look at every chapter; `now_ns` is the date in nanoseconds since 1970."""
        before = self._load() if self._known is None else self._known
        is_first = self._known is None
        self._begin(now_ns)
        self._places, self._linked = {}, False
        after: dict[str, dict[str, Text]] = {}
        folders = self._news.follow(self._folders()) if self._listens else self._folders()
        for folder, prefix in folders:
            self._places[prefix] = folder
            after[prefix] = self._look_or_keep(folder, prefix, before.get(prefix, {}))
        return self._end(before, after, is_first=is_first)

    def look_again(self, now_ns: int) -> Found:
        """Look at the chapters that any program of this machine changed since the last look; in doubt, at all of them.

        For a second look soon after a walk. What changed in a way nobody is told of is left for the next walk.
        """
        news = self._news.take() if self._listens else None
        self._listens = True
        if news is None or self._known is None or self._linked or self._last.problems:
            return self.walk(now_ns)
        self._begin(now_ns)
        after = dict(self._known)
        for prefix, name in sorted(news):
            after[prefix] = self._with_news(after[prefix], prefix, name)
        return self._end(self._known, after, is_first=False)

    def _begin(self, now_ns: int) -> None:
        self._problems, self._fresh, self._changed, self._now_ns = [], {}, [], now_ns
        self._new_files = False

    def _end(self, before: dict[str, dict[str, Text]], after: dict[str, dict[str, Text]], *, is_first: bool) -> Found:
        self._known = after
        is_other = is_first or self._new_files or tuple(self._problems) != self._last.problems
        same_files = not is_other and _counts(before) == _counts(after)
        self._last = self._found(after, same_files=same_files)
        return self._last

    def _with_news(self, known: dict[str, Text], prefix: str, name: str) -> dict[str, Text]:
        text, where = known.get(name), f"{self._places[prefix]}/{name}"
        if text is None and not name.endswith(".md"):
            return known
        try:
            found = self._look_closer(where, os.lstat(where), prefix + name, text)
        except FileNotFoundError:
            found = None
        if found is text:
            return known
        return {key: each for key, each in known.items() if key != name} if found is None else {**known, name: found}

    def _found(self, known: dict[str, dict[str, Text]], *, same_files: bool) -> Found:
        if same_files:
            texts = {**self._last.texts, **self._fresh} if self._fresh else self._last.texts
        else:
            texts = {text.path: text for inner in known.values() for text in inner.values()}
        return Found(texts, tuple(self._problems), frozenset(self._fresh), frozenset(self._changed), same_files)

    def close(self) -> None:
        """Keep what is known for the next start; a loss only costs reading the chapters again."""
        self._news.close()
        if self._known is None:
            return
        kept = {prefix: [tuple(text) for text in texts.values()] for prefix, texts in self._known.items()}
        data = orjson.dumps(kept)
        try:
            write_durably(self._memory, _seal(data) + data)
        except WriteFailed as exc:
            log.warning("the scan will start from nothing next time: %s", exc)

    def _folders(self) -> Iterator[tuple[str, str]]:
        """Yield the manuscripts folder and those below it; `_look` adds to what waits."""
        root = os.path.realpath(self._show.manuscripts)
        if not self._is_inside(root):
            self._problems.append("data/manuscripts is a link that leaves the show: it is not followed")
        elif Path(root).is_dir():
            self._waiting = [(root, "data/manuscripts/")]
        while self._waiting:
            yield self._waiting.pop()

    def _look_or_keep(self, folder: str, prefix: str, known: dict[str, Text]) -> dict[str, Text]:
        """A folder that cannot be read now must not look as if its chapters were gone."""
        try:
            return self._look(folder, prefix, known)
        except FileNotFoundError:
            return {}
        except OSError as exc:
            self._problems.append(f"{prefix} cannot be read ({exc.strerror}): what was known of it stays")
            return known

    def _look(self, folder: str, prefix: str, known: dict[str, Text]) -> dict[str, Text]:
        others: list[os.DirEntry[str]] = []
        same, get = 0, known.get
        with _items_of(folder) as items:
            for item in items:
                text = get(item.name)
                # By position, and not in a function: this is what 3,000 unchanged chapters cost at every scan.
                if text is not None:
                    try:
                        seen = item.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # it went since the folder was opened
                    if text[3] == seen.st_mtime_ns and text[2] == seen.st_size and text[1] == seen.st_ino:
                        same += 1
                        continue
                others.append(item)
            fresh = {item.name: self._look_at(item, folder, prefix, get(item.name)) for item in others}
        if not fresh and same == len(known):
            return known
        kept = known if same + len(known.keys() & fresh.keys()) == len(known) else _still_there(folder, known)
        return {name: text for name, text in {**kept, **fresh}.items() if text is not None}

    def _look_at(self, item: "os.DirEntry[str]", folder: str, prefix: str, known: Text | None) -> Text | None:
        """Return what something new or changed amounts to; None when it is no chapter, or gone again."""
        name = item.name
        if known is None and not name.endswith(".md"):
            self._note_folder(item, folder, prefix)
            return None
        try:
            seen = item.stat(follow_symlinks=False)
        except FileNotFoundError:
            return None
        return self._look_closer(f"{folder}/{name}", seen, prefix + name, known)

    def _note_folder(self, item: "os.DirEntry[str]", folder: str, prefix: str) -> None:
        if item.is_symlink():
            if item.is_dir():
                self._problems.append(f"{prefix}{item.name} is a link to a folder: it is not followed")
        elif item.is_dir(follow_symlinks=False) and not item.name.startswith("."):
            self._waiting.append((f"{folder}/{item.name}", f"{prefix}{item.name}/"))

    def _look_closer(self, where: str, seen: os.stat_result, path: str, known: Text | None) -> Text | None:
        if path.rpartition("/")[2].startswith("."):
            return None
        if stat.S_ISLNK(seen.st_mode):
            target = self._follow(where, path)
            if target is None:
                return None
            where, seen = target
        if known is not None and known[1:4] == (seen.st_ino, seen.st_size, seen.st_mtime_ns):
            return known
        return self._read(where, seen, path, known)

    def _follow(self, where: str, path: str) -> tuple[str, os.stat_result] | None:
        self._linked = True
        target = os.path.realpath(where)
        if not self._is_inside(target):
            self._problems.append(f"{path} is a link that leaves the show: it is not followed")
            return None
        try:
            return target, os.lstat(target)
        except OSError:
            self._problems.append(f"{path} is a link to nothing")
            return None

    def _is_inside(self, real: str) -> bool:
        return Path(real).is_relative_to(self._data)

    def _read(self, where: str, seen: os.stat_result, path: str, known: Text | None) -> Text | None:
        if not stat.S_ISREG(seen.st_mode):
            self._problems.append(f"{path} is not a file")
            return None
        if not _is_unicode(path):
            self._problems.append(f"{path!a} has a name that is not Unicode: rename it")
            return None
        text = _measure(where, path, seen, self._now_ns, known)
        if known is None:
            self._new_files = True
        elif known[4:] == text[4:] and known.size == text.size:
            return text  # it only has become old enough to be believed, or is the same under another number
        elif known.crc != text.crc:
            self._changed.append(path)
        self._fresh[path] = text
        return text

    def _load(self) -> dict[str, dict[str, Text]]:
        try:
            data = read_bytes(self._memory)
        except Unreadable as exc:
            log.debug("every chapter is read anew: %s", exc)
            return {}
        seal, data = data[:_SEAL_BYTES], data[_SEAL_BYTES:]
        if seal != _seal(data):
            log.info("every chapter is read anew: what was remembered is not whole")
            return {}
        return {prefix: _by_name(prefix, rows) for prefix, rows in orjson.loads(data).items()}


def _seal(data: bytes) -> bytes:
    """Return the line that says the data after it is whole, and of this program's form."""
    return b"%s %08x\n" % (_FORMAT, zlib.crc32(data))


def _by_name(prefix: str, rows: list[list[Any]]) -> dict[str, Text]:
    return {row[0][len(prefix) :]: Text._make(row) for row in rows}


def count_words(data: bytes) -> int:
    """Return how many words `data.decode().split()` gives. Raises UnicodeDecodeError."""
    if not data.isascii():
        text = data.decode()
        if _has_odd_space(data):
            return len(text.split())
    # The same count without making 3,000 strings: every word begins where a space is followed by something else.
    shape = data.translate(_SHAPE)
    return shape.count(b" x") + shape.startswith(b"x")


def _has_odd_space(data: bytes) -> bool:
    if not data.translate(None, _NOT_ODD):
        return False
    # Characters stay whole when others between them go, and little is left to search.
    rest = data.translate(None, _ASCII)
    for mark in _MARKS:
        rest = rest.replace(mark, b"")
    return _ODD_SPACE.search(rest) is not None


def _measure(where: str, path: str, seen: os.stat_result, now_ns: int, known: Text | None) -> Text:
    is_settled = abs(now_ns - seen.st_mtime_ns) > _racy_ns(seen.st_mtime_ns)
    stamp = (path, seen.st_ino, seen.st_size, seen.st_mtime_ns if is_settled else _UNSETTLED, seen.st_mtime_ns)
    try:
        data = _content(where, seen.st_size)
    except OSError as exc:
        return Text(path, seen.st_ino, seen.st_size, _UNSETTLED, seen.st_mtime_ns, 0, False, 0, _no_access(exc))
    crc = zlib.crc32(data)
    if known is not None and known.crc == crc and known.size == len(data) and not known.flaw:
        return Text(*stamp, known.words, known.has_todo, crc, "")
    flaw = "it holds NUL bytes" if b"\0" in data else ""
    try:
        words = count_words(data.removeprefix(_BOM))
    except UnicodeDecodeError as exc:
        flaw, words = f"it is not UTF-8 (at byte {exc.start})", len(data.split())
    return Text(*stamp, words, b"[" in data and _TODO in data, crc, flaw)


def _racy_ns(date_ns: int) -> int:
    """Return how old a file of this date must be until its date can be believed; no coarse clock gives fractions."""
    return FINE_RACY_NS if date_ns % _SECOND_NS else RACY_NS


@contextlib.contextmanager
def _items_of(folder: str) -> "Iterator[Iterator[os.DirEntry[str]]]":
    """Give what is in a folder by its handle, where there are such: 3,000 looks by whole paths cost a fifth more."""
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as items:
            yield items
        return
    fd = os.open(folder, _FOLDER)
    try:
        with os.scandir(fd) as items:
            yield items
    finally:
        os.close(fd)


def _still_there(folder: str, known: dict[str, Text]) -> dict[str, Text]:
    names = set(os.listdir(folder))  # noqa: PTH208 - 3,000 paths for their names
    return {name: text for name, text in known.items() if name in names}


def _content(where: str, size: int) -> bytes:
    if size > MAX_BYTES:
        raise OSError(errno.EFBIG, "it is too large")
    fd = os.open(where, _READ)
    try:
        data = os.read(fd, size + 1)
        while len(data) < size and (more := os.read(fd, size + 1 - len(data))):
            data += more
    finally:
        os.close(fd)
    return data


def _no_access(exc: OSError) -> str:
    return f"it cannot be read ({exc.strerror})"


def _is_unicode(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _counts(known: dict[str, dict[str, Text]]) -> dict[str, int]:
    return {prefix: len(texts) for prefix, texts in known.items()}
