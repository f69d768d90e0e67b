"""The bench behind its panel: how rehearsals are played, and what becomes of their copies; knows no widget."""

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_bus.errors import BusError
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.ai_services.settings import LlmSettings, SettingsError
from textcraft_core.bench import BenchSettings
from textcraft_core.brains.choice import Conceal, bench_maker, brain_maker
from textcraft_core.brains.faults import FaultProfile, load_profile, shipped_profiles
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.record.differences import Piece, word_diff
from textcraft_core.replay.recorded import Recorded, recordings_of
from textcraft_core.show import rehearsals
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.rehearsals import Difference, Rehearsal
from textcraft_core.show_account import ShowAccount
from textcraft_core.stage.stage import BrainMaker, Stage, StageOptions
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.rehearsal.bench_work import BenchWork
from textcraft_gui.rehearsal.kept import with_kept
from textcraft_gui.words.i18n import later, tr, translated

log = logging.getLogger(__name__)

FREE, PAID = "free", "paid"
NOTHING_SPENT = later("outside SHOW nothing is spent: the rehearsal brain plays in place of the one that costs money")
T = TypeVar("T")


class Host(Protocol):
    """What the bench asks of the session."""

    def rehearsing(self) -> Stage | None:
        """The stage in play, if it is a rehearsal's."""
        ...

    async def play_anew(self) -> None:
        """Exchange the stage of a rehearsal for another on the same copy. Raises CommandRefused."""
        ...

    def tell(self, event: ev.Event) -> None:
        """Tell an event that belongs to no stage."""
        ...


class Bench:
    """One for each session. Its reads may be asked at any time; they block in worker threads."""

    def __init__(self, show: ShowFolder, config: ConsoleConfig, clock: Clock, conceal: Conceal, host: Host) -> None:
        self._show = show
        self._config = config
        self._clock = clock
        self._conceal = conceal
        self._host = host
        self.work = BenchWork(host.tell)
        pace = config.rehearsal
        self.settings = BenchSettings(
            brain="live" if config.brain == "live" else "rehearsal",
            first_token_s=min(60.0, pace.first_token_s),
            tokens_per_s=min(1000.0, pace.tokens_per_s),
            fault_profile=config.fault_profile,
        )
        self.on_set: Callable[[BenchSettings], object] = lambda _settings: None
        """Told of every change, so that it is kept."""
        self.playing = ""
        """The rehearsal in play, by name: that copy stays."""
        self._profile: FaultProfile | None = None
        self._looked = False
        self._kept_profile: str | None = None
        """The fault profile that was taken over; None when nothing was."""
        self._live, self._live_words = "", ""
        self._warning = ""
        self._from_cycle = 0

    # How rehearsals are played

    def take_over(self, kept: BenchSettings) -> None:
        """Play as the last console did, where this one's configuration says nothing; before the first `look`."""
        before, self.settings = self.settings, with_kept(self.settings, kept, self._config)
        taken = self.settings.fault_profile
        self._kept_profile = taken if taken != before.fault_profile else None

    async def look(self) -> None:
        """Read the profile and which live brain there is, once. Raises ShowError."""
        if self._looked:
            return
        await self._look_at_profile()
        self._live, self._live_words = await asyncio.to_thread(self._look_at_live)
        if self.settings.brain == "live" and self._live != FREE:
            self.settings = self.settings.model_copy(update={"brain": "rehearsal"})
            self._warning = translated(NOTHING_SPENT)
        self._looked = True

    async def _look_at_profile(self) -> None:
        """A profile that was kept and is gone by now is left out; one that was asked for is not."""
        try:
            self._profile = await asyncio.to_thread(self._read_profile, self.settings)
        except EngineError as error:
            if self.settings.fault_profile != self._kept_profile:
                raise
            log.warning("the fault profile of the last rehearsal cannot be used: %s", error)
            self.settings = self.settings.model_copy(update={"fault_profile": ""})

    def _read_profile(self, settings: BenchSettings) -> FaultProfile | None:
        return load_profile(settings.fault_profile, self._show.root) if settings.fault_profile else None

    def _look_at_live(self) -> tuple[str, str]:
        if self._config.brain != "live" and not self._config.llm.table().keys() & {"base_url", "provider"}:
            return "", tr("no server is set: [llm] base_url in core.toml names one")
        try:
            settings = LlmSettings.read(self._config.llm.table(), self._show.root / ".env")
        except SettingsError as error:
            return "", str(error)
        if secret := settings.key.get_secret_value():
            self._conceal(secret)
        return (FREE if settings.free else PAID), f"{settings.model} at {settings.base_url}"

    @property
    def told(self) -> ev.BenchSet:
        """How rehearsals are played, as an event."""
        return ev.BenchSet(
            settings=self.settings, from_cycle=self._from_cycle, live=self._live, live_words=self._live_words
        )

    async def set(self, command: cmd.SetBench) -> None:
        """Play rehearsals like this from now on. Raises CommandRefused."""
        settings = command.settings
        self._refuse_live(settings)
        try:
            profile = await asyncio.to_thread(self._read_profile, settings)
        except EngineError as error:
            raise CommandRefused(str(error)) from error
        before = self.settings, self._profile
        self.settings, self._profile, self._warning, self._from_cycle = settings, profile, "", 0
        stage = self._host.rehearsing()
        if stage is not None and before[0].begins_anew(settings):
            try:
                await self._host.play_anew()
            except CommandRefused:
                self.settings, self._profile = before
                raise
        elif stage is not None:
            self._from_cycle = stage.engine.cycle + 1 if stage.bench.busy else 0
            await stage.bench.apply(settings, profile)
        self.on_set(self.settings)
        self._host.tell(self.told)

    def _refuse_live(self, settings: BenchSettings) -> None:
        if settings.brain != "live":
            return
        if not self._live:
            raise CommandRefused(tr("No live brain can play: {why}", why=self._live_words))
        if self._live == PAID and settings.most_usd <= 0:
            raise CommandRefused(tr("The live brain costs money: say how much this rehearsal may cost."))

    async def apply(self, stage: Stage) -> None:
        """Let a rehearsal that is about to open be played so."""
        self._from_cycle = 0
        await stage.bench.apply(self.settings, self._profile)

    def config(self, mode: Mode) -> ConsoleConfig:
        """Return the configuration as a mode plays by it: a rehearsal has the brain and the sum of the bench."""
        if mode is not Mode.REHEARSE:
            return self._config
        changed: dict[str, object] = {"brain": self.settings.brain, "fault_profile": self.settings.fault_profile}
        if self.settings.brain == "live" and self._live == PAID:
            caps = {"cap_day": self.settings.most_usd, "cap_show": self.settings.most_usd}
            changed["llm"] = self._config.llm.model_copy(update=caps)
        return self._config.model_copy(update=changed)

    def options(self, show: ShowFolder, mode: Mode, watermark: str, pace: float | None) -> StageOptions:
        """Return how a mode is played; what a rehearsal costs is taken from the show's own account as well."""
        options = self.config(mode).stage_options(mode, watermark, pace=pace)
        if mode is not Mode.REHEARSE:
            return options
        payer = ShowAccount(self._show, self._config.llm.caps, self._clock, show.root.name)
        return dataclasses.replace(options, payer=payer)

    def brain_maker(self, show: ShowFolder, mode: Mode) -> BrainMaker:
        """Blocking. A rehearsal's copy has no secrets: they are read where the show lies. Raises SettingsError.

        In EDIT nothing is asked by itself, so there the configured brain may cost: each step and each trial is by hand.
        """
        if mode is Mode.REHEARSE and self.settings.brain == "rehearsal":
            return bench_maker(show, self._config, self.settings, self._profile, self._warning)
        may_cost = mode is Mode.EDIT or (mode is Mode.REHEARSE and self.settings.most_usd > 0)
        dotenv = self._show.root / ".env"
        config = self.config(mode)
        return brain_maker(show, config, self._clock, self._conceal, mode=mode, may_cost=may_cost, dotenv=dotenv)

    # What becomes of the copies

    async def prune(self, command: cmd.PruneRehearsals) -> None:
        """Delete old copies that nobody kept. Raises CommandRefused; what was deleted before it is told."""
        found = await self.copies()
        gone: list[Rehearsal] = []
        progress = self.work.begin(
            lambda share: ev.BenchWork(doing=tr("Old rehearsals are being deleted"), fraction=share)
        )
        old = rehearsals.older_than(found, command.days, self._clock.now(), but=self.playing)
        try:
            for copy in old:
                progress(len(gone) / len(old))
                await asyncio.to_thread(rehearsals.throw_away, self._show, copy.name)
                gone.append(copy)
        except EngineError as error:
            raise CommandRefused(str(error)) from error
        finally:
            self._host.tell(ev.BenchWork())
            names = tuple(copy.name for copy in gone)
            self._host.tell(ev.RehearsalsPruned(names=names, freed=sum(copy.size for copy in gone)))

    # What the panel reads

    async def copies(self) -> list[Rehearsal]:
        """Return the copies of rehearsals, the newest first."""
        return await _read(lambda: rehearsals.all_rehearsals(self._show))

    async def recordings(self) -> list[Recorded]:
        """Return what can be replayed, the show's own recording first."""
        return await _read(lambda: recordings_of(self._show))

    async def differences(self, name: str) -> list[Difference]:
        """Return the texts a copy changed. Raises CommandRefused."""
        return await _read(lambda: rehearsals.differences(self._show, name))

    async def pieces(self, name: str, path: str) -> tuple[Piece, ...]:
        """Return a text of the show and of a copy as pieces. Raises CommandRefused."""
        return await _read(lambda: word_diff(*rehearsals.texts_of(self._show, name, path)))

    async def profiles(self) -> dict[str, str]:
        """Return the fault profiles that ship with the engine: name → what it is like."""
        return await _read(lambda: {name: found.description for name, found in shipped_profiles().items()})


async def _read(read: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(read)
    except (EngineError, BusError, OSError) as error:
        raise CommandRefused(str(error)) from error
