"""Which turns of phrase a book already holds, so that a rehearsal does not repeat itself; knows no template."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

from textcraft_core.brains.grammar import sentences, words

GRAM: Final = 5
"""Two sentences that share so many words in a row sound alike."""
MAX_FILES: Final = 80
MAX_FILE_BYTES: Final = 256 * 1024
Gram = tuple[str, ...]
_NUMBER: Final = re.compile(r"\d+")


def grams(text: str) -> list[Gram]:
    """Return the runs of five words of a text, and each sentence too short to hold one."""
    found = words(text)
    runs = [tuple(found[at : at + GRAM]) for at in range(len(found) - GRAM + 1)]
    parts = [tuple(words(sentence)) for sentence in sentences(text)]
    return runs + [part for part in parts if 0 < len(part) < GRAM]


class BookMemory:
    """Counts the runs of words in the newest chapters on disk; a file is read again only when it changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, tuple[tuple[int, int], Counter[Gram]]] = {}
        self._counts: Counter[Gram] = Counter()

    def recall(self) -> Counter[Gram]:
        """Return how often each run of words stands in the book; what cannot be read does not count."""
        names = self._names()
        for gone in self._files.keys() - set(names):
            self._forget(gone)
        for name in names:
            self._look_at(name)
        return self._counts

    def _names(self) -> list[str]:
        try:
            found = [path.name for path in self._folder.iterdir() if path.suffix == ".md"]
        except OSError:
            return []
        return sorted(found, key=_by_number)[-MAX_FILES:]

    def _look_at(self, name: str) -> None:
        path = self._folder / name
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._files.get(name)
            if known is not None and known[0] == stamp:
                return
            text = path.read_bytes()[:MAX_FILE_BYTES].decode("utf-8", "replace")
        except OSError:
            self._forget(name)
            return
        self._forget(name)
        counts = Counter(grams(text))
        self._files[name] = (stamp, counts)
        self._counts.update(counts)

    def _forget(self, name: str) -> None:
        known = self._files.pop(name, None)
        if known is not None:
            self._counts -= known[1]


def _by_number(name: str) -> tuple[int, str]:
    digits = _NUMBER.search(name)
    return int(digits[0]) if digits else 0, name
