"""The tables of the manual's OSC page, written from the table of addresses, so that they are never wrong."""

from collections.abc import Iterator
from typing import Final

from textcraft_gui.remote.addresses import QUESTIONS
from textcraft_gui.remote.answers import arguments_of
from textcraft_gui.remote.table import ADDRESSES, GROUPS, PREFIX, WITHOUT, Address, Kind
from textcraft_gui.verbs.verb import Verb

ADDRESSES_HERE: Final = "{{addresses}}"
WITHOUT_HERE: Final = "{{without}}"


def filled(text: str) -> str:
    """Return a page with its tables in their places."""
    return text.replace(ADDRESSES_HERE, addresses()).replace(WITHOUT_HERE, without())


def addresses() -> str:
    """Return every address, group by group."""
    lines: list[str] = []
    for name, group in GROUPS.items():
        lines += [f"### {name}", "", *_table(group), ""]
    lines += ["### Questions", "", "| address | argument | answer |", "|---|---|---|"]
    lines += [f"| `{PREFIX}{name}` | none, or a text | {does} |" for name, does in QUESTIONS.items()]
    return "\n".join(lines)


def _table(group: tuple[Address, ...]) -> Iterator[str]:
    yield "| address | arguments | what it does |"
    yield "|---|---|---|"
    for address in group:
        held = " **Held for a second.**" if address.kind is Kind.HELD else ""
        yield f"| `{PREFIX}{address.name}` | {arguments_of(address)} | {address.does}.{held} |"


def without() -> str:
    """Return the verbs that have no address, each with the reason."""
    return "\n".join(f"- *{verb.value}*: {why}." for verb, why in WITHOUT.items())


def verbs_left() -> list[Verb]:
    """Return the verbs nobody spoke of: none, or the table is not whole."""
    reached = {address.verb for address in ADDRESSES.values()} | set(WITHOUT)
    return [verb for verb in Verb if verb not in reached]
