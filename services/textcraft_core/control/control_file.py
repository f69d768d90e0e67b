"""What control.json says, read leniently from any of its spellings, and how an order is cleared in it; pure."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import orjson

from textcraft_bus.records import dataclass

MAX_BYTES: Final = 1 << 20
MAX_INSTRUCTION_CHARS: Final = 4000
MAX_NAME_CHARS: Final = 200
MAX_TEMPERATURE: Final = 2.0
_BOM: Final = b"\xef\xbb\xbf"


class TornControl(ValueError):
    """The file is half written, or no JSON object: it says nothing, and changes nothing."""


class SystemStatus(StrEnum):
    """What another program asks of the whole engine."""

    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOP = "STOP"


_STATUSES: Final[Mapping[str, SystemStatus]] = {
    **{status.value: status for status in SystemStatus},
    "RUN": SystemStatus.RUNNING,
    "ACTIVE": SystemStatus.RUNNING,
    "PAUSE": SystemStatus.PAUSED,
    "STOPPED": SystemStatus.STOP,
}


@dataclass(frozen=True, slots=True)
class ControlOrder:
    """One instruction, one forced target (id or file name), or both."""

    instruction: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """What the file says; None and "" say nothing. `ignored` are sentences about what could not be used."""

    status: SystemStatus | None = None
    order: ControlOrder | None = None
    temperature: float | None = None
    model: str = ""
    ignored: tuple[str, ...] = ()


def parse(data: bytes) -> Control:
    """Read the file's bytes. Raises TornControl."""
    fields = _object(data)
    ignored: list[str] = []
    settings = _table(fields, "runtime_settings")
    return Control(
        status=_status(fields, ignored),
        order=_order(fields),
        temperature=_temperature(settings.get("global_temperature"), ignored),
        model=_text(settings.get("model_override"), MAX_NAME_CHARS),
        ignored=tuple(ignored),
    )


def cleared(data: bytes | None, order: ControlOrder) -> bytes | None:
    """Return the file without an order that was carried out; None when it holds another one by now, or is torn.

    Everything else in it, known or not, stays as it is.
    """
    try:
        fields = _object(data or b"")
    except TornControl:
        return None
    if _order(fields) != order:
        return None
    override = fields.get("architect_override")
    if isinstance(override, dict):
        fields["architect_override"] = {**override, "active": False, "instruction": "", "force_target": ""}
    for alias in ("override_prompt", "priority_task"):
        if fields.get(alias):
            fields[alias] = ""
    return _bytes(fields)


def without_stop(data: bytes | None) -> bytes | None:
    """Return the file with a STOP of an earlier session taken out; None when it holds none."""
    try:
        fields = _object(data or b"")
    except TornControl:
        return None
    if _status(fields, []) is not SystemStatus.STOP:
        return None
    for key in ("system_status", "status"):
        if key in fields:
            fields[key] = SystemStatus.PAUSED.value
    return _bytes(fields)


def _bytes(fields: dict[str, Any]) -> bytes:
    return orjson.dumps(fields, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise TornControl(f"it is larger than {MAX_BYTES >> 20} MiB")
    try:
        fields = orjson.loads(data.removeprefix(_BOM))
    except (ValueError, RecursionError) as fault:
        raise TornControl("it is no whole JSON") from fault
    if not isinstance(fields, dict):
        raise TornControl("it is no JSON object")
    return fields


def _status(fields: Mapping[str, Any], ignored: list[str]) -> SystemStatus | None:
    said = fields.get("system_status") or fields.get("status")
    if not said:
        return None
    found = _STATUSES.get(str(said).strip().upper())
    if found is None:
        ignored.append(f"{str(said)[:40]!r} is no status (one of {', '.join(SystemStatus)})")
    return found


def _order(fields: Mapping[str, Any]) -> ControlOrder | None:
    override = _table(fields, "architect_override")
    order = ControlOrder()
    if override.get("active"):
        order = ControlOrder(
            _text(override.get("instruction"), MAX_INSTRUCTION_CHARS),
            _text(override.get("force_target"), MAX_NAME_CHARS),
        )
    if order == ControlOrder():
        prompt, task = fields.get("override_prompt"), fields.get("priority_task")
        order = ControlOrder(_text(prompt, MAX_INSTRUCTION_CHARS), _text(_target_of(task), MAX_NAME_CHARS))
    return None if order == ControlOrder() else order


def _target_of(task: Any) -> Any:
    """Return the target of a priority task, which some programs write as an object."""
    if isinstance(task, Mapping):
        return next((task[key] for key in ("target_file", "target", "file", "chapter", "id") if task.get(key)), "")
    return task


def _temperature(value: Any, ignored: list[str]) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not 0 <= number <= MAX_TEMPERATURE:
        ignored.append(f"global_temperature {str(value)[:40]!r} is no number from 0 to {MAX_TEMPERATURE:g}")
        return None
    return number


def _table(fields: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = fields.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(value: Any, most: int) -> str:
    return " ".join(value.split())[:most] if isinstance(value, str) else ""
