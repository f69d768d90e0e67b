"""Has the C library give a picture's memory back to the system when the picture is gone; knows no picture.

Left alone, glibc moves its threshold up with each large block that is freed, so that decoded pictures come to lie among
small things that stay, in an arena for each thread that reads some: what is gone leaves holes, and a process that holds
no more than before grows for hours.
"""

import ctypes
import sys
from typing import Final

LARGE_BYTES: Final = 256 << 10
"""From here on a block is the system's own, and goes back to it whole."""
SPARE_BYTES: Final = 1 << 20
ARENAS: Final = 2
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def give_back() -> bool:
    """Say so once, before threads begin; False where the C library is another one."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        tell = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    wanted = ((_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, SPARE_BYTES), (_ARENA_MAX, ARENAS))
    return [tell(name, value) for name, value in wanted] == [1] * len(wanted)
