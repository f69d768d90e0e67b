"""Turns of a conversation put together from their parts: only the final one counts; pure, keeps no more than needed."""

from collections import OrderedDict
from typing import Final

from textcraft_bus.schemas_base import TranscriptUpdate

MOST_OPEN: Final = 64
MOST_ENDED: Final = 512
Turn = tuple[str, str, str]


class Turns:
    """Hand it every update; it returns the text of a turn once, when the turn has ended."""

    def __init__(self) -> None:
        self._open: OrderedDict[Turn, str] = OrderedDict()
        self._ended: OrderedDict[Turn, None] = OrderedDict()

    def take(self, update: TranscriptUpdate) -> str | None:
        """Return what was said in the turn this update ends; None for a part of one and for a turn that ended before.

        A later part replaces the earlier ones; an empty final one stands for the last part. A turn without an id is
        one of its own.
        """
        turn = (update.session_id or "", update.speaker_id, update.turn_id or "")
        if update.is_partial:
            self._note(turn, update.content)
            return None
        if not update.turn_id:
            return update.content
        if turn in self._ended:
            return None
        self._ended[turn] = None
        if len(self._ended) > MOST_ENDED:
            self._ended.popitem(last=False)
        last = self._open.pop(turn, "")
        return update.content if update.content.strip() else last

    def _note(self, turn: Turn, content: str) -> None:
        if not turn[2] or turn in self._ended:
            return
        self._open[turn] = content
        self._open.move_to_end(turn)
        if len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)
