"""Which brain plays the roles, as the configuration and the mode say: the one place that decides; knows no role."""

from collections.abc import Callable, Sequence
from pathlib import Path

from textcraft_bus.channel.messages import Mode
from textcraft_bus.clock import Clock
from textcraft_core.ai_services.client import Brain
from textcraft_core.ai_services.settings import LlmSettings, SettingsError, fallback_key
from textcraft_core.bench import BenchSettings
from textcraft_core.brains.bench import BenchBrain, inner_maker
from textcraft_core.brains.chain import Chain, chain_of
from textcraft_core.brains.faults import FaultProfile, load_profile
from textcraft_core.brains.faulty import FaultyBrain, ProfilePace
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.events import Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder
from textcraft_core.spend import Ledger
from textcraft_core.stage.stage import BrainMaker

Conceal = Callable[[str], None]
"""Told of a secret that no log line may show."""


def brain_maker(
    show: ShowFolder,
    config: TextCraftCoreConfig,
    clock: Clock,
    conceal: Conceal,
    *,
    mode: Mode = Mode.SHOW,
    instant: bool = False,
    may_cost: bool = False,
    dotenv: Path | None = None,
) -> BrainMaker:
    """Return what makes the chosen brain for a mode. Blocking for a live one: reads .env. Raises SettingsError.

    `dotenv` is where the secrets lie when that is not the show's own .env: a rehearsal's copy has none. Outside SHOW
    nothing is spent: there a live brain that costs money is replaced by the rehearsal brain, and it is said; unless it
    `may_cost`, because it is asked by hand with its price in sight, or the operator named a sum.
    """
    if config.brain == "rehearsal":
        return rehearsal_maker(show, config, instant=instant)
    if config.brain == "replay":
        raise SettingsError(
            "a recording is played by textcraft-core, or on the rehearsal bench: choose rehearsal or live"
        )
    settings = LlmSettings.read(config.llm.table(), dotenv or show.root / ".env")
    if mode is not Mode.SHOW and not settings.free and not may_cost:
        text = "outside SHOW nothing is spent: the rehearsal brain plays in place of the one that costs money"
        return _saying(rehearsal_maker(show, config, instant=instant), text)
    chain = chain_of(config.textcraft.fallback, mode, rehearsal_in_show=config.textcraft.rehearsal_in_show)
    others = _others(settings, chain, dotenv or show.root / ".env")
    for each in (settings, *others):
        if secret := each.key.get_secret_value():
            conceal(secret)
    reserve = rehearsal_maker(show, config, instant=instant) if chain.rehearsal else None
    made = _live_maker((settings, *others), chain, reserve, clock)
    return _saying(made, chain.told) if chain.told else made


def rehearsal_maker(show: ShowFolder, config: TextCraftCoreConfig, *, instant: bool = False) -> BrainMaker:
    """Return what makes the brain that plays every role from the show's own data; `instant` takes no time.

    With a fault profile it is slow and goes wrong as that says. Raises ShowError for a profile that cannot be used.
    """
    if config.fault_profile:
        return _faulty_maker(show, config.seed, load_profile(config.fault_profile, show.root), 0.0 if instant else 1.0)
    pace = config.rehearsal
    latency = Latency(0.0, 0.0) if instant else Latency(pace.first_token_s, pace.tokens_per_s)
    return lambda _stream, _journal, _account: RehearsalBrain(show, config.seed, latency)


def bench_maker(
    show: ShowFolder,
    config: TextCraftCoreConfig,
    settings: BenchSettings,
    profile: FaultProfile | None,
    told: str = "",
) -> BrainMaker:
    """Return what makes a rehearsal brain that can be set anew while it plays; `told` is a warning it begins with."""

    def make(stream: EventStream, _journal: Journal, _account: Ledger) -> Brain:
        return BenchBrain(inner_maker(show, config.seed, stream.emit), settings, profile)

    return _saying(make, told) if told else make


def _faulty_maker(show: ShowFolder, seed: int, profile: FaultProfile, scale: float) -> BrainMaker:
    def make(stream: EventStream, _journal: Journal, _account: Ledger) -> Brain:
        inner = RehearsalBrain(show, seed, ProfilePace(profile, seed, scale))
        return FaultyBrain(inner, profile, seed, stream.emit, scale=scale)

    return make


def _others(first: LlmSettings, chain: Chain, dotenv: Path) -> tuple[LlmSettings, ...]:
    key = fallback_key(dotenv) if chain.servers else ""
    made = (first.elsewhere(server.base_url, server.model) for server in chain.servers)
    return tuple(each if each.local else each.elsewhere(each.base_url, each.model, key) for each in made)


def _live_maker(servers: Sequence[LlmSettings], chain: Chain, rehearsal: BrainMaker | None, clock: Clock) -> BrainMaker:
    from textcraft_core.ai_services.fallback import FallbackBrain  # noqa: PLC0415 - only where it plays
    from textcraft_core.ai_services.live import live_brain  # noqa: PLC0415 - as above

    def make(stream: EventStream, journal: Journal, account: Ledger) -> Brain:
        brains: list[Brain] = [
            live_brain(each, stream=stream, journal=journal, clock=clock, ledger=account) for each in servers
        ]
        if rehearsal is not None:
            brains.append(rehearsal(stream, journal, account))
        if len(brains) == 1 and not chain.reserve:
            return brains[0]
        return FallbackBrain(brains, stream.emit, clock, reserve=chain.reserve)

    return make


def _saying(make: BrainMaker, text: str) -> BrainMaker:
    def say(stream: EventStream, journal: Journal, account: Ledger) -> Brain:
        stream.emit(Warned(text=text, source="brain"))
        return make(stream, journal, account)

    return say
