"""Keeps Python's garbage collector out of a program's way; knows not what the program makes.

A start makes hundreds of thousands of objects that stay for good. Looking through them again and again while they are
made costs a tenth of the start, and each later full collection would hold every thread for as long as it takes.

By itself the collector runs in whichever thread allocates next. A window or a timer of Qt that is freed in another
thread than its own takes the whole program with it: so a program with windows keeps the collector to one thread.
"""

import gc
import time
from collections.abc import Callable
from typing import Final

LOOK_SECONDS: Final = 0.1
"""So often the one thread looks whether there is something to collect."""
FULL_SECONDS: Final = 300.0
"""A collection of everything holds all threads the longest; what it finds has time."""
_YOUNG, _MIDDLE, _ALL = 0, 1, 2


class _State:
    paused = False
    one_thread = False


def pause() -> None:
    """Collect nothing while the program starts; `settle` ends that."""
    _State.paused = True
    gc.disable()


def settle() -> None:
    """Collect once, never look through what is left by now again, and collect as usual from here on."""
    gc.collect()
    gc.freeze()
    _State.paused = False
    _enable()


def keep_to_this_thread(monotonic: Callable[[], float] = time.monotonic) -> Callable[[], None]:
    """Collect nothing by itself any more; the returned function does it, to be called by one thread only.

    It does as much as Python would have done by then, a full collection every `FULL_SECONDS` at most.
    """
    _State.one_thread = True
    gc.disable()
    last_full = monotonic()

    def look() -> None:
        nonlocal last_full
        if _State.paused:
            return
        generation = _due(full=monotonic() - last_full >= FULL_SECONDS)
        if generation == _ALL:
            last_full = monotonic()
        if generation is not None:
            gc.collect(generation)

    return look


def let_go() -> None:
    """Let Python collect by itself again, in any thread."""
    _State.one_thread = False
    _enable()


def _enable() -> None:
    if not (_State.paused or _State.one_thread):
        gc.enable()


def _due(*, full: bool) -> int | None:
    """Return the oldest generation whose count is over its threshold; None when not even the youngest's is."""
    over = [count > threshold for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
    if not over[_YOUNG]:
        return None
    if not over[_MIDDLE]:
        return _YOUNG
    return _ALL if over[_ALL] and full else _MIDDLE
