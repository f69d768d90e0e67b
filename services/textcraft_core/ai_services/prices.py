"""What a call costs: the policy in force and the list of prices; knows no server and keeps no account."""

import functools
import ipaddress
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from textcraft_core.errors import EngineError

AUTO: Final = "auto"
FREE: Final = "free"
MESSAGE_TOKENS: Final = 16
"""What a chat template puts around each message at most, in tokens."""
PREAMBLE_TOKENS: Final = 1024
"""What servers put before a conversation of their own accord, mostly to explain tools, in tokens."""
_DATED: Final = re.compile(r"(.+)-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})")
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


@dataclass(frozen=True, slots=True)
class Pricing:
    """How calls are priced: nothing, one given price, or (both left out) by the list."""

    free: bool = False
    given: Price | None = None

    @classmethod
    def of(cls, policy: str, base_url: str) -> "Pricing":
        """Read a policy: `auto`, `free` or `PROMPT/COMPLETION` in USD per million tokens. Raises PriceError.

        With `auto` a server on this machine's loopback is free.
        """
        if policy == FREE or (policy == AUTO and is_loopback(base_url)):
            return cls(free=True)
        return cls() if policy == AUTO else cls(given=_given(policy))

    def price(self, model: str) -> Price:
        """Return a model's price; for one the list does not have, the dearest."""
        if self.free:
            return NOTHING
        return self.given if self.given is not None else listed(model)


def listed(model: str) -> Price:
    """Return a model's price by its name, also with a date behind it; the dearest, not `known`, when it has none."""
    prices = _prices()
    dated = _DATED.fullmatch(model)
    found = prices.get(model) or (prices.get(dated[1]) if dated else None)
    if found is not None:
        return found
    return Price(
        max(price.prompt for price in prices.values()),
        max(price.completion for price in prices.values()),
        known=False,
    )


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


@functools.cache
def _prices() -> Mapping[str, Price]:
    """Return the list that ships with the engine; a constant of the package, so it is read once."""
    content = json.loads(files("textcraft_core").joinpath("ai_services", "prices.json").read_text("utf-8"))
    return {model: Price(float(prompt), float(completion)) for model, (prompt, completion) in content["models"].items()}
