"""From a server's bytes to an answer: events, pieces, the text that can be read meanwhile; knows no connection.

Whatever the bytes are, the outcome is an answer whose end was seen or a BrainError.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.answers import FINISHED, MAX_CONTENT_CHARS, MAX_TOOL_CALLS
from textcraft_core.ai_services.readable import Readable
from textcraft_core.errors import BrainError, BrainFault
from textcraft_core.record.plain import plain, whole

READABLE_ARGUMENTS: Final = frozenset({"content", "replace_text"})
WRITING: Final = frozenset({"write_file", "append_file", "edit_file"})
MAX_ARGUMENT_CHARS: Final = 2 * 1024 * 1024
"""No tool writes more."""
MAX_TOLD_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Event:
    """The data of one server-sent event."""

    data: str


class EventReader:
    """Takes a stream of bytes apart into server-sent events. Raises BrainError for what is no UTF-8."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._data: list[str] = []

    def feed(self, piece: bytes) -> Iterator[Event]:
        """Yield the events that end in this piece; a line may end in LF, CRLF or CR."""
        self._rest += piece
        if b"\n" not in piece and b"\r" not in piece:
            return
        # A CR at the very end may be half of a CRLF: it waits for the next piece.
        held = 1 if self._rest.endswith(b"\r") else 0
        whole = bytes(self._rest[: len(self._rest) - held]).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        self._rest = bytearray(rest + b"\r" * held)
        for line in lines:
            yield from self._line(line)

    def end(self) -> Iterator[Event]:
        """Yield the event that the end of the stream cut off from its blank line."""
        rest, self._rest = bytes(self._rest).rstrip(b"\r"), bytearray()
        for line in (rest, b""):
            yield from self._line(line)

    def _line(self, line: bytes) -> Iterator[Event]:
        if line.startswith(b"data:"):
            self._data.append(decoded(line[5:].removeprefix(b" ")))
        elif not line and self._data:
            data, self._data = "\n".join(self._data), []
            yield Event(data)


@dataclass
class _Call:
    index: object
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    readable: Readable | None = None


class Assembly:
    """Puts an answer together from its chunks and tells the readable text as it comes.

    `on_text` gets the content and, of tools that write, the decoded text argument.
    """

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self.finish = ""
        self.usage: dict[str, Any] | None = None
        self.begun = False
        """Whether a chunk of an answer was seen at all."""
        self._on_text = on_text
        self._content: list[str] = []
        self._refusal: list[str] = []
        self._calls: list[_Call] = []
        self._size = 0

    @property
    def text_bytes(self) -> int:
        """How much was said, in bytes: no fewer than its tokens."""
        texts = [
            *self._content,
            *self._refusal,
            *(part for call in self._calls for part in (call.name, *call.arguments)),
        ]
        return sum(len(text.encode(errors="replace")) for text in texts)

    def take(self, data: str) -> None:
        """Add one chunk, or one whole answer, given as JSON text. Raises BrainError."""
        chunk = parsed(data)
        if not isinstance(chunk, dict):
            raise BrainError(BrainFault.GARBAGE, "the server sent something that is no chunk of an answer")
        if chunk.get("error"):
            raise BrainError(BrainFault.SERVER, f"the server broke off: {told(chunk['error'])}")
        if isinstance(chunk.get("usage"), dict):
            self.usage = chunk["usage"]
        choices = chunk.get("choices")
        if choices is not None and not isinstance(choices, list):
            raise BrainError(BrainFault.GARBAGE, "the server sent choices that are no list")
        for choice in choices or ():
            if isinstance(choice, dict) and not choice.get("index"):
                self._choice(choice)

    def data(self, *, may_be_empty: bool = False) -> dict[str, Any]:
        """Return the answer's data once its end was seen. Raises BrainError."""
        if not self.begun:
            raise BrainError(BrainFault.GARBAGE, "the server sent no answer")
        if not self.finish:
            raise BrainError(BrainFault.SERVER, "the answer was cut off before its end")
        refusal = whole("".join(self._refusal))
        if self.finish == "content_filter" or (refusal and not self._content):
            raise BrainError(BrainFault.REFUSED, f"the model declines: {told(refusal or 'content filter')}")
        if self.finish not in FINISHED:
            raise BrainError(BrainFault.GARBAGE, f"the answer ended by {told(self.finish)}")
        calls = [self._finished(call, place) for place, call in enumerate(self._calls)]
        content = whole("".join(self._content))
        if not content.strip() and not calls and not may_be_empty:
            why = ": max_tokens was used up before a word was said" if self.finish == "length" else ""
            raise BrainError(BrainFault.GARBAGE, f"the answer is empty{why}")
        return {"content": content, "tool_calls": calls, "finish_reason": self.finish}

    # One choice

    def _choice(self, choice: dict[str, Any]) -> None:
        self.begun = True
        delta = choice.get("delta") if isinstance(choice.get("delta"), dict) else choice.get("message")
        if isinstance(delta, dict):
            self._delta(delta)
        if isinstance(choice.get("finish_reason"), str):
            self.finish = choice["finish_reason"] or self.finish

    def _delta(self, delta: dict[str, Any]) -> None:
        if content := _text_of(delta, "content"):
            self._count(content, MAX_CONTENT_CHARS)
            self._content.append(content)
            self._on_text(content)
        if refusal := _text_of(delta, "refusal"):
            self._count(refusal, MAX_CONTENT_CHARS)
            self._refusal.append(refusal)
        calls = delta.get("tool_calls")
        if isinstance(delta.get("function_call"), dict):
            calls = [{"index": 0, "function": delta["function_call"]}]
        for piece in calls if isinstance(calls, list) else ():
            self._call_piece(piece)

    def _call_piece(self, piece: object) -> None:
        function = piece.get("function") if isinstance(piece, dict) else None
        if not isinstance(piece, dict) or not isinstance(function, dict):
            raise BrainError(BrainFault.GARBAGE, "a tool call is no object")
        call = self._call_of(piece)
        call.id = call.id or _text_of(piece, "id")
        call.name = call.name or _text_of(function, "name")
        arguments = function.get("arguments")
        self._argue(call, json.dumps(arguments) if isinstance(arguments, dict) else _text_of(function, "arguments"))

    def _call_of(self, piece: dict[str, Any]) -> _Call:
        """Return the call a piece belongs to; servers that leave `index` out begin a call by its id."""
        index = piece.get("index")
        if index is None:
            last = self._calls[-1] if self._calls else None
            if last is not None and piece.get("id") in (None, "", last.id):
                return last
            index = ("no index", len(self._calls))
        for call in self._calls:
            if call.index == index:
                return call
        if len(self._calls) == MAX_TOOL_CALLS:
            raise BrainError(BrainFault.GARBAGE, f"the answer asks for more than {MAX_TOOL_CALLS} tools")
        self._calls.append(_Call(index))
        return self._calls[-1]

    def _argue(self, call: _Call, piece: str) -> None:
        if not piece:
            return
        self._count(piece, MAX_ARGUMENT_CHARS)
        call.arguments.append(piece)
        if call.name in WRITING:
            call.readable = call.readable or Readable(READABLE_ARGUMENTS)
            if text := call.readable.feed(piece):
                self._on_text(text)

    def _count(self, piece: str, most: int) -> None:
        self._size += len(piece)
        if self._size > most:
            raise BrainError(BrainFault.GARBAGE, f"the answer is longer than {most} characters")

    def _finished(self, call: _Call, place: int) -> dict[str, Any]:
        if not call.name:
            raise BrainError(BrainFault.GARBAGE, "a tool call has no name")
        arguments = parsed("".join(call.arguments).strip() or "{}")
        if not isinstance(arguments, dict):
            if self.finish != "length":
                raise BrainError(BrainFault.GARBAGE, f"the arguments of {told(call.name)} are no JSON object")
            # The words ran out in the middle of the arguments: who runs the tools refuses such a call and says so.
            arguments = {}
        name, call_id = whole(call.name), whole(call.id) or f"call-{place}"
        return {"id": call_id, "name": name, "arguments": plain(arguments)}


def parsed(text: str) -> object:
    """Return what a JSON text holds, None when it is none; a raw line end within a string is forgiven."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def told(value: object) -> str:
    """Return the message in what a server says about an error, on one short line."""
    for _ in range(3):
        if not isinstance(value, dict):
            break
        value = value.get("message") or value.get("error") or value.get("detail") or "no reason given"
    return " ".join(whole(str(value)).split())[:MAX_TOLD_CHARS]


def decoded(line: bytes) -> str:
    """Return UTF-8 bytes as text. Raises BrainError."""
    # Raised outside of any handler: the decoder's own error would carry the line along.
    with contextlib.suppress(UnicodeDecodeError):
        return line.decode()
    raise BrainError(BrainFault.GARBAGE, "the server sent text that is no UTF-8")


def _text_of(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrainError(BrainFault.GARBAGE, f"{key} of the answer is no text")
    return value
