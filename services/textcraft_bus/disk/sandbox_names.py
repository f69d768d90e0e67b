"""The verdict on a relative path, the same on every system; pure, touches no disk and knows no folder."""

import functools
import re
import unicodedata

from textcraft_bus.disk.temps import is_temp
from textcraft_bus.errors import SecurityError

MAX_COMPONENT_BYTES = 255
MAX_PATH_BYTES = 1024
_REMEMBERED = 16_384  # names: a folder is judged entry by entry at each access, and its names stay the same

# CONIN$ and CONOUT$ are devices too; the superscript digits of COM¹ count as digits and are folded by NFKC.
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|COM[0-9]|LPT[0-9])", re.IGNORECASE)
# PROGRA~1: the second name Windows gives to long names would reach a file under another name than the one judged.
_SHORT_ALIAS = re.compile(r"[^.]{1,6}~[0-9]{1,6}(\.[^.]{0,3})?")
_FORBIDDEN = frozenset('<>"|?*')
# Characters that look like a separator, a drive's colon or a back reference though normalisation leaves them alone.
_LOOK_ALIKE = frozenset("\u2044\u2215\u29f8\u2571\u2216\u29f5\u29f9\u2572\u2236\ua789\u0338\u0337")
_SEPARATORS = frozenset("./\\:")


def split_path(relative: str) -> tuple[str, ...]:
    """Return the components of an acceptable relative path; "" and "." give none.

    Backslashes separate like slashes, and single dots fall out. Raises SecurityError with the reason: absolute, drive,
    UNC, a step upwards, control or invisible characters, look-alikes, names Windows reserves or would change, alternate
    streams, a name that is not in its composed form (NFC), too long.
    """
    for reason, is_bad in _WHOLE:
        if is_bad(relative):
            raise SecurityError(relative, reason)
    parts = tuple(part for part in relative.replace("\\", "/").split("/") if part != ".")
    if parts == ("",):
        return ()
    for part in parts:
        for reason, is_bad in _COMPONENT:
            if is_bad(part):
                raise SecurityError(relative, reason)
    return parts


@functools.lru_cache(_REMEMBERED)
def is_plain_name(name: str) -> bool:
    """Say whether `name` is acceptable as one component, just as it is."""
    try:
        return split_path(name) == (name,)
    except SecurityError:
        return False


@functools.lru_cache(_REMEMBERED)
def same_elsewhere(name: str) -> str:
    """Return the key under which file systems that fold case and normalisation hold `name`."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _is_not_unicode(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _is_too_long(text: str) -> bool:
    return len(text) > MAX_PATH_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES


def _has_unseen(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in text)


def _has_look_alike(text: str) -> bool:
    return not text.isascii() and any(_is_look_alike(character) for character in text)


def _is_look_alike(character: str) -> bool:
    if character.isascii():
        return False
    folded = unicodedata.normalize("NFKC", character)
    return character in _LOOK_ALIKE or not _SEPARATORS.isdisjoint(folded) or not _LOOK_ALIKE.isdisjoint(folded)


def _is_reserved(part: str) -> bool:
    base = unicodedata.normalize("NFKC", part).split(".", 1)[0].rstrip(" ")
    return _RESERVED.fullmatch(base) is not None


# In this order, so that the reason names the worst that is wrong.
_WHOLE = (
    ("it is too long", _is_too_long),
    ("it is not valid Unicode", _is_not_unicode),
    ("it holds control or invisible characters", _has_unseen),
    ("it is absolute", lambda text: text.startswith(("/", "\\"))),
    ("it names a drive or an alternate stream", lambda text: ":" in text),
    ("it holds a look-alike of a dot, a slash or a colon", _has_look_alike),
)
_COMPONENT = (
    ("it holds an empty name", lambda part: part == ""),
    ("it leads upwards", lambda part: part == ".."),
    ("a name ends with a dot or a space", lambda part: part.endswith((".", " "))),
    ("a name is longer than 255 bytes", lambda part: len(part.encode("utf-8", "surrogatepass")) > MAX_COMPONENT_BYTES),
    ("it holds a character Windows forbids", lambda part: not _FORBIDDEN.isdisjoint(part)),
    ("it is a device name of Windows", _is_reserved),
    ("it is a short alias of another name", lambda part: _SHORT_ALIAS.fullmatch(part) is not None),
    ("it is the name of a half-written file", is_temp),
    ("a name is not in its composed form (NFC)", lambda part: unicodedata.normalize("NFC", part) != part),
)
