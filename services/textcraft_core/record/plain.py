"""Makes data from a stranger storable: what JSON allows and no file, journal or event can hold is put plainly.

Pure; knows neither where the data comes from nor what it means.
"""

import math
import re
from typing import Any, Final

MAX_DEPTH: Final = 64
MAX_INTEGER: Final = 2**63
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def plain(value: object, depth: int = MAX_DEPTH) -> Any:
    """Return the same JSON data without half characters, endless integers and more than 64 levels.

    Halves of characters are joined or replaced, a whole number beyond 64 bits becomes one with a point, or None like
    every number that is none, and so does what is nested too deeply, or is no JSON at all.
    """
    match value:
        case str():
            return whole(value)
        case bool() | None:
            return value
        case int():
            return value if -MAX_INTEGER <= value < MAX_INTEGER else _rounded(value)
        case float():
            return value if math.isfinite(value) else None
        case dict() if depth:
            return {whole(str(key)): plain(each, depth - 1) for key, each in value.items()}
        case list() | tuple() if depth:
            return [plain(each, depth - 1) for each in value]
        case _:
            return None


def whole(text: str) -> str:
    """Join the halves of characters that came apart; a half without its other is replaced."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _rounded(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None
