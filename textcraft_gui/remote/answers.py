"""What a desk is answered when it asks: every address with its arguments, and what can be named now; pure."""

from collections.abc import Callable, Iterator
from typing import Final

from textcraft_gui.remote.addresses import HELP, LIST, QUESTIONS, Question
from textcraft_gui.remote.table import ADDRESSES, PREFIX, Address, Kind
from textcraft_gui.state.show_state import LineState, ShowState

Told = tuple[str, tuple[str, ...]]
"""An address and its texts."""
MOST_ROWS: Final = 99
MOST_CHARS: Final = 200


def arguments_of(address: Address) -> str:
    """Say what an address takes, each argument with its range or choices."""
    if address.kind is Kind.PRESS:
        return "none, or above 0"
    if address.pairs:
        return "pairs: " + "; ".join(f"`{each.name}` and {each.said}" for each in address.pairs)
    words = [f"{'[' if each.optional else ''}{each.name}: {each.said}{']' if each.optional else ''}" for each in
             address.arguments]  # fmt: skip
    return "; ".join([*words, "1 or 0"] if address.kind is Kind.HELD else words)


def answers(question: Question, state: ShowState) -> Iterator[Told]:
    """Yield what a question is answered; what nobody knows is answered by nothing."""
    if question.name == HELP:
        yield from _help(question.about.removeprefix(PREFIX))
    elif question.name == LIST:
        yield from _list(question.about, state)


def _help(about: str) -> Iterator[Told]:
    for address in ADDRESSES.values():
        if about in {"", address.name}:
            told = (arguments_of(address), address.does, address.kind.value)
            yield f"{PREFIX}{HELP}/{address.name}", tuple(each.replace("`", "") for each in told)
    if not about:
        for name, does in QUESTIONS.items():
            yield f"{PREFIX}{HELP}/{name}", ("", does.replace("`", ""), "a question, answered to the desk alone")


def _list(what: str, state: ShowState) -> Iterator[Told]:
    rows = _ROWS[what](state) if what in _ROWS else []
    for place, row in enumerate(rows[:MOST_ROWS], start=1):
        yield f"{PREFIX}{LIST}/{what}/{place}", tuple(" ".join(each.split())[:MOST_CHARS] for each in row)


_ROWS: Final[dict[str, Callable[[ShowState], list[tuple[str, str]]]]] = {
    "pictures": lambda state: [(each.request_id, each.caption) for each in state.candidates.values()],
    "walls": lambda state: [(each.name, each.label) for each in state.walls.values()],
    "chapters": lambda state: [(key, str(entry.get("title") or "")) for key, entry in state.matrix.items()],
    "lines": lambda state: [
        (each.input_id, each.text) for each in state.queue.values() if each.state is LineState.WAITING
    ],
    "stories": lambda state: [(each.story_id, each.text) for each in state.steering.visitors.values()],
    "checks": lambda state: [(each.name, each.found) for each in state.day.checks.values()],
}
LISTS: Final = tuple(_ROWS)
