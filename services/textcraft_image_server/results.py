"""Where finished pictures lie: a file named by its content hash, and a sidecar that says how it came to be."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from textcraft_bus.files import write_durably, write_json
from textcraft_bus.pictures import PictureInfo, check, sha256_of
from textcraft_image_server.backends import Order, Painted


@dataclass(frozen=True, slots=True)
class Result:
    """A picture on disk."""

    path: Path
    sha256: str
    info: PictureInfo


def keep(folder: Path, order: Order, painted: Painted, backend: str, name: str | None = None) -> Result:
    """Write picture and sidecar durably and return where. Blocking. Raises PictureRefused, WriteFailed.

    `name` replaces the content hash as file name, where each answer must have a file of its own.
    """
    info = check(painted.data)
    sha256 = sha256_of(painted.data)
    path = folder.absolute() / f"{name or sha256}.{info.ext}"
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(path, painted.data)
    write_json(path.with_suffix(".json"), _sidecar(order, painted, backend, sha256))
    return Result(path, sha256, info)


def _sidecar(order: Order, painted: Painted, backend: str, sha256: str) -> dict[str, object]:
    return {
        "sha256": sha256,
        "prompt": order.prompt,
        "negative_prompt": order.negative_prompt,
        "seed": order.seed,
        "width": order.width,
        "height": order.height,
        "backend": backend,
        "cost": painted.cost,
        "painted_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
