"""One valid message of every schema, ours and the ecosystem's, for cases that spoil them."""

from typing import Any, Final

from tests.interop.tables import corpus
from textcraft_bus import schemas_base
from textcraft_bus.channel import messages
from textcraft_bus.foreign import ports as foreign

_HASH = "0" * 64
_KNOWN: Final[dict[str, Any]] = {
    "request_id": "r1", "prompt": "a hill", "uri": "/nowhere/a.png", "sha256": _HASH, "mime": "image/png", "width": 64,
    "height": 64, "worker": "w", "seed": 1, "backend": "b", "role": "wall", "name": "fuzz", "show": "faults",
    "reason": "none", "scene": 1, "layer": "program", "phase": "settled", "painted_at": 1.0, "data": "AAAA",
    "fraction": 0.5, "command": "identify", "key": 65, "content_type": "image", "text_id": "t", "content": "words",
    "speaker_id": "s", "is_speaking": True, "person_count": 1, "severity": "low", "message": "m",
}  # fmt: skip


def _sample(cls: type[schemas_base.MessageBase], kind: str) -> dict[str, Any]:
    needed = {name: _KNOWN[name] for name, field in cls.model_fields.items() if field.is_required() and name != "type"}
    return cls.model_validate({**needed, "type": kind}).model_dump(mode="json")


OURS: Final = [_sample(cls, kind) for kind, cls in messages.OURS.items()]
ECOSYSTEM: Final = [*(_sample(cls, kind) for kind, cls in foreign.BASE_SCHEMAS.items()), *corpus()]
