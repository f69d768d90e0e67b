"""Long shows of generated words to measure on; knows no measure."""

import os
from pathlib import Path
from typing import Any

from tests.bench.measure import Run
from tests.fakes.show import make_show
from textcraft_core.show.folder import ShowFolder

WORDS = 3000
OLD = 1_500_000_000
"""A date long past, s: nobody has to wait until a file's date can be believed."""
_SYLLABLES = ("ka", "lo", "mi", "ne", "ro", "su", "ta", "ve")


def long_show(run: Run, chapters: int) -> ShowFolder:
    """Return a show of so many chapters of 3,000 words; it is made once in a run."""
    key = f"show of {chapters}"
    show = run.shared.get(key)
    if not isinstance(show, ShowFolder):
        show = _make(run.folder / key.replace(" ", "-"), chapters)
        run.shared[key] = show
    return show


def walk(folder: Path) -> int:
    """Look at every file of a folder, as barely as it can be done; return their bytes."""
    total = 0
    with os.scandir(folder) as items:
        for item in items:
            total += item.stat(follow_symlinks=False).st_size
    return total


def chapter_name(number: int) -> str:
    """Return the file name of a chapter."""
    return f"ch{number:04}_Part_{number}.md"


def _make(folder: Path, chapters: int) -> ShowFolder:
    folder.mkdir()
    brief: dict[str, Any] = {"structure": {"chapters": []}}
    show = make_show(folder, brief=brief)
    for number in range(1, chapters + 1):
        path = show.manuscripts / chapter_name(number)
        path.write_text(_words(number), encoding="utf-8")
        os.utime(path, (OLD + number, OLD + number + 0.5))
    return show


def _words(number: int) -> str:
    """Return 3,000 words of one to three syllables, a hundred a paragraph; other chapters, other words."""
    count = len(_SYLLABLES)
    line = " ".join(
        "".join(_SYLLABLES[(number * 5 + place * 7 + part * 3) % count] for part in range(place % 3 + 1))
        for place in range(100)
    )
    return (line + "\n\n") * (WORDS // 100)
