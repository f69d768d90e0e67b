"""The key card to print, written from the table of actions, so that it is never wrong; knows no widget."""

import html
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from textcraft_gui.verbs.actions import ACTIONS, Action, On, Place

_GROUPS: Final = {
    Place.STOPS: "Stops",
    Place.PROGRAM: "Pictures on the walls",
    Place.FLOW: "The engine",
    Place.STATUS: "Modes",
    Place.CANDIDATES: "Candidates",
    Place.DAY: "The day",
    Place.KEYS_ONLY: "Everything else",
}
_HOW: Final = {On.HELD: "while held", On.LONG: "held for 1 s"}


def rows(actions: Iterable[Action] = ACTIONS) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Yield each group with its keys: cap, verb, what it does."""
    keyed = [action for action in actions if action.key]
    order = list(_GROUPS)
    for place, group in groupby(sorted(keyed, key=lambda each: order.index(each.place)), key=lambda each: each.place):
        yield _GROUPS[place], [(_cap(action), action.text, action.tooltip) for action in group]


def _cap(action: Action) -> str:
    cap, how = action.cap or action.key, _HOW.get(action.on, "")
    return f"{cap} ({how})" if how and "1 s" not in cap else cap


def to_html(actions: Iterable[Action] = ACTIONS) -> str:
    """Return the card's body."""
    return "".join(_group(name, keys) for name, keys in rows(actions))


def _group(name: str, keys: list[tuple[str, str, str]]) -> str:
    lines = "".join(
        f"<tr><td class='cap'><kbd>{html.escape(cap)}</kbd></td><td><b>{html.escape(verb)}</b></td>"
        f"<td>{html.escape(does)}</td></tr>"
        for cap, verb, does in keys
    )
    return f"<h2>{html.escape(name)}</h2><table>{lines}</table>"
