"""Renames that Python's library does not know: two names exchanged, or a name taken only when nobody has it.

Each is one call of the system, so that nobody comes between a look and a rename. Knows neither temps nor contents.
"""

import errno
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

Place = str | Path
"""A name relative to a folder's handle, or a path where there are no handles."""

_EXCHANGE: Final = 2
_KEEP_OTHERS: Final = 1 if sys.platform.startswith("linux") else 4
_HERE: Final = -100 if sys.platform.startswith("linux") else -2  # AT_FDCWD: names are paths
# A file system that knows no such rename says so in one of these ways; a kernel or a libc that is too old as well.
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


def exchange(one: Place, other: Place, folder: int | None) -> bool:
    """Give each of two files the other's name, at one moment; both must be there. Raises OSError.

    False where system or file system cannot: then nothing happened.
    """
    return _call(one, other, folder, _EXCHANGE)


def take_free(old: Place, new: Place, folder: int | None) -> bool:
    """Rename, unless somebody has the new name. Raises OSError: FileExistsError when somebody has.

    False where system or file system cannot: then nothing happened.
    """
    if sys.platform == "win32":  # there no rename goes over a file (not run)
        os.rename(old, new)  # noqa: PTH104 - as below, by name or by path
        return True
    return _call(old, new, folder, _KEEP_OTHERS)


def _call(one: Place, other: Place, folder: int | None, flag: int) -> bool:
    call = _system_call()
    if call is None:
        return False
    code = call(_HERE if folder is None else folder, os.fsencode(one), os.fsencode(other), flag)
    if code in _UNKNOWN:
        return False
    if code:
        raise OSError(code, os.strerror(code), os.fspath(one))
    return True


@functools.cache
def _system_call() -> Callable[[int, bytes, bytes, int], int] | None:
    """Return Linux's renameat2 or the one of macOS (not run), which return an errno or 0; None where there is none."""
    name = {"linux": "renameat2", "darwin": "renameatx_np"}.get(sys.platform)
    if name is None:
        return None
    import ctypes  # noqa: PLC0415 - not before the first save: a start has no need of it

    found = getattr(ctypes.CDLL(None, use_errno=True), name, None)
    if found is None:  # glibc has it since 2.28, musl since 1.2.6
        return None
    found.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    found.restype = ctypes.c_int

    def call(folder: int, one: bytes, other: bytes, flag: int) -> int:
        return ctypes.get_errno() if found(folder, one, folder, other, flag) else 0

    return call
