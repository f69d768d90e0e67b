"""A small part of Markdown as HTML: headings, paragraphs, lists, tables, code, pictures, links, bold, code words.

Everything else is text and stays literal: no HTML goes through, and whoever calls says what an address becomes.
"""

import html
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Final

Address = Callable[[str], str]
"""Turns the address of a link or picture into the one that is written; "" leaves it out."""
_HEADING: Final = re.compile(r"(#{1,4}) (.+)")
_ITEM: Final = re.compile(r"(?:[-*]|\d+\.) (.*)")
_PICTURE: Final = re.compile(r"!\[([^\]]*)\]\(([^()\s]+)\)")
_INLINE: Final = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^()\s]+)\)|\*([^*\s][^*]*)\*")
_TABLE_RULE: Final = re.compile(r"\|[\s:|-]+\|")


def to_html(text: str, address: Address) -> str:
    """Return a page's body."""
    return "\n".join(_blocks(text.splitlines(), address))


def title_of(text: str) -> str:
    """Return the first heading of a page, "" when it has none."""
    return next((found[2] for line in text.splitlines() if (found := _HEADING.match(line))), "")


def anchor(words: str) -> str:
    """Return the name of a heading within its page."""
    return "-".join(re.findall(r"\w+", words.casefold()))


def _blocks(lines: list[str], address: Address) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif _is_fence(line):
            end = next((n for n in range(at + 1, len(lines)) if _is_fence(lines[n])), len(lines))
            code = textwrap.dedent("\n".join(lines[at + 1 : end]))
            yield f"<pre>{html.escape(code)}</pre>"
            at = end + 1
        else:
            end = _end_of(lines, at)
            yield _block(lines[at:end], address)
            at = end


def _is_fence(line: str) -> bool:
    return line.strip().startswith("```")


def _end_of(lines: list[str], at: int) -> int:
    """Return where the block that begins at a line ends: at an empty line, a heading, or where lists and text part."""
    if _HEADING.match(lines[at]):
        return at + 1
    listed = bool(_ITEM.match(lines[at]))
    for number in range(at + 1, len(lines)):
        line = lines[number]
        begins = bool(_HEADING.match(line)) or _is_fence(line)
        if not line.strip() or begins or (not listed and bool(_ITEM.match(line))):
            return number
    return len(lines)


def _block(lines: list[str], address: Address) -> str:
    if heading := _HEADING.match(lines[0]):
        level, words = len(heading[1]), heading[2]
        return f'<h{level} id="{anchor(words)}">{_inline(words, address)}</h{level}>'
    if picture := _PICTURE.fullmatch(lines[0].strip()):
        where = address(picture[2])
        alt = html.escape(picture[1], quote=True)
        return f'<p class="picture"><img src="{html.escape(where, quote=True)}" alt="{alt}"></p>' if where else ""
    if len(lines) > 1 and _TABLE_RULE.fullmatch(lines[1].strip()):
        return _table(lines, address)
    if _ITEM.match(lines[0]):
        return _list(lines, address)
    return f"<p>{_inline(' '.join(line.strip() for line in lines), address)}</p>"


def _list(lines: list[str], address: Address) -> str:
    items: list[str] = []
    for line in lines:
        if found := _ITEM.match(line):
            items.append(found[1])
        else:
            items[-1] += f" {line.strip()}"
    told = "".join(f"<li>{_inline(item, address)}</li>" for item in items)
    first = lines[0].partition(".")[0]
    return f'<ol start="{first}">{told}</ol>' if first.isdigit() else f"<ul>{told}</ul>"


def _table(lines: list[str], address: Address) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    head = "".join(f"<th>{_inline(cell, address)}</th>" for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{_inline(c, address)}</td>' for c in row)}</tr>" for row in rows[2:])
    return f"<table><tr>{head}</tr>{body}</table>"


def _inline(text: str, address: Address) -> str:
    out, at = [], 0
    for found in _INLINE.finditer(text):
        out.append(html.escape(text[at : found.start()]))
        out.append(_marked(found, address))
        at = found.end()
    return "".join([*out, html.escape(text[at:])])


def _marked(found: re.Match[str], address: Address) -> str:
    code, bold, words, where, emphasis = found.groups()
    if code is not None:
        return f"<code>{html.escape(code)}</code>"
    if bold is not None:
        return f"<b>{_inline(bold, address)}</b>"
    if emphasis is not None:
        return f"<i>{html.escape(emphasis)}</i>"
    to = address(where)
    return f'<a href="{html.escape(to, quote=True)}">{html.escape(words)}</a>' if to else html.escape(words)
