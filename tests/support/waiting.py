"""Waiting for a condition, with a deadline, on any loop or none."""

import asyncio
import time
from collections.abc import Callable

SHARED = 3.0
"""A caller says how long something takes at most where nothing else runs; on a shared machine all takes longer."""


async def until(condition: Callable[[], object], seconds: float = 30.0, what: str = "the condition") -> None:
    """Wait until `condition()` is true; fails after `seconds`, or what a shared machine makes of them."""
    if not await within(condition, seconds * SHARED):
        raise AssertionError(f"{what} did not come true within {seconds * SHARED} s")


async def within(condition: Callable[[], object], seconds: float) -> bool:
    """Wait until `condition()` is true and say whether that came within `seconds`, no longer: both are an answer."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.01)
    return True


def wait_until(condition: Callable[[], object], seconds: float = 30.0, what: str = "the condition") -> None:
    """Wait, outside any loop, until `condition()` is true; fails after `seconds`, as `until` does."""
    seconds *= SHARED
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        time.sleep(0.01)
