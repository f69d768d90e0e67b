"""Blocking work off the loop that is finished even when its caller is cancelled; knows not what the work is."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


async def finish_in_thread(work: Callable[[], T], told: Callable[[T], None]) -> T:
    """Run `work` in a thread and hand its result to `told` on the loop, also when this is cancelled meanwhile.

    So a write in progress is never left half-known: who cancels waits for it, which takes milliseconds.
    """
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        await asyncio.wait({running})
        fault = running.exception()
        if fault is None:
            told(running.result())
        else:
            log.warning("work that was cancelled meanwhile failed: %s", fault)
        raise
    result = running.result()
    told(result)
    return result
