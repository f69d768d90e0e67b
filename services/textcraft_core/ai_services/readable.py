"""The text inside JSON that has not ended yet, and text that must not be told; knows no tool and no server."""

import re
from collections.abc import Callable, Collection
from typing import Final

_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_PLAIN: Final = re.compile(r'[^"\\]+')
_HEX: Final = re.compile(r"[0-9a-fA-F]{4}")


class Readable:
    """Reads the string members of one JSON object that have one of the given names, as their characters arrive.

    Members of objects inside it are passed over. What is no JSON gives some text or none, never an error.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._depth = 0
        self._key = ""
        self._is_key = False
        self._text: list[str] | None = None
        self._escape = ""
        self._said: list[str] = []

    def feed(self, piece: str) -> str:
        """Return what of the text came with this piece of JSON, decoded."""
        self._said = []
        at = 0
        while at < len(piece):
            at = self._outside(piece, at) if self._text is None else self._inside(piece, at)
        return "".join(self._said)

    def _outside(self, piece: str, at: int) -> int:
        match piece[at]:
            case "{" | "[":
                self._depth += 1
                self._is_key = True
            case "}" | "]":
                self._depth -= 1
            case ",":
                self._is_key = True
            case ":":
                self._is_key = False
            case '"':
                self._text = []
        return at + 1

    def _inside(self, piece: str, at: int) -> int:
        if self._escape:
            return self._escaped(piece, at)
        plain = _PLAIN.match(piece, at)
        if plain is not None:
            self._put(plain[0])
            return plain.end()
        if piece[at] == "\\":
            self._escape = "\\"
        else:
            self._close()
        return at + 1

    def _escaped(self, piece: str, at: int) -> int:
        self._escape += piece[at]
        if self._escape[1] != "u":
            self._put(_ESCAPES.get(self._escape[1], self._escape[1]))
            self._escape = ""
        elif len(self._escape) == 6:
            self._put(chr(int(self._escape[2:], 16)) if _HEX.fullmatch(self._escape[2:]) else "�")
            self._escape = ""
        return at + 1

    def _put(self, text: str) -> None:
        if self._text is None:
            return
        if self._depth == 1 and not self._is_key:
            if self._key in self._names:
                self._said.append(text)
        elif len(self._text) < 64:
            self._text.append(text)

    def _close(self) -> None:
        if self._depth == 1 and self._is_key:
            self._key = "".join(self._text or ())
        self._text = None


class Curtain:
    """Passes text on whole, but for a half character at its end and anything that could be a secret's beginning.

    `found` becomes True, and nothing more is passed on, once the secret itself was there.
    """

    def __init__(self, on_text: Callable[[str], None], secret: str = "") -> None:
        self.found = False
        self._on_text = on_text
        self._secret = secret
        self._held = ""

    def __call__(self, piece: str) -> None:
        """Pass on what may be told of all that came so far."""
        text, self._held = self._held + piece, ""
        self.found = self.found or bool(self._secret and self._secret in text)
        if self.found:
            return
        keep = len(text) - self._doubtful(text)
        self._held = text[keep:]
        self._tell(text[:keep])

    def end(self) -> None:
        """Pass on what was held back."""
        if not self.found:
            self._tell(self._held)
        self._held = ""

    def _doubtful(self, text: str) -> int:
        for length in range(min(len(text), len(self._secret) - 1), 0, -1):
            if text.endswith(self._secret[:length]):
                return length
        return 1 if text and "\ud800" <= text[-1] <= "\udbff" else 0

    def _tell(self, text: str) -> None:
        if text:
            self._on_text(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
