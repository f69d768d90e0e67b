"""Events: what follows when the book is complete."""

from textcraft_core.events.base import CommittedEvent


class BookCompleted(CommittedEvent):
    """Every chapter of the brief is locked; `policy` says what follows: end_card, retell or begin_anew."""

    policy: str


class TellingArchived(CommittedEvent):
    """A finished telling lies in a folder of its own, by its path within the show, before it is taken away."""

    path: str


class TellingBegun(CommittedEvent):
    """The book is empty again, and the story begins anew."""
