"""Finds servers of language models on this machine and tries one with a sentence; knows no show and keeps nothing.

Every answer is bounded in size and time, and none of it is believed before it was looked at.
"""

import asyncio
import functools
import json
import ssl
from collections.abc import Callable, Mapping
from importlib.resources import files
from random import Random
from typing import Any, Final

from textcraft_bus.clock import Clock
from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import BrainError, BrainFault, Purpose, check_answer
from textcraft_core.ai_services.live import LiveBrain
from textcraft_core.ai_services.prices import Pricing, is_loopback, most_tokens
from textcraft_core.ai_services.settings import LlmSettings, providers, usable_key
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show_account import ShowAccount
from textcraft_core.spend import Caps, Ledger

PROBE_SECONDS: Final = 2.0
LIST_SECONDS: Final = 15.0
TRY_SECONDS: Final = 90.0
MOST_LISTED: Final = 256 * 1024
MOST_MODELS: Final = 400
_OK: Final = 200
_ROLE: Final = "set-up"


@dataclass(frozen=True)
class Place:
    """One place a server may be, and what was found there."""

    name: str
    base_url: str
    models: tuple[str, ...] = ()
    fault: str = ""
    """Why it cannot be used, "" for one that can."""

    @property
    def found(self) -> bool:
        """Whether a server that has models answered."""
        return not self.fault and bool(self.models)


@dataclass(frozen=True)
class Quote:
    """What one try can cost at most, USD; `known` is False where the dearest price stands in."""

    model: str
    most_usd: float
    known: bool


@dataclass(frozen=True)
class FirstWords:
    """What a model said, what it came to (USD) and how long it took."""

    text: str
    cost: float
    seconds: float


def usual_places() -> tuple[Place, ...]:
    """Return where servers on this machine usually listen: those of the list of providers that are of its loopback."""
    return tuple(Place(name, url) for name, url in providers().items() if is_loopback(url))


async def probe(places: tuple[Place, ...], seconds: float = PROBE_SECONDS) -> tuple[Place, ...]:
    """Ask each place for its models, all at once. Only loopback is asked; raises ValueError for any other."""
    if others := [place.base_url for place in places if not is_loopback(place.base_url)]:
        raise ValueError(f"only this machine is probed, not {others[0]}")
    return tuple(await asyncio.gather(*(_look(place, seconds) for place in places)))


async def _look(place: Place, seconds: float) -> Place:
    try:
        models = await models_of(place.base_url, seconds=seconds)
    except BrainError as fault:
        return Place(place.name, place.base_url, fault=str(fault))
    return Place(place.name, place.base_url, models, "" if models else "it has no model yet")


async def models_of(base_url: str, key: str = "", *, seconds: float = LIST_SECONDS) -> tuple[str, ...]:
    """Return the names of a server's models, sorted. Raises BrainError with words for the operator, and no secret."""
    if not usable_key(key):
        raise BrainError(BrainFault.AUTH, "the key holds a blank, a line end or another character no key has")
    fault, status, body = "", 0, b""
    try:
        async with asyncio.timeout(seconds):
            status, body = await _fetch(f"{base_url}/models", key, seconds)
    except TimeoutError:
        fault = f"nothing answers within {seconds:g} s"
    except BrainError as error:
        fault = str(error)
    except Exception as error:  # noqa: BLE001 - the boundary: a library's error may carry the key along
        fault = "nothing listens there" if "Connect" in type(error).__name__ else f"it broke ({type(error).__name__})"
    # Raised outside of the handler, so that no library's error hangs on it.
    if fault:
        raise BrainError(BrainFault.SERVER, fault)
    return _listed(status, body)


async def _fetch(url: str, key: str, seconds: float) -> tuple[int, bytes]:
    import httpx2  # noqa: PLC0415 - off the start path

    from textcraft_core.ai_services.transport import CappedTransport  # noqa: PLC0415 - as above

    secure = url.startswith("https:")
    context = await asyncio.to_thread(httpx2.create_ssl_context) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    transport = CappedTransport(context, MOST_LISTED)
    async with httpx2.AsyncClient(transport=transport, timeout=seconds, trust_env=False) as client:
        answer = await client.get(url, headers=headers, follow_redirects=False)
        return answer.status_code, answer.content


def _listed(status: int, body: bytes) -> tuple[str, ...]:
    if status in {401, 403}:
        raise BrainError(BrainFault.AUTH, f"the key is refused ({status})")
    if status != _OK:
        raise BrainError(BrainFault.REFUSED, f"it answers with an error ({status})")
    try:
        data = json.loads(body)["data"]
        names = {str(each["id"]) for each in data[:MOST_MODELS]}
    except (ValueError, LookupError, TypeError, RecursionError):
        names = {""}
    if any(not name or len(name) > 200 or not name.isprintable() for name in names):
        raise BrainError(BrainFault.GARBAGE, "something else answers there: no list of models")
    return tuple(sorted(names))


def quote(settings: LlmSettings) -> Quote:
    """Return what one try can cost at most. Blocking for a moment: reads the list of prices."""
    price = Pricing.of(settings.price, settings.base_url).price(settings.model)
    asked = _asked()
    return Quote(settings.model, price.of(most_tokens(asked), asked["max_tokens"]), price.known)


async def first_words(
    settings: LlmSettings, clock: Clock, on_text: Callable[[str], None], spend: Callable[[float], None]
) -> FirstWords:
    """Ask for one sentence, once. The most it may cost is what `quote` says. Raises BrainError.

    `spend` is told of what it cost, also when it failed or was ended before its answer.
    """
    most = await asyncio.to_thread(quote, settings)
    once = settings.model_copy(update={"max_retries": 0, "deadline": min(settings.deadline, TRY_SECONDS)})
    stream = EventStream(None)
    ledger = Ledger(Caps(show=most.most_usd * 1.01), stream, None, clock)
    ledger.tell(lambda _source, usd, _estimated: spend(usd))
    brain = LiveBrain(once, ledger, stream.emit, clock, Random())
    asked, began = _asked(), clock.monotonic()
    purpose = Purpose(_ROLE, 0, "", 0, {}, {})
    messages = list(asked["messages"])
    answer = check_answer(
        await brain.generate(messages, settings.model, [], 0.7, asked["max_tokens"], purpose=purpose, on_text=on_text)
    )
    return FirstWords(answer.content, answer.usage.cost or 0.0, clock.monotonic() - began)


async def book_trials(show: ShowFolder, usd: float, clock: Clock) -> None:
    """Enter what trials before a show cost into its account. Raises BrainError when its journal cannot be used."""
    account = ShowAccount(show, Caps(), clock, _ROLE)
    try:
        held = await account.reserve("trials", _ROLE, usd)
        if held is not None:
            account.settle(held, usd)
    finally:
        await account.close()


@functools.cache
def _asked() -> Mapping[str, Any]:
    text = files("textcraft_core").joinpath("ai_services", "first_words.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
