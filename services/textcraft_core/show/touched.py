"""Which objects of a long mapping are others than before; knows nothing of what they are."""

import itertools
import operator
from collections.abc import Mapping
from typing import Final

_COMPARED: Final[list[tuple[Mapping[str, object], Mapping[str, object], tuple[str, ...]]]] = [({}, {}, ())]
"""The last two mappings that were compared, and what differs; one item, put in and taken out whole by any thread."""


def touched(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the keys in `after` whose object is not the very one it was before, in their order.

    Neither may be changed any more, as no matrix's content is.
    """
    if before is after:
        return []
    one, other, found = _COMPARED[0]
    if one is not before or other is not after:
        # All of it in C, and what was found is kept: a cycle asks this several times of the same 3,000 entries.
        found = tuple(itertools.compress(after, map(operator.is_not, after.values(), map(before.get, after))))
        _COMPARED[0] = before, after, found
    return list(found)
