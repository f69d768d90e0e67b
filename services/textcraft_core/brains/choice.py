"""Which brain plays the roles, as the configuration says; knows no role."""

from collections.abc import Callable

from textcraft_bus.clock import Clock
from textcraft_core.ai_services.live import live_brain
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import BrainMaker

Conceal = Callable[[str], None]
"""Told of a secret that no log line may show."""


def brain_maker(
    show: ShowFolder, config: TextCraftCoreConfig, clock: Clock, conceal: Conceal, *, instant: bool = False
) -> BrainMaker:
    """Return what makes the chosen brain. Blocking for a live one: reads .env. Raises SettingsError."""
    if config.brain == "live":
        return _live(show, config, clock, conceal)
    return rehearsal_maker(show, config, instant=instant)


def rehearsal_maker(show: ShowFolder, config: TextCraftCoreConfig, *, instant: bool = False) -> BrainMaker:
    """Return what makes the brain that plays every role from the show's own data; `instant` takes no time."""
    pace = config.rehearsal
    latency = Latency(0.0, 0.0) if instant else Latency(pace.first_token_s, pace.tokens_per_s)
    return lambda _stream, _journal: RehearsalBrain(show, config.seed, latency)


def _live(show: ShowFolder, config: TextCraftCoreConfig, clock: Clock, conceal: Conceal) -> BrainMaker:
    settings = LlmSettings.read(config.llm.model_dump(exclude_none=True), show.root / ".env")
    if secret := settings.key.get_secret_value():
        conceal(secret)
    return lambda stream, journal: live_brain(settings, stream=stream, journal=journal, clock=clock)
