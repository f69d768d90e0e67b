"""Pictures and texts of the operator's own: brought in through the same gate as every painted picture.

Knows no sockets. A file is read here once, with limits, and from then on only the show's own copy counts.
"""

import asyncio
from pathlib import Path
from uuid import uuid4

from textcraft_bus.channel.messages import Picture, RequestId
from textcraft_bus.disk.files import read_bytes, write_durably
from textcraft_bus.errors import BusError
from textcraft_bus.pictures import MAX_BYTES, check, sha256_of
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.intake import Arrival, Intake
from textcraft_core.stage.pictures.words import Words
from textcraft_core.stage.walls.house import Program

BACKEND = "card"


class CardDesk:
    """Brings cards in; text cards are painted in `size` (pixels, width and height)."""

    def __init__(self, images: Path, intake: Intake, stream: EventStream, words: Words, size: tuple[int, int]) -> None:
        self._images = images
        self._intake = intake
        self._stream = stream
        self._words = words
        self._size = size

    async def handle(self, command: cmd.AddCard) -> None:
        """Bring one card in. Raises CommandRefused with a sentence for the operator."""
        if bool(command.path) == bool(command.text):
            raise CommandRefused("A card is either a picture file or a text.")
        picture = await self._make(command)
        self._tell(picture, command)
        await self._intake.take_in(
            Arrival(picture.request_id, Path(picture.uri), picture.sha256, command.caption, backend=BACKEND)
        )

    async def paint(self, text: str) -> Program:
        """Return a text as a picture among the show's, its words looked at. Raises CommandRefused."""
        command = cmd.AddCard(text=text)
        picture = await self._make(command)
        self._tell(picture, command)
        return Program(RequestId(picture.request_id), picture, "")

    def _tell(self, picture: Picture, command: cmd.AddCard) -> None:
        kind, source = ("picture", command.path) if command.path else ("text", command.text)
        self._stream.emit(ev.CardAdded(request_id=picture.request_id, kind=kind, source=source or ""))

    async def _make(self, command: cmd.AddCard) -> Picture:
        try:
            return await asyncio.to_thread(self._written, command)
        except (BusError, OSError) as error:
            raise CommandRefused(f"This cannot become a card: {error}") from error

    def _written(self, command: cmd.AddCard) -> Picture:
        """Write the card among the show's pictures; blocking. Raises BusError, OSError, CommandRefused."""
        if command.path:
            data = read_bytes(Path(command.path), MAX_BYTES)
        else:
            if refusal := self._words.refusal(" ".join(command.text.split()), most=len(command.text)):
                raise CommandRefused(f"This text cannot go up: {refusal}.")
            from textcraft_core.stage.pictures.card import paint_card  # noqa: PLC0415 - it brings an image library

            data = paint_card(command.text, *self._size)
        info, sha256 = check(data), sha256_of(data)
        path = self._images / f"{sha256}.{info.ext}"
        write_durably(path, data)
        return Picture(
            sha256=sha256,
            uri=str(path),
            mime=info.mime,
            width=info.width,
            height=info.height,
            request_id=f"card-{uuid4()}",
        )
