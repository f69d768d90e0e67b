"""What can paint: one module for each backend, found by its name; a new backend is one new file here.

A backend's module has `create(config) -> Backend`.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from textcraft_bus.errors import BusError
from textcraft_image_server.config import ImageServerConfig


class BackendError(BusError):
    """A backend cannot paint this; `retryable` says whether another try may."""

    def __init__(self, reason: str, *, retryable: bool = True) -> None:
        super().__init__(reason)
        self.retryable = retryable


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
    """A finished picture as a file's bytes, and what it cost in USD."""

    data: bytes
    cost: float = 0.0


class Backend(Protocol):
    """Paints one order at a time; cancelling the coroutine abandons it."""

    name: str

    async def paint(self, order: Order, progress: Callable[[float], None]) -> Painted:
        """Return the picture; `progress` may be told 0–1. Raises BackendError."""
        ...


def known_backends() -> list[str]:
    """Return the names of the backends there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def create_backend(name: str, config: ImageServerConfig) -> Backend:
    """Return the backend of a name. Raises BackendError that lists the ones there are."""
    if name not in known_backends():
        there = ", ".join(known_backends())
        raise BackendError(f"there is no backend {name[:60]!r}; there are: {there}", retryable=False)
    module = importlib.import_module(f"{__name__}.{name}")
    backend: Backend = module.create(config)
    return backend
