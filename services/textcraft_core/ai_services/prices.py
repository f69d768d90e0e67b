"""What a call costs: the policy in force and the library's list of prices; knows no server and keeps no account.

The list ships inside the library `genai-prices` and is read from there: nothing is ever fetched.
"""

import functools
import ipaddress
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

from textcraft_bus.records import dataclass
from textcraft_core.errors import EngineError

AUTO: Final = "auto"
FREE: Final = "free"
MESSAGE_TOKENS: Final = 16
"""What a chat template puts around each message at most, in tokens."""
PREAMBLE_TOKENS: Final = 1024
"""What servers put before a conversation of their own accord, mostly to explain tools, in tokens."""
_GIVEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*")


class PriceError(EngineError):
    """A price is neither `auto`, `free` nor two figures."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens; `known` is False when it is the dearest one for want of the right one."""

    prompt: float
    completion: float
    known: bool = True

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Return what so many tokens cost, USD."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1_000_000


NOTHING: Final = Price(0.0, 0.0)
DEAREST: Final = Price(150.0, 600.0, known=False)
"""The dearest list price of a text model we know of; a test holds it against the library's whole list."""


@dataclass(frozen=True, slots=True)
class Pricing:
    """How calls are priced: nothing, one given price, or (both left out) by the list for a server's address."""

    free: bool = False
    given: Price | None = None
    base_url: str = ""

    @classmethod
    def of(cls, policy: str, base_url: str) -> "Pricing":
        """Read a policy: `auto`, `free` or `PROMPT/COMPLETION` in USD per million tokens. Raises PriceError.

        With `auto` a server on this machine's loopback is free.
        """
        if policy == FREE or (policy == AUTO and is_loopback(base_url)):
            return cls(free=True)
        return cls(base_url=base_url) if policy == AUTO else cls(given=_given(policy))

    @property
    def by_list(self) -> bool:
        """Whether the list decides; reading it the first time takes a fifth of a second."""
        return not self.free and self.given is None

    def price(self, model: str, day: date | None = None) -> Price:
        """Return a model's price on a day (today); for one the list does not have, the dearest."""
        if self.free:
            return NOTHING
        if self.given is not None:
            return self.given
        return listed(model, self.base_url, day or datetime.now(UTC).date())


@functools.lru_cache(maxsize=256)
def listed(model: str, base_url: str = "", day: date | None = None) -> Price:
    """Return a model's list price at a server on a day (today); DEAREST, which is not `known`, when it has none.

    Where the price has tiers, or changes with the hour, the dearest one counts: a reservation must never be too low.
    """
    found = _found(model, base_url)
    if found is None:
        return DEAREST
    prompt = completion = 0.0
    for rates in _rates(found, day or datetime.now(UTC).date()):
        prompt = max(prompt, _dearest(rates.input_mtok))
        completion = max(completion, _dearest(rates.output_mtok))
    # A model that is listed without a price for text (it paints, or speaks) is none whose price is known here.
    return Price(prompt, completion) if prompt > 0 and completion > 0 else DEAREST


def _found(model: str, base_url: str) -> Any:
    """Return the library's entry of a model: at its own provider when the address tells which, else by its name."""
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - off the start path

    snapshot = get_snapshot()
    try:
        provider = snapshot.find_provider(None, None, base_url) if base_url else None
    except LookupError:
        provider = None
    try:
        return snapshot.find_provider_model(model, provider, None, None)[1]
    except LookupError:
        return None


def _rates(entry: Any, day: date) -> Iterator[Any]:
    """Yield what the model costs at each hour from the beginning of a day to the end of the next."""
    begin = datetime.combine(day, time(), UTC)
    return (entry.get_prices(begin + timedelta(hours=hour)) for hour in range(48))


def _dearest(rate: Any) -> float:
    if rate is None:
        return 0.0
    tiers = [rate.base, *(tier.price for tier in rate.tiers)] if hasattr(rate, "tiers") else [rate]
    return max(float(each) for each in tiers)


@runtime_checkable
class Priced(Protocol):
    """A brain that tells what its tokens cost."""

    def price(self, model: str) -> Price:
        """Return a model's price."""
        ...


def price_at(brain: Any, model: str) -> Price:
    """Return what a model costs at a brain: nothing where it is free, its own price, else the list's."""
    if brain.free:
        return NOTHING
    return brain.price(model) if isinstance(brain, Priced) else listed(model)


def is_loopback(base_url: str) -> bool:
    """Say whether a server's address is of this machine's loopback."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def most_tokens(body: Mapping[str, Any]) -> int:
    """Return a number of prompt tokens no tokeniser exceeds: one for each byte of what is sent, and some around it.

    It is some four times too high for English prose. A reservation must never be too low.
    """
    sent = {key: body[key] for key in ("messages", "tools", "response_format") if key in body}
    size = len(json.dumps(sent, ensure_ascii=False).encode(errors="replace"))
    return size + PREAMBLE_TOKENS + MESSAGE_TOKENS * len(body["messages"])


def _given(policy: str) -> Price:
    found = _GIVEN.fullmatch(policy)
    if found is None:
        raise PriceError(f"price is {policy[:40]!r}: write auto, free or PROMPT/COMPLETION in USD per million tokens")
    price = Price(float(found[1]), float(found[2]))
    if not math.isfinite(price.prompt + price.completion):
        raise PriceError("price is too large")
    return price
