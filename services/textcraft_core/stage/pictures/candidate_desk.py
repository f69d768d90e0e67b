"""The operator's hand on CANDIDATES and NEXT: stage, approve, reject, words, pin, overrule; knows no sockets."""

from textcraft_core import commands as cmd
from textcraft_core.events import Event
from textcraft_core.stage.pictures.gate import OVERRULED_BY_HAND
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk

COMMANDS = (cmd.Stage, cmd.Approve, cmd.Reject, cmd.EditCaption, cmd.Pin, cmd.Overrule)


class CandidateDesk:
    """Carries out what an operator decides about pictures; `may_be_overruled` are the gate's checks a hand may pass."""

    def __init__(
        self,
        playout: Playout,
        walls: WallDesk,
        words: Words,
        may_be_overruled: frozenset[str] = OVERRULED_BY_HAND,
    ) -> None:
        self._playout = playout
        self._walls = walls
        self._words = words
        self._may_be_overruled = may_be_overruled

    async def handle(self, command: cmd.Command) -> None:
        """Apply one command. Raises CommandRefused with a sentence for the operator."""
        await self._walls.change(lambda now: self._apply(command, now))

    def _apply(self, command: cmd.Command, now: float) -> list[Event]:
        playout = self._playout
        match command:
            case cmd.Stage(request_id=str(request_id)):
                return playout.stage(request_id)
            case cmd.Stage(direction=direction) if direction is not None:
                return playout.stage_neighbour(direction)
            case cmd.Approve(request_id=request_id):
                return playout.approve(request_id)
            case cmd.Reject(request_id=request_id):
                return playout.reject(request_id)
            case cmd.EditCaption(request_id=request_id, text=text):
                return playout.edit_caption(request_id, text, self._words.refusal(text))
            case cmd.Pin(request_id=request_id, on=on):
                return playout.pin(request_id, on)
            case cmd.Overrule(request_id=request_id, take=take):
                overruled = playout.overrule(request_id, self._may_be_overruled, then_take=take)
                return [*overruled, *(playout.take(now) if take else [])]
        return []
