"""The cards a house shows by itself: the closed card of the night, and the end card of a day or of the book.

Chosen by the operator, kept with the walls' settings, and put up here, whoever asks for it. Knows no day and no engine.
"""

import functools
from typing import Final

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.pictures.card_desk import CardDesk
from textcraft_core.stage.walls.house import HouseCard, Program, Which
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk

COMMANDS: Final = (cmd.SetCard, cmd.TryCard)


class HouseCards:
    """Chooses and shows them; a text is painted once, when it is chosen."""

    def __init__(self, playout: Playout, walls: WallDesk, cards: CardDesk) -> None:
        self._playout = playout
        self._walls = walls
        self._cards = cards

    async def handle(self, command: cmd.SetCard | cmd.TryCard) -> None:
        """Carry out one command. Raises CommandRefused."""
        if isinstance(command, cmd.SetCard):
            card = await self._chosen(command)
            await self._walls.change(lambda _now: self._playout.house.set_card(command.which, card))
            return
        if command.which is not None:
            self._may_try(command.which)
        await self._walls.change(lambda _now: self._playout.house.try_card(command.which))

    async def show_end(self, words: str) -> str:
        """Put up the end card that was chosen, else these words; return its request id, "" when there is neither.

        Raises CommandRefused under HOLD and PANIC, and for words that must not go up.
        """
        program = self._playout.house.card("end")
        if program is None:
            if not words:
                return ""
            program = await self._cards.paint(words)
        await self._walls.change(functools.partial(self._playout.put_card, program))
        return program.request_id

    async def close_house(self, on: bool) -> None:
        """The safe look is the closed card from now on, or itself again."""
        await self._walls.change(lambda _now: self._playout.house.set_closed(on))

    async def _chosen(self, command: cmd.SetCard) -> HouseCard | None:
        if command.request_id is not None:
            return HouseCard(self._playout.approved(command.request_id))
        text = command.text.strip()
        return HouseCard(await self._cards.paint(text), text) if text else None

    def _may_try(self, which: Which) -> Program:
        if self._playout.state.mode is Mode.SHOW:
            raise CommandRefused("In SHOW every wall belongs to the show: try cards in EDIT or REHEARSE.")
        chosen = self._playout.house.card(which)
        if chosen is None:
            raise CommandRefused("Choose a picture or a text first.")
        return chosen
