"""How times, amounts and names are written everywhere in the console; knows no state and no widget."""

from datetime import datetime

from textcraft_gui.words.i18n import tr


def clock_time(date: datetime) -> str:
    """Local time of day, `20:14:07`."""
    return date.strftime("%H:%M:%S")


def minutes(seconds: float) -> str:
    """A duration as `1:22`, or `2:05:09` from an hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def countdown(seconds: float) -> str:
    """What is left, rounded up, so that 0:00 means now."""
    return minutes(-(-max(0.0, seconds) // 1))


def age(seconds: float) -> str:
    """How old a value is: `0.4 s`, `12 s`, `3 min`, `2 h`."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def lasted(seconds: float) -> str:
    """How long a phase took: `0.01`, `2.8 s`, `1:22`."""
    if seconds < 0.095:
        return f"{seconds:.2f} s"
    return f"{seconds:.1f} s" if seconds < 60 else minutes(seconds)


def quoted(text: str, limit: int = 60) -> str:
    """Literal words in quotation marks, on one line, cut after `limit` characters."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= limit else line[: limit - 1].rstrip() + '…'}”"


def data_size(amount: int) -> str:
    """Bytes as people read them: `640 kB`, `12.4 MB`, `3.1 GB`."""
    if amount < 1_000_000:
        return f"{max(1, round(amount / 1000)) if amount else 0} kB"
    return f"{amount / 1e6:.1f} MB" if amount < 1_000_000_000 else f"{amount / 1e9:.1f} GB"


def chapter_name(chapter_id: str) -> str:
    """`ch04` → `Chapter 4`; any other id stays as it is."""
    digits = chapter_id.removeprefix("ch")
    return tr("Chapter {number}", number=int(digits)) if digits.isdigit() and digits != chapter_id else chapter_id
