"""A recording before the operator: begun, led to any place and left again; the mode goes on unseen behind it.

Knows no widget. The replay plays in a hidden copy beside the rehearsals, which is deleted when it is left.
"""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.engine.history_commands import HISTORY_COMMANDS
from textcraft_core.engine.trial import COMMANDS as TRIAL_COMMANDS
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.orchestrator import ENGINE_COMMANDS
from textcraft_core.replay.pictures import RecordedPictures
from textcraft_core.replay.recorded import recording_named
from textcraft_core.replay.view import ReplayView, is_of_the_book
from textcraft_core.show.bible import Bible
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import engine_of
from textcraft_gui.rehearsal.bench_work import BenchWork
from textcraft_gui.words.i18n import later, tr, translated

if TYPE_CHECKING:
    from textcraft_core.replay.player import Player

COPY: Final = ".replay"
"""The folder's name; it is no rehearsal's, so nobody takes it for one that crashed."""
USUAL_SPEED: Final = 20.0
OF_THE_BOOK: Final[tuple[type[cmd.Command], ...]] = (
    *ENGINE_COMMANDS,
    *HISTORY_COMMANDS,
    *TRIAL_COMMANDS,
    cmd.DecideStory,
)
REFUSAL: Final = later("A recording is being played: leave the replay first.")
Tell = Callable[[ev.Event], None]


class Replays:
    """At most one recording at a time. `exchanged` is called whenever what was told before is of another time."""

    def __init__(
        self, show: ShowFolder, clock: Clock, tasks: Tasks, work: BenchWork, tell: Tell, exchanged: Callable[[], None]
    ) -> None:
        self._show = show
        self._clock = clock
        self._tasks = tasks
        self._work = work
        self._tell = tell
        self._exchanged = exchanged
        self.view: ReplayView | None = None

    def refusal(self, command: cmd.Command) -> str:
        """Why a command is refused while a recording is played; "" when it is not."""
        return translated(REFUSAL) if self.view is not None and isinstance(command, OF_THE_BOOK) else ""

    def hides(self, event: ev.Event) -> bool:
        """Whether an event of the stage is not shown now: it tells of another book."""
        return self.view is not None and is_of_the_book(event)

    async def start(self, command: cmd.StartReplay) -> None:
        """Stand before the first cycle of a recording. Raises CommandRefused; then nothing has changed."""
        await self.end()
        label = command.name or self._show.root.name
        told = tr("The recording of {label} is being copied", label=label)
        self._tell(ev.BenchWork(doing=told, fraction=0.0))
        try:
            view = await self._open(command.name, label, lambda share: ev.BenchWork(doing=told, fraction=share))
        except (EngineError, BusError, OSError) as error:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
            raise CommandRefused(str(error)) from error
        finally:
            self._tell(ev.BenchWork())
        self.view = view
        self._exchanged()

    @property
    def _folder(self) -> Path:
        return self._show.rehearsals / COPY

    async def _open(self, name: str, label: str, told: Callable[[float], ev.Event]) -> ReplayView:
        from textcraft_core.replay.places import begin_replay  # noqa: PLC0415 - off the start path
        from textcraft_core.replay.player import Player  # noqa: PLC0415 - as above

        progress = self._work.begin(told)
        source = await asyncio.to_thread(recording_named, self._show, name)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        copy, recording = await asyncio.to_thread(begin_replay, source, self._clock, progress, to=self._folder)
        player = Player(recording, copy, self._clock, engine_of, speed=USUAL_SPEED)
        player.subscribe(self._on_event)
        try:
            await player.open()
            folders = (source.images, self._show.images)
            pictures = await asyncio.to_thread(RecordedPictures, recording.journal, folders)
            view = ReplayView(player, label, Bible(player.copy, self._clock), pictures)
            await view.look_at_pictures()
        except BaseException:
            await player.close()
            raise
        return view

    async def end(self, _command: object = None) -> bool:
        """Return to where one was; False where nothing was played."""
        view, self.view = self.view, None
        if view is None:
            return False
        await view.player.close()
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self._exchanged()
        return True

    def _there(self) -> "Player":
        if self.view is None:
            raise CommandRefused(tr("No recording is being played."))
        return self.view.player

    async def play(self, command: cmd.PlayReplay) -> None:
        """Go on, or rest when the running cycle has ended. Raises CommandRefused."""
        player = self._there()
        if not command.on:
            player.pause()
            return
        if player.divergence is not None:
            raise CommandRefused(tr("It cannot go on from here: what came was not what was recorded."))
        if player.position >= player.length:
            raise CommandRefused(tr("This is the end of the recording: go back to see it again."))
        if not player.playing:
            self._tasks.start(player.play(), name="replay")

    async def seek(self, command: cmd.SeekReplay) -> None:
        """Stand at a place. Raises CommandRefused."""
        try:
            await self._there().seek(command.place)
        except (EngineError, BusError, OSError) as error:
            raise CommandRefused(str(error)) from error

    async def set_speed(self, command: cmd.SetReplaySpeed) -> None:
        """Go on at another speed at once. Raises CommandRefused."""
        self._there().speed = command.speed

    def _on_event(self, event: ev.Event) -> None:
        if self.view is None or isinstance(event, ev.RenderRequested):
            return  # a replay asks nobody for a picture, so none is waited for
        if isinstance(event, ev.ReplayStood):
            self._exchanged()
        else:
            self._tell(event)
        if isinstance(event, ev.ReplayMoved):
            self._tasks.start(self._show_pictures(self.view), name="pictures of the replay")

    async def _show_pictures(self, view: ReplayView) -> None:
        if await view.look_at_pictures() and view is self.view:
            self._tell(view.shown)
