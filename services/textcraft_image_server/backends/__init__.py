"""What can paint: one module for each backend, found by its name; a new backend is one new file here.

A backend's module has `create(config) -> Backend`, which raises BackendError for what is not configured. One that
costs money has a section of settings under its name that tells its price (`PaidOptions`).
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from textcraft_image_server.config import ImageServerConfig, PaidOptions
from textcraft_image_server.errors import BackendError

__all__ = ["Backend", "BackendError", "Order", "Painted", "Progress", "create_backend", "known_backends", "prices"]

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be painted: words, seed and size in pixels."""

    prompt: str
    negative_prompt: str
    seed: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Painted:
    """A finished picture as a file's bytes, and what it cost in USD; `cost_estimated` when the price is a guess."""

    data: bytes
    cost: float = 0.0
    cost_estimated: bool = False


class Backend(Protocol):
    """Paints one order at a time; cancelling the coroutine abandons it."""

    name: str

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return the picture; `progress` may be told 0–1, on the loop. Raises BackendError."""
        ...

    async def close(self) -> None:
        """Let go of connections and threads; may be called again."""
        ...


def known_backends() -> list[str]:
    """Return the names of the backends there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def prices(config: ImageServerConfig) -> dict[str, float]:
    """Return what one picture can cost at most, USD, by backend; those that cost nothing are left out.

    Read from the settings: no backend is imported for it.
    """
    sections = {name: getattr(config, name, None) for name in known_backends()}
    asked = {name: part.one_picture()[0] for name, part in sections.items() if isinstance(part, PaidOptions)}
    return {name: usd for name, usd in asked.items() if usd > 0}


def create_backend(name: str, config: ImageServerConfig) -> Backend:
    """Return the backend of a name; up to 1 s when its library is imported for the first time.

    Raises BackendError: unknown (it lists the ones there are), or not configured.
    """
    if name not in known_backends():
        there = ", ".join(known_backends())
        raise BackendError(f"there is no backend {name[:60]!r}; there are: {there}", retryable=False)
    module = importlib.import_module(f"{__name__}.{name}")
    backend: Backend = module.create(config)
    return backend
