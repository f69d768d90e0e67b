"""The rehearsal bench in memory: copies, recordings and what one of them changed."""

from datetime import UTC, datetime

from textcraft_core.errors import CommandRefused
from textcraft_core.record.differences import Piece, word_diff
from textcraft_core.replay.recorded import Recorded
from textcraft_core.show.rehearsals import Difference, Rehearsal

AT = datetime(2029, 12, 20, 19, 30, tzinfo=UTC)


class FakeBench:
    """Satisfies `textcraft_gui.session.ports.BenchPort`."""

    def __init__(self) -> None:
        self.found: list[Rehearsal] = []
        self.recorded: list[Recorded] = []
        self.changed: dict[str, list[Difference]] = {}
        self.texts: dict[tuple[str, str], tuple[str, str]] = {}
        self.refusal = ""

    def _may(self) -> None:
        if self.refusal:
            raise CommandRefused(self.refusal)

    async def copies(self) -> list[Rehearsal]:
        self._may()
        return list(self.found)

    async def recordings(self) -> list[Recorded]:
        self._may()
        return list(self.recorded)

    async def differences(self, name: str) -> list[Difference]:
        self._may()
        return self.changed.get(name, [])

    async def pieces(self, name: str, path: str) -> tuple[Piece, ...]:
        self._may()
        return word_diff(*self.texts[name, path])

    async def profiles(self) -> dict[str, str]:
        return {"calm": "A quiet evening.", "storm": "Opening night goes wrong."}
