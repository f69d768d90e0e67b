"""What Qt's text fields make of a text, and how what is typed in them gets back: only what was typed; knows no widget.

A field gives spaces for protected spaces and one line end for all kinds. Taken as it is, one key would change every
"Qui ?" of a French chapter, and every line of one from Windows.
"""

from typing import Final

from textcraft_core.show.text_bytes import same_ends

_SHOWN: Final = str.maketrans(dict.fromkeys("\r\u2028\u2029\ufdd0\ufdd1", "\n") | {"\u00a0": " "})
_MARK: Final = "\ufeff"


def as_field(content: str) -> str:
    """Return what a field gives back of a text nobody touched."""
    return content.removeprefix(_MARK).replace("\r\n", "\n").translate(_SHOWN)


def typed(content: str, text: str) -> str:
    """Return `content` with that in it which makes a field give `text`; new lines end as the others do."""
    shown = as_field(content)
    start, end = same_ends(shown, text)
    if len(shown) == len(text) == start:
        return content
    new = text[start : len(text) - end].replace("\n", _line_end(content))
    return content[: _place(content, start)] + new + content[_place(content, len(shown) - end) :]


def _line_end(content: str) -> str:
    if "\r\n" in content:
        return "\r\n"
    return "\r" if "\r" in content and "\n" not in content else "\n"


def _place(content: str, shown: int) -> int:
    """Return where in the content so many characters of what is shown have passed."""
    place = shown + content.startswith(_MARK)
    pair = content.find("\r\n")
    while 0 <= pair < place:
        place += 1
        pair = content.find("\r\n", pair + 2)
    return place
