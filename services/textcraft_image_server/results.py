"""Where finished pictures lie: a file named by its content hash, and a sidecar that says how it came to be."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from textcraft_bus.disk.files import read_json, write_durably, write_json
from textcraft_bus.errors import Unreadable
from textcraft_bus.pictures import PictureInfo, check, sha256_of
from textcraft_image_server.backends import Order, Painted

MAX_EARLIER: Final = 100
MAX_SIDECAR_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Result:
    """A picture on disk."""

    path: Path
    sha256: str
    info: PictureInfo


def keep(folder: Path, order: Order, painted: Painted, backend: str, name: str | None = None) -> Result:
    """Write picture and sidecar durably and return where. Blocking. Raises PictureRefused, WriteFailed, OSError.

    `name` replaces the content hash as file name, where each answer must have a file of its own. When one picture
    answers several orders, the sidecar tells the newest, and the others in `earlier`.
    """
    info = check(painted.data)
    sha256 = sha256_of(painted.data)
    path = folder.absolute() / f"{name or sha256}.{info.ext}"
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(path, painted.data)
    sidecar = path.with_suffix(".json")
    write_json(sidecar, _with_earlier(_origin(order, painted, backend, sha256), sidecar))
    return Result(path, sha256, info)


def _origin(order: Order, painted: Painted, backend: str, sha256: str) -> dict[str, Any]:
    return {
        "sha256": sha256,
        **asdict(order),
        "backend": backend,
        "cost": painted.cost,
        "cost_estimated": painted.cost_estimated,
        "painted_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _with_earlier(origin: dict[str, Any], sidecar: Path) -> dict[str, Any]:
    try:
        before = read_json(sidecar, MAX_SIDECAR_BYTES)
    except Unreadable:  # there is none, or it tells nothing that could be kept
        return origin
    if not isinstance(before, dict):
        return origin
    older = before.pop("earlier", [])
    return {**origin, "earlier": [before, *(older if isinstance(older, list) else [])][:MAX_EARLIER]}
