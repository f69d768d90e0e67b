"""The gate's look at words: length, control characters and the show's own list; knows no pictures and no policy."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS

MAX_LISTED: Final = 2_000
"""Words on a show's list; more would be a mistake of whoever filled it."""


class Words:
    """Says what is wrong with a text; `listed` are words and phrases that must not go up, in any case and accent."""

    def __init__(self, listed: Iterable[str] = ()) -> None:
        folded = sorted({_folded(word) for word in list(listed)[:MAX_LISTED]} - {""}, key=len, reverse=True)
        pattern = "|".join(re.escape(word) for word in folded)
        self._listed = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") if folded else None

    def refusal(self, text: str, most: int = MAX_CAPTION_CHARS) -> str:
        """Return why the words must not go up, as the end of a sentence; nothing when they may."""
        if len(text) > most:
            return f"its words are longer than {most} characters"
        if not text.isprintable():
            return "its words hold control characters"
        if self._listed is not None and self._listed.search(_folded(text)):
            return "its words hold one that is on the show's list"
        return ""


def _folded(text: str) -> str:
    """Return a text without case, accents and doubled spaces, so that the list cannot be slipped past by them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.split())
