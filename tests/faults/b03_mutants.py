"""B3: answers spoilt in every part, from the status line to a tool's arguments: each is an answer or a told failure."""

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import Script
from tests.fakes.show import words
from tests.faults.brain_rig import PLAN, BrainRig, appended, brain_rig
from tests.faults.case import Case, Figure, Run, at_least, none_of
from textcraft_core.events import CycleFailed, CycleFinished, CycleStopped

SETTINGS: Final = {"max_retries": 0, "timeout": 2.0, "deadline": 5.0}
ENDS: Final = (CycleFinished, CycleFailed, CycleStopped)
ODD: Final[tuple[Any, ...]] = (
    None, True, 0, -1, 1e308, float("nan"), float("inf"), 2**70, "", "\0", "\ud800", "x" * 5000, [], {}, [[]], [None],
    {"a": {}}, "stop", "banana", ["write_file"], {"error": {"message": ["m"]}}, "\u202e", "‥/‥", -(2**63),
)  # fmt: skip
PIECES: Final = (
    b"", b"\0", b"\xff\xfe", b"\r", b"\n", b"\r\n\r\n", b"data:", b"data: [DONE]\n\n", b"{", b"}", b"[", b'"', b"\\u",
    b"NaN", b"1e999", b"\xed\xa0\x80", b"[" * 3000, b"-", b": ", b"9" * 400, b'{"a":' * 1200, b"null", b"true",
    b"HTTP/1.1 200 OK\r\n", b"content-length: 5\r\n", b"transfer-encoding: chunked\r\n", b"\xf0\x9f",
)  # fmt: skip
Spoil = Callable[[bytes, random.Random], bytes]


async def inject(run: Run) -> Sequence[Figure]:
    """Play `run.count` cycles, in turns with a plan and with a writer's answer that is spoilt."""
    chance, came = random.Random(3), Counter[str]()
    uncaught: list[str] = []
    async with brain_rig(run.folder, **SETTINGS) as rig:
        for number in range(run.count):
            raw = _spoilt(number, chance)
            rig.plans.extend([_raw(raw)] if number % 2 else [])
            try:
                await rig.cycle(llm.stream(appended("more. ")) if number % 2 else _raw(raw))
                came[_came_of(rig)] += 1
            except Exception as error:  # noqa: BLE001 - what is counted
                uncaught.append(f"{error!r} of {raw[:60]!r}")
            rig.plans.clear()
            rig.engine.events.clear()
        spoilt = _spoilt_files(rig)
    told = ", ".join(f"{count:,} {name}" for name, count in came.most_common())
    return [
        none_of("uncaught", uncaught, run.count),
        none_of(f"cycles without an end ({told})", came["without an end"], run.count),
        none_of("files that no longer can be read", spoilt, run.count),
        at_least("of both ends there were", len(came & Counter(finished=1, failed=1)), 2),
    ]


def _came_of(rig: BrainRig) -> str:
    ends = [event for event in rig.engine.events if isinstance(event, ENDS)]
    names = {CycleFinished: "finished", CycleFailed: "failed", CycleStopped: "stopped"}
    return names[type(ends[0])] if len(ends) == 1 else "without an end"


def _spoilt_files(rig: BrainRig) -> list[str]:
    """Chapters are whole texts still, and the matrix is JSON; nothing lies where nothing lay."""
    bad = [path.name for path in rig.show.manuscripts.rglob("*") if path.is_file() and not _is_text(path.read_bytes())]
    try:
        json.loads(rig.show.matrix.read_bytes())
    except ValueError:
        bad.append("matrix.json")
    return bad + [path.name for path in rig.show.data.iterdir() if ".bad-" in path.name]


def _is_text(data: bytes) -> bool:
    try:
        return b"\0" not in data.decode().encode()
    except UnicodeDecodeError:
        return False


def _raw(data: bytes) -> Script:
    async def script(_heard: llm.Heard, line: llm.Line) -> None:
        await line.send(data)

    return script


# Spoiling


def _spoilt(number: int, chance: random.Random) -> bytes:
    is_plan = number % 2 == 1
    whole = json.dumps(PLAN) if is_plan else None
    if chance.random() < 0.5:
        head, body = b"content-type: text/event-stream\r\n", _stream(whole, chance)
    else:
        head, body = b"content-type: application/json\r\n", _document(whole, chance)
    sent = b"HTTP/1.1 200 OK\r\n" + head + b"connection: close\r\n\r\n" + body
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        sent = chance.choice(WAYS)(sent, chance)
    return sent


def _stream(text: str | None, chance: random.Random) -> bytes:
    chunks = llm.text_chunks(text[:20], text[20:]) if text else appended(words(9, "spoilt"))
    if chance.random() < 0.6:
        at = chance.randrange(len(chunks) - 1)
        chunk = json.loads(chunks[at].removeprefix(b"data: "))
        chunks[at] = llm.event(json.dumps(_twisted(chunk, chance)))
    return b"".join(chunks)


def _document(text: str | None, chance: random.Random) -> bytes:
    call = {"id": "c", "type": "function", "function": {"name": "append_file", "arguments": '{"path": "ch01"}'}}
    message: dict[str, Any] = {"content": text} if text else {"content": None, "tool_calls": [call]}
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": llm.USAGE}
    return json.dumps(_twisted(answer, chance) if chance.random() < 0.7 else answer).encode()


def _twisted(value: Any, chance: random.Random) -> Any:
    """Put something else in some place of a structure."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.15:
        return chance.choice(ODD)
    if isinstance(value, list):
        at = chance.randrange(len(value))
        return [*value[:at], _twisted(value[at], chance), *value[at + 1 :]]
    key = chance.choice(list(value))
    if chance.random() < 0.15:
        return {other: each for other, each in value.items() if other != key}
    return {**value, key: _twisted(value[key], chance)}


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: max(1, chance.randrange(len(data)))]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(PIECES) + data[at:]


def _double(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.randrange(1, 80)
    return data[:at] + data[at : at + size] * chance.choice((2, 3, 50)) + data[at + size :]


def _lose(data: bytes, chance: random.Random) -> bytes:
    at, size = chance.randrange(len(data)), chance.randrange(1, 80)
    return data[:at] + data[at + size :] or b"x"


def _restate(data: bytes, chance: random.Random) -> bytes:
    status = chance.choice((b"100", b"101", b"204", b"206", b"301", b"304", b"404", b"418", b"429", b"500", b"999"))
    return data.replace(b"200 OK", status + b" Odd", 1)


def _retype(data: bytes, chance: random.Random) -> bytes:
    kinds = (b"text/html", b"application/json", b"text/event-stream", b"", b"text/plain; charset=utf-16", b"\xff")
    return data.replace(b"text/event-stream", chance.choice(kinds), 1)


WAYS: Final[tuple[Spoil, ...]] = (_flip, _flip, _cut, _insert, _insert, _double, _lose, _restate, _retype)

CASE = Case("B3", "spoilt answers", inject, short=80, long=5_000, seconds=60.0)
