"""The gate before NEXT: a picture file is verified before it may come near a wall; knows no sockets and no policy.

A picture passes when its bytes have the promised hash, are a PNG, JPEG or WebP within the limits, decode whole, are
large enough and not near-uniform. The words under it are bounded. Nobody looked at whether it is safe to show: that
check is absent here, and absent is not passed.
"""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PIL import Image, ImageStat

from textcraft_bus.constants import MAX_IMAGE_BYTES
from textcraft_bus.errors import PictureRefused
from textcraft_bus.messages import MAX_CAPTION_CHARS
from textcraft_bus.pictures import PictureInfo, check, sha256_of
from textcraft_bus.uris import path_of

MIN_SIDE: Final = 64
MIN_SPREAD: Final = 3.0
"""Standard deviation of luminance, of 255, below which a picture is near-uniform."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the gate saw: check → passed, the first reason against, and the bytes when they may be kept."""

    checks: dict[str, bool]
    sha256: str
    reason: str = ""
    info: PictureInfo | None = None
    data: bytes = field(default=b"", repr=False)

    @property
    def passed(self) -> bool:
        """Whether every check that was made passed."""
        return all(self.checks.values())


def inspect(path: Path, sha256: str, caption: str) -> GateReport:
    """Verify a picture file and its caption. Blocking (decodes the picture): call it from a worker thread."""
    checks: dict[str, bool] = {}
    try:
        data = _read(path)
        checks["whole"] = sha256_of(data) == sha256
        if not checks["whole"]:
            return GateReport(checks, sha256, "the file is not the one that was announced")
        info = check(data)
        spread = _spread(data)
    except (OSError, PictureRefused) as error:
        return GateReport({**checks, "decodes": False}, sha256, str(error))
    checks |= {
        "decodes": True,
        "size": min(info.width, info.height) >= MIN_SIDE,
        "picture": spread >= MIN_SPREAD,
        "words": len(caption) <= MAX_CAPTION_CHARS and caption.isprintable(),
    }
    return GateReport(checks, sha256, _first_reason(checks), info, data)


def local_path(uri: str) -> Path:
    """Return the path in a file address or plain path. Raises PictureRefused for anything else."""
    path = path_of(uri)
    if path is None:
        raise PictureRefused("its address is no file of this machine")
    return path


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_IMAGE_BYTES + 1)
    if len(data) > MAX_IMAGE_BYTES:
        raise PictureRefused("it is larger than a picture may be")
    return data


def _spread(data: bytes) -> float:
    """Decode the whole picture and return the standard deviation of its luminance, 0–128."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            image.load()
            small = image.convert("L").resize((64, 64), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"it does not decode: {error}") from error
    return float(ImageStat.Stat(small).stddev[0])


def _first_reason(checks: dict[str, bool]) -> str:
    reasons = {
        "size": "it is too small",
        "picture": "it is almost one colour",
        "words": "its caption is too long or holds control characters",
    }
    return next((reasons[name] for name, passed in checks.items() if not passed), "")
