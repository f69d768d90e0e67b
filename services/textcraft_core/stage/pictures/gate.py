"""The gate before NEXT: a picture file is verified before it may come near a wall; knows no sockets and no policy.

A picture passes when its bytes have the promised hash, are a PNG, JPEG or WebP within the limits, decode whole, are
large enough, not near-uniform and not near-black; its words must not be too long or on the show's list. Whether it is
safe to show is another check (`safety`), that comes after these: where nobody looked, there is no verdict.
"""

import io
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import Final

from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.disk.files import read_bytes
from textcraft_bus.disk.uris import path_of
from textcraft_bus.errors import PictureRefused, Unreadable
from textcraft_bus.pictures import PictureInfo, check, sha256_of
from textcraft_bus.records import dataclass
from textcraft_core.stage.pictures.words import Words

MIN_SIDE: Final = 64
MIN_SPREAD: Final = 3.0
"""Standard deviation of luminance, of 255, below which a picture is near-uniform."""
MIN_MEAN: Final = 4.0
"""Mean luminance, of 255, below which a wall would look switched off."""
OVERRULED_BY_HAND: Final = frozenset({"size", "picture", "words"})
"""Checks an operator may overrule; `safe` only where the show's settings allow it, the others never."""
PLACEHOLDER: Final = "mockimagegenerator_"
"""How foreign image servers name the placeholder they answer a time-out with."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate saw: check → passed, the first reason against, and the bytes when they may be kept."""

    checks: dict[str, bool]
    sha256: str
    reason: str = ""
    info: PictureInfo | None = None
    data: bytes = field(default=b"", repr=False)
    flags: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every check that was made passed."""
        return all(self.checks.values())

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that did not pass."""
        return tuple(name for name, passed in self.checks.items() if not passed)


def inspect(path: Path, sha256: str, caption: str, words: Words | None = None) -> GateReport:
    """Verify a picture file and its caption. Blocking (decodes the picture): call it from a worker thread."""
    checks: dict[str, bool] = {}
    flags = ("placeholder",) if PLACEHOLDER in path.name.lower() else ()
    try:
        data = _read(path)
        checks["whole"] = sha256_of(data) == sha256
        if not checks["whole"]:
            return GateReport(checks, sha256, "the file is not the one that was announced")
        info = check(data)
        mean, spread = _light(data)
    except (OSError, PictureRefused, Unreadable) as error:
        return GateReport({**checks, "decodes": False}, sha256, str(error))
    reasons = {
        "size": "it is too small" if min(info.width, info.height) < MIN_SIDE else "",
        "picture": _why_no_picture(mean, spread),
        "words": (words or Words()).refusal(caption),
    }
    checks |= {"decodes": True, **{name: not reason for name, reason in reasons.items()}}
    return GateReport(checks, sha256, next(filter(None, reasons.values()), ""), info, data, flags)


def local_path(uri: str) -> Path:
    """Return the path in a file address or plain path. Raises PictureRefused for anything else."""
    path = path_of(uri)
    if path is None:
        raise PictureRefused("its address is no file of this machine")
    return path


def within(path: Path, folders: Iterable[Path]) -> Path:
    """Return where a path really leads, when that is directly or deeper in one of the folders; opens nothing.

    Raises PictureRefused.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise PictureRefused("its address leads nowhere") from error
    if not any(real.is_relative_to(folder.resolve()) for folder in folders):
        raise PictureRefused("it lies outside the folders that pictures may come from")
    return real


def _read(path: Path) -> bytes:
    """Return a regular file's bytes; a device or a pipe is never waited for. Raises Unreadable."""
    return read_bytes(path, MAX_IMAGE_BYTES)


def _light(data: bytes) -> tuple[float, float]:
    """Decode the whole picture and return mean and standard deviation of its luminance, of 255."""
    from PIL import Image, ImageStat  # noqa: PLC0415 - off the start path

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            image.load()
            small = image.convert("L").resize((64, 64), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"it does not decode: {error}") from error
    light = ImageStat.Stat(small)
    return float(light.mean[0]), float(light.stddev[0])


def _why_no_picture(mean: float, spread: float) -> str:
    if mean < MIN_MEAN:
        return "it is almost black"
    return "it is almost one colour" if spread < MIN_SPREAD else ""
