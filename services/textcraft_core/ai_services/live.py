"""A brain that asks an OpenAI-compatible server: retries, money, models it has; knows neither tools nor prompts."""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final

from textcraft_bus.clock import Clock, SystemClock
from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import (
    BrainError,
    BrainFault,
    CallFailed,
    Employer,
    OnText,
    Purpose,
    Server,
)
from textcraft_core.ai_services.prices import NOTHING, Price, Pricing, is_loopback, most_tokens
from textcraft_core.ai_services.readable import Curtain
from textcraft_core.ai_services.retry import Retry
from textcraft_core.ai_services.settings import LlmSettings, usable_key
from textcraft_core.ai_services.streaming import Assembly
from textcraft_core.ai_services.wording import Request, Wording
from textcraft_core.events import BrainWaiting, Event, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.spend import Ledger, Reservation

Sleep = Callable[[float], Awaitable[None]]
MIN_SECRET: Final = 16
"""Shorter keys are the placeholders local servers want, and ordinary words."""
BELIEVED: Final = 4.0
"""What a server counts is believed up to so many times what a call can cost at most by our own reckoning."""
GONE: Final = ("not found", "not exist", "unknown model", "invalid model", "no such")


@dataclass
class _Call:
    """One `generate`: what is asked, who hears it, and what its attempts have cost so far."""

    request: Request
    purpose: Purpose
    on_text: OnText
    cost: float = 0.0
    estimated: bool = False
    attempts: int = 0


@dataclass
class _Attempt:
    """One request to the server: its body, its price and what it can cost at most, USD."""

    body: dict[str, Any]
    price: Price
    most: float
    assembly: Assembly


class LiveBrain:
    """Asks one server. It keeps its own account: every attempt is paid from a reservation that is on disk before it."""

    def __init__(
        self,
        settings: LlmSettings,
        ledger: Ledger,
        emit: Callable[[Event], None],
        clock: Clock,
        rng: Random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._ledger = ledger
        self._emit = emit
        self._clock = clock
        self._rng = rng
        self._sleep = sleep
        self._retry = Retry(settings.max_retries)
        self._pricing = Pricing.of(settings.price, settings.base_url)
        self._server: Server | None = None
        self._secret = ""
        self._permit: Callable[[], Awaitable[None]] | None = None
        self._wordings: dict[str, Wording] = {}
        self._missing: set[str] = set()
        self._said: set[str] = set()
        self.name = Server(settings.base_url, "", settings.timeout, clock).name
        self.free = self._pricing.free

    def work_for(self, employer: Employer) -> None:
        """Book to this employer, and ask it before each further attempt."""
        self._permit = employer.permit
        self._ledger.tell(employer.spend)

    def price(self, model: str) -> Price:
        """Return what a model's tokens cost here."""
        return self._pricing.price(self._model(model or self._settings.model))

    async def prepare(self) -> None:
        """Find the key and load the library, off the loop's thread; the first call does it otherwise.

        Raises BrainError when there is no usable key.
        """
        await (await self._ready()).prepare()

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
        """Answer within the deadline, retries and their waits included; cancelling closes the connection at once.

        An attempt that failed after some text was told begins that text anew. Raises BrainError only.
        """
        most = min(max_tokens, self._settings.max_tokens or max_tokens)
        request = Request(messages, model or self._settings.model, tools, temperature, most, purpose.role)
        if not request.model:
            raise BrainError(BrainFault.MISSING, f"no model is named for {purpose.role}: set DEFAULT_MODEL")
        late = asyncio.timeout(self._settings.deadline)
        answer: dict[str, Any] | None = None
        with contextlib.suppress(TimeoutError):
            async with late:
                server = await self._ready()
                answer = await self._persist(server, _Call(request, purpose, on_text), late)
        if answer is None:
            seconds = self._settings.deadline
            raise BrainError(BrainFault.TIMEOUT, f"{self.name} gave no whole answer within {seconds:g} s")
        return answer

    # Attempts

    async def _persist(self, server: Server, call: _Call, late: asyncio.Timeout) -> dict[str, Any]:
        retries = 0
        while True:
            fault: BrainError
            try:
                return await self._attempt(server, call)
            except BrainError as raised:
                fault = server.clean(raised)
            if not self._concede(call, fault):
                await self._wait(fault, retries, late)
                retries += 1
            await self._permitted(late)

    async def _attempt(self, server: Server, call: _Call) -> dict[str, Any]:
        curtain = Curtain(call.on_text, self._secret)
        attempt = self._compose(call.request, Assembly(curtain))
        held = await self._reserve(call, attempt)
        cost, estimated = attempt.most, True
        try:
            await server.ask(attempt.body, attempt.assembly)
            curtain.end()
            data = attempt.assembly.data(may_be_empty=call.request.messages[-1].get("role") == "tool")
            self._refuse_secret(curtain, data)
        except CallFailed as fault:
            cost, estimated = (0.0, False) if fault.unpaid else (cost, estimated)
            raise
        finally:
            if attempt.assembly.finish:
                cost, estimated = self._cost(attempt)
            call.cost, call.estimated = call.cost + cost, call.estimated or (estimated and cost > 0)
            if held is not None:
                self._ledger.settle(held, cost, estimated=estimated)
        return {"status": "success", "data": data, "usage": _usage(attempt, call)}

    def _cost(self, attempt: _Attempt) -> tuple[float, bool]:
        """As `_cost` below, but for a count that cannot be true: one wrong number must not use up a show's money."""
        cost, estimated = _cost(attempt)
        if cost <= BELIEVED * attempt.most:
            return cost, estimated
        self._say_once(f"{self.name} counts more tokens than it was sent and allowed: the most of a call is booked")
        return attempt.most, True

    def _compose(self, request: Request, assembly: Assembly) -> _Attempt:
        model = self._model(request.model)
        body = self._wordings.get(model, Wording()).body(request, model)
        price = self._pricing.price(model)
        if not price.known:
            self._say_once(
                f"no price is known for {model}: it is counted as the dearest, "
                f"${price.prompt:g}/{price.completion:g} per million tokens; [llm] price can tell the right one"
            )
        return _Attempt(body, price, price.of(most_tokens(body), request.max_tokens), assembly)

    async def _reserve(self, call: _Call, attempt: _Attempt) -> Reservation | None:
        call.attempts += 1
        if attempt.price == NOTHING:
            return None
        purpose = call.purpose
        place = f"{purpose.cycle}-{purpose.role}-{purpose.attempt}.{call.attempts}"
        return await self._ledger.reserve(f"{place}-{uuid.uuid4().hex[:12]}", purpose.role, attempt.most)

    async def _wait(self, fault: BrainError, retries: int, late: asyncio.Timeout) -> None:
        """Wait before the next attempt, or raise the fault when there is to be none."""
        wait = self._retry.wait(fault.kind, retries, fault.retry_after, self._rng)
        deadline = late.when()
        if wait is None or (deadline is not None and asyncio.get_running_loop().time() + wait >= deadline):
            raise fault
        self._emit(BrainWaiting(seconds=wait, reason=str(fault)))
        try:
            await self._sleep(wait)
        finally:
            self._emit(BrainWaiting(seconds=0.0))

    async def _permitted(self, late: asyncio.Timeout) -> None:
        """Hold the next attempt while the operator pauses the AI; that time does not count."""
        if self._permit is None:
            return
        loop, deadline = asyncio.get_running_loop(), late.when()
        late.reschedule(None)
        began = loop.time()
        await self._permit()
        late.reschedule(None if deadline is None else deadline + loop.time() - began)

    # What a server does not have

    def _concede(self, call: _Call, fault: BrainError) -> bool:
        """Learn from a refusal what this server does not take; say whether the call can be put differently."""
        if not isinstance(fault, CallFailed) or not fault.status:
            return False
        model = self._model(call.request.model)
        if self._lacks(model, fault):
            self._missing.add(call.request.model)
            self._warn(f"{self.name} does not have the model {model}: {self._settings.model} answers in its place")
            return True
        worded = self._wordings.get(model, Wording()).conceding(fault.status, str(fault), call.request)
        if worded is None:
            return False
        self._wordings[model], what = worded
        self._warn(f"{self.name} does not take {what} for {model}: it goes on without")
        return True

    def _lacks(self, model: str, fault: CallFailed) -> bool:
        default = self._settings.model
        if not default or model == default:
            return False
        said = str(fault).lower()
        gone = fault.status == 400 and "model" in said and any(word in said for word in GONE)
        return gone or fault.kind is BrainFault.MISSING

    def _model(self, wanted: str) -> str:
        return self._settings.model if wanted in self._missing else wanted

    # The key

    async def _ready(self) -> Server:
        if self._server is None:
            key = (await asyncio.to_thread(self._settings.find_key)).strip()
            if self._pricing.by_list:
                await asyncio.to_thread(self._pricing.price, self._settings.model)
            self._refuse_key(key)
            self._secret = key if len(key) >= MIN_SECRET else ""
            self._server = Server(self._settings.base_url, key, self._settings.timeout, self._clock)
        return self._server

    def _refuse_key(self, key: str) -> None:
        local = is_loopback(self._settings.base_url)
        if not usable_key(key):
            raise BrainError(BrainFault.AUTH, "LLM_API_KEY holds a blank, a line end or another character no key has")
        if not key and not local and self._settings.base_url.startswith("https:"):
            raise BrainError(BrainFault.AUTH, f"there is no key for {self.name}: put LLM_API_KEY into the show's .env")
        if key and not local and self._settings.base_url.startswith("http:"):
            self._say_once(f"the key travels to {self.name} in the clear: its address begins with http")

    def _refuse_secret(self, curtain: Curtain, data: dict[str, Any]) -> None:
        """Refuse an answer that holds the key: it would be stored, and could reach a wall."""
        if curtain.found or (self._secret and self._secret in str(data)):
            raise BrainError(BrainFault.GARBAGE, f"{self.name} put the key into its answer, which was thrown away")

    # Telling

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._warn(text)

    def _warn(self, text: str) -> None:
        self._emit(Warned(text=text, source="brain"))


def live_brain(
    settings: LlmSettings,
    *,
    stream: EventStream,
    journal: Journal | None,
    clock: Clock | None = None,
    rng: Random | None = None,
    ledger: Ledger | None = None,
) -> LiveBrain:
    """Return the brain of one server, with the account of the show whose stream and journal these are.

    Brains of one show must share one `ledger`: hand in the one made for the first. Reads no file and opens nothing.
    """
    clock = clock or SystemClock()
    ledger = ledger or Ledger(settings.caps, stream, journal, clock)
    return LiveBrain(settings, ledger, stream.emit, clock, rng or Random())


def _cost(attempt: _Attempt) -> tuple[float, bool]:
    """Return what an answer whose end was seen cost, USD, and whether that is a guess."""
    counted = _counted(attempt.assembly)
    if counted is not None:
        return attempt.price.of(*counted), not attempt.price.known
    said = attempt.assembly.text_bytes
    return min(attempt.most, attempt.price.of(most_tokens(attempt.body), said)), True


def _counted(assembly: Assembly) -> tuple[int, int] | None:
    """Return the prompt and completion tokens the server counted; None when it did not, or counted nothing."""
    usage = assembly.usage or {}
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(prompt) is int and type(completion) is int and 0 < prompt < 2**40 and 0 <= completion < 2**40:
        return None if completion == 0 and assembly.text_bytes else (prompt, completion)
    return None


def _usage(attempt: _Attempt, call: _Call) -> dict[str, Any]:
    """Return the usage of the answer, and the money of all attempts it took."""
    prompt, completion = _counted(attempt.assembly) or (
        most_tokens(attempt.body) // 4,
        attempt.assembly.text_bytes // 4,
    )
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "cost_estimate": call.cost,
        "cost_estimated": call.estimated,
    }
