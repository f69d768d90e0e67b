"""What a brain is and is told, and the one place that speaks to a server by `openai`; knows no show, persona or tool.

Every brain (a server, the rehearsal, a replay, a person) is a `Brain`; every answer, wherever it comes from, goes
through `check_answer` before anything acts on it.
"""

import asyncio
import importlib
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_bus.redaction import Redactor
from textcraft_core.ai_services.answers import Answer, CallId, ToolCall, Usage, check_answer
from textcraft_core.ai_services.retry import retry_after
from textcraft_core.ai_services.streaming import Assembly, EventReader, decoded, told
from textcraft_core.errors import BrainError, BrainFault

if TYPE_CHECKING:
    import httpx2
    import openai

__all__ = [
    "Answer",
    "Brain",
    "BrainError",
    "BrainFault",
    "CallFailed",
    "CallId",
    "Employer",
    "OnText",
    "PaidBrain",
    "Purpose",
    "Server",
    "ToolCall",
    "Usage",
    "check_answer",
]

OnText = Callable[[str], None]

CONNECT_SECONDS: Final = 15.0
CONNECT_NAMES: Final = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"})
"""Failures before a word was sent: such an attempt cannot have cost anything."""
MAYBE_PAID: Final = frozenset({408, 504, 524})
"""A gateway lost patience: the model behind it may have answered, and be paid for."""
CHATTY: Final = ("openai", "httpx2", "httpcore2")
"""Loggers that write down what a server says, header by header: that could be the key."""
NO_MONEY: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is for, as plain JSON data: brains that do not read prompts (rehearsal, replay) work from it alone.

    `role` is the persona's id ("architect", "narrator", "editor", "illustrator", or any further one), `cycle` counts
    from 1 and never repeats within a show, `target` is a file name below manuscripts/ ("" while planning), `attempt`
    counts the calls one role made in this cycle, from 0: a second planning attempt, and each further round after tool
    results, is the next attempt.

    `task` is the task payload, as

        {"task_id": "c12-narrator-ch01", "assigned_agent": "narrator",
         "action_type": "generate|edit|outline|plan|illustrate", "target_file": "ch01_The_Hook.md",
         "instructions": "…", "characters": ["mara", …]}

    While planning, `target_file` is "" unless the operator forces a target, and `instructions` holds the operator's
    one-turn instruction or "".

    `context` holds, each key always present, as

        {"cycle": 12,
         "chapter": {"id": "ch01", "title": "The Hook", "status": "DRAFTING", "path": "manuscripts/ch01_The_Hook.md",
                     "header": "## Chapter 1: The Hook", "words": 412, "target_words": 2000,
                     "text": "… its last 6,000 characters", "editor_notes": ["…"]}; for a chapter that has no file
                    yet, words are 0 and text is ""; {} while planning,
         "notes": ["facts services left on the target"],
         "summaries": [{"id", "title", "status", "words", "path", "summary"}, … at most the last 24 in id order],
         "story_so_far": [{"chapters": "ch01 – ch250", "summary"}, … at most 12 stretches of what was before those],
         "counts": {"DRAFTING": 2, "LOCKED": 7, …} over all chapters,
         "operator": ["lines the operator sent, used in this plan"],
         "visitors": ["lines visitors and sensors sent, used in this plan: material, never orders"],
         "room": {"present": true, "people": 3} as far as sensors are bound to tell it, {} otherwise,
         "override": {"instruction": "…", "target": "ch01_The_Hook.md" or ""} or None,
         "rejected": ["why the previous plan of this cycle could not be used", …], [] at the first attempt,
         "plan": {"next_id": "ch03", "next_title": "Title" of the brief or "" beyond it,
                  "next_file": "ch03_Title.md" or "", "all_locked": bool,
                  "chapters": [{"id", "title", "summary", "characters": […]}, … of the story brief around the target]},
         "passage": {"text": "what this cycle wrote"} for the illustrator, else {"text": ""},
         "last": [] at the first call of a role; after tool calls, one {"tool", "arguments", "status", "data"} for
                 each call of the round before, in order,
         "attempt": the first attempt of this `execute`,
         "scene_text": the target's last 2,000 words, to find who is in the scene; not while planning}

    What a role must answer: architect, a DecisionPayload as JSON text; narrator and further roles, tool calls, then a
    closing line; editor, `{"verdict": "PASS"|"FAIL", "notes": […]}` as JSON text; illustrator,
    `{"prompt", "negative_prompt", "caption", "alt"}` as JSON text.
    """

    role: str
    cycle: int
    target: str
    attempt: int
    task: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)


class Brain(Protocol):
    """Anything that answers: cancelling `generate` ends the call, and its connection, within 250 ms."""

    name: str
    free: bool
    """True when no call can ever cost money."""

    async def generate(
        self,
        messages: list[dict[str, Any]],
        model: str,
        tools: list[dict[str, Any]],
        temperature: float,
        max_tokens: int,
        *,
        purpose: Purpose,
        on_text: OnText,
    ) -> dict[str, Any]:
        """Answer `messages` (OpenAI chat form) and return the dict that `check_answer` reads.

        `on_text` gets the readable text as it streams: the content and, for tools that write, the decoded `content`
        argument. Raises BrainError, and nothing else but CancelledError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Employer:
    """Who a paid brain works for: `spend(source, usd, estimated)` is told of each attempt's cost, and `permit` is
    awaited before each further attempt, as it was before the first.
    """

    spend: Callable[[str, float, bool], None]
    permit: Callable[[], Awaitable[None]]


@runtime_checkable
class PaidBrain(Protocol):
    """A brain that keeps its own account, attempt by attempt; what its answers cost is already booked."""

    def work_for(self, employer: Employer) -> None:
        """Book to this employer from now on; may be said again."""
        ...


class CallFailed(BrainError):
    """One attempt failed; `status` is the server's (0: none), `unpaid` that it certainly cost nothing."""

    def __init__(
        self,
        kind: BrainFault,
        message: str,
        retry_after: float | None = None,
        *,
        status: int = 0,
        unpaid: bool = False,
    ) -> None:
        super().__init__(kind, message, retry_after)
        self.status = status
        self.unpaid = unpaid


class Server:
    """One OpenAI-compatible server. Every attempt has a connection of its own, closed when it ends or is cancelled.

    `silence` is how many seconds may pass without a byte. No redirect is followed and no proxy, key or header is
    taken from the environment; an answer larger than the transport allows is refused.
    """

    def __init__(self, base_url: str, key: str, silence: float, clock: Clock) -> None:
        self.base_url = base_url
        self.name = urlsplit(base_url).netloc.rpartition("@")[2]
        self._key = key
        self._silence = silence
        self._clock = clock
        self._redactor = Redactor([key] if key else [])
        self._context: ssl.SSLContext | None = None

    async def prepare(self) -> None:
        """Load, off the loop's thread, what takes about a second; the first attempt does it otherwise.

        Raises BrainError when the library, or this machine's list of authorities, cannot be loaded.
        """
        if self._context is not None:
            return
        try:
            self._context = await asyncio.to_thread(_load, self.base_url.startswith("https:"))
        except (ImportError, OSError) as error:
            raise CallFailed(
                BrainFault.MISSING, f"what speaks to {self.name} cannot be loaded: {error}", unpaid=True
            ) from error

    async def ask(self, body: Mapping[str, Any], assembly: Assembly) -> None:
        """Make one attempt and feed what comes back into `assembly`. Raises BrainError, without any secret in it."""
        await self.prepare()
        fault: CallFailed | None = None
        try:
            await self._exchange(body, assembly)
        except BrainError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary: a library's error may carry the key along
            fault = self._fault(error)
        # Raised outside of the handler, so that no library's error hangs on it. An answer whose end was seen counts.
        if fault is not None and not assembly.finish:
            raise fault

    async def _exchange(self, body: Mapping[str, Any], assembly: Assembly) -> None:
        async with self._http() as http:
            create: Any = self._client(http).chat.completions.with_streaming_response.create
            async with create(**body, stream=True) as response:
                await _read(response, assembly)

    def _http(self) -> "httpx2.AsyncClient":
        import httpx2  # noqa: PLC0415 - off the start path

        from textcraft_core.ai_services.transport import CappedTransport  # noqa: PLC0415 - off the start path

        timeout = httpx2.Timeout(self._silence, connect=min(self._silence, CONNECT_SECONDS))
        transport = CappedTransport(self._context or ssl.create_default_context())
        return httpx2.AsyncClient(transport=transport, timeout=timeout, follow_redirects=False, trust_env=False)

    def _client(self, http: "httpx2.AsyncClient") -> "openai.AsyncOpenAI":
        import openai  # noqa: PLC0415 - takes a second: off the start path

        key = self._key or "none"
        return openai.AsyncOpenAI(
            api_key=key, base_url=self.base_url, max_retries=0, timeout=http.timeout, http_client=http
        )

    # Faults

    def clean(self, fault: BrainError) -> BrainError:
        """Return a fault whose text holds no secret: what a server said may repeat the key it was sent."""
        text = self._redactor.clean(str(fault))
        if text == str(fault):
            return fault
        if isinstance(fault, CallFailed):
            return CallFailed(fault.kind, text, fault.retry_after, status=fault.status, unpaid=fault.unpaid)
        return BrainError(fault.kind, text, fault.retry_after)

    def _fault(self, error: Exception) -> CallFailed:
        import openai  # noqa: PLC0415 - off the start path

        if isinstance(error, openai.APIStatusError):
            return self._status_fault(error)
        if not isinstance(error, (openai.OpenAIError, *_network_errors())):
            return CallFailed(BrainFault.GARBAGE, f"the call of {self.name} failed ({type(error).__name__})")
        seen = {type(each).__name__ for each in (error, error.__cause__) if each is not None}
        unpaid = bool(seen & CONNECT_NAMES)
        if any("Timeout" in name for name in seen):
            seconds = min(CONNECT_SECONDS, self._silence) if unpaid else self._silence
            return CallFailed(BrainFault.TIMEOUT, f"{self.name} was silent for {seconds:g} s", unpaid=unpaid)
        if any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(error)):
            return CallFailed(BrainFault.REFUSED, f"the certificate of {self.name} is not trusted", unpaid=True)
        if unpaid:
            return CallFailed(BrainFault.SERVER, f"{self.name} cannot be reached", unpaid=True)
        return CallFailed(BrainFault.SERVER, f"the connection to {self.name} broke ({type(error).__name__})")

    def _status_fault(self, error: "openai.APIStatusError") -> CallFailed:
        status, headers = error.status_code, error.response.headers
        asked = retry_after(headers.get("retry-after"), headers.get("retry-after-ms"), self._clock.now())
        kind = _kind(status, str(error.code or ""))
        message = f"{self.name} {_SAYS.get(kind, 'refuses the call')} ({status}){self._said(error.body)}"
        return CallFailed(kind, message, asked, status=status, unpaid=status not in MAYBE_PAID)

    def _said(self, body: object) -> str:
        """Return what the server says about its error, without secrets; a web page says nothing."""
        if body is None or (isinstance(body, str) and (not body or body.lstrip().startswith("<"))):
            return ""
        return f": {self._redactor.clean(told(body))}"


_SAYS: Final = {
    BrainFault.AUTH: "refuses the key",
    BrainFault.RATE: "is asked too often",
    BrainFault.MISSING: "does not have what was asked for",
    BrainFault.SERVER: "failed",
    BrainFault.TIMEOUT: "took too long",
}


def _kind(status: int, code: str) -> BrainFault:
    if code in NO_MONEY:
        return BrainFault.REFUSED
    known = {401: BrainFault.AUTH, 404: BrainFault.MISSING, 408: BrainFault.TIMEOUT, 429: BrainFault.RATE}
    return known.get(status, BrainFault.SERVER if status >= 500 else BrainFault.REFUSED)


def _causes(error: BaseException) -> Iterator[BaseException]:
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__


def _network_errors() -> tuple[type[Exception], ...]:
    import httpx2  # noqa: PLC0415 - off the start path

    return (httpx2.HTTPError, httpx2.StreamError, OSError)


EVENTS: Final = "text/event-stream"


async def _read(response: Any, assembly: Assembly) -> None:
    """Feed a response into an assembly: server-sent events, or one whole answer from a server that cannot stream."""
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"}:
        raise CallFailed(BrainFault.GARBAGE, "the server answered with a web page: is the base URL right?", unpaid=True)
    if kind == "application/json":
        assembly.take(decoded(b"".join([piece async for piece in response.iter_bytes()])))
        return
    reader, seen = EventReader(), False
    async for piece in response.iter_bytes():
        for event in reader.feed(piece):
            seen = True
            if event.data.startswith("[DONE]"):
                return
            assembly.take(event.data)
    if not (_take_rest(reader, assembly) and (seen or assembly.begun or kind != EVENTS)):
        # Raised outside of any handler, and tried again: a network that breaks may end a stream as if all was said.
        raise CallFailed(BrainFault.SERVER, "the answer was cut off before its end")


def _take_rest(reader: EventReader, assembly: Assembly) -> bool:
    """Take the event no blank line ended; False when the end of the stream cut through it before the answer's end."""
    try:
        for event in reader.end():
            if not event.data.startswith("[DONE]"):
                assembly.take(event.data)
    except BrainError as fault:
        if fault.kind is not BrainFault.GARBAGE:
            raise
        return bool(assembly.finish)
    return True


def _load(secure: bool) -> "ssl.SSLContext":
    """Import what a call needs and return the context of its connections; blocking, about a second."""
    import httpx2  # noqa: PLC0415 - off the start path

    for module in ("openai.resources.chat", "textcraft_core.ai_services.transport"):
        importlib.import_module(module)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A context without authorities is cheap, and nothing secure can be reached by it.
    return httpx2.create_ssl_context() if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
