"""Keeps Python's garbage collector out of a program's way; knows not what the program makes.

A start makes hundreds of thousands of objects that stay for good. Looking through them again and again while they are
made costs a tenth of the start, and each later full collection would hold every thread for as long as it takes.
"""

import gc


def pause() -> None:
    """Collect nothing while the program starts; `settle` ends that."""
    gc.disable()


def settle() -> None:
    """Collect once, never look through what is left by now again, and collect as usual from here on."""
    gc.collect()
    gc.freeze()
    gc.enable()
