"""What a core can be told, as keys of core.toml, as environment variables and as flags."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from textcraft_bus.channel.messages import Mode
from textcraft_bus.config import BaseServiceConfig, ConfigSection
from textcraft_bus.constants import DEFAULT_PORTS
from textcraft_bus.schemas_base import MessageType
from textcraft_bus.spelling import Name, WebAddress
from textcraft_bus.zmq.config import (
    IMAGE_SERVER,
    ControllerServiceConfig,
    PublisherConfig,
    SubscriberConfig,
    WorkerConfig,
)
from textcraft_core.audience.settings import AudienceConfig, SensorsConfig, listed
from textcraft_core.day.settings import DayConfig
from textcraft_core.network import NetworkConfig
from textcraft_core.options import AfterComplete, EngineOptions, ServiceLimits
from textcraft_core.spend import Caps
from textcraft_core.stage.foreign.displays import DisplayOptions
from textcraft_core.stage.pictures.intake import GateOptions
from textcraft_core.stage.pictures.reserve import ReelOptions
from textcraft_core.stage.stage import StageOptions

PACE_SECONDS = {Mode.EDIT: 0.0, Mode.REHEARSE: 5.0, Mode.SHOW: 60.0}
"""The least time between two cycle starts of RUN when nothing else is set."""
AUTO_SECONDS = {Mode.EDIT: 45.0, Mode.REHEARSE: 8.0, Mode.SHOW: 45.0}
"""How long AUTO leaves a picture when nothing else is set."""


def _number_or_list(value: Any) -> Any:
    """A flag or variable gives a number, or names between commas."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else listed(value)


def _in_one_word(value: Any) -> Any:
    """`end card` and `begin anew` are written with a space, too."""
    return value.strip().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


class PaceConfig(ConfigSection):
    """How quickly cycles follow one another; `textcraft.cadence_s` says the same and is preferred."""

    cycle_seconds: float | None = Field(
        default=None, ge=0, description="least seconds from one cycle's start to the next in RUN"
    )


class EngineConfig(ConfigSection):
    """How the engine behaves."""

    cadence_s: float | None = Field(
        default=None, ge=0, description="least seconds from one cycle's start to the next in RUN"
    )
    cycle_seconds: float | None = Field(default=None, ge=0, description="an older name of cadence_s")
    stuck_after: int = Field(default=3, ge=1, description="cycles without any change until the engine pauses")
    approval: Literal["gate", "hand"] = Field(
        default="gate", description="who lets pictures into NEXT: the gate, or your hand"
    )
    auto_seconds: float | None = Field(default=None, ge=1, description="seconds AUTO leaves a picture up")
    image_servers: Annotated[int | list[str] | None, BeforeValidator(_number_or_list)] = Field(
        default=None,
        description="image servers to start: how many, or NAME and NAME=BACKEND in a list; the console starts one",
    )
    prompt_tokens: int = Field(
        default=12_000, ge=1000, description="longest first prompt, in tokens, however long the book is"
    )
    lonely_minutes: float = Field(default=10.0, gt=0, description="minutes a wall without a core keeps its picture")
    picture_width: int = Field(default=1920, ge=64, le=8192, description="width of a new picture, pixels")
    picture_height: int = Field(default=1080, ge=64, le=8192, description="height of a new picture, pixels")
    on_complete: Annotated[AfterComplete, BeforeValidator(_in_one_word)] = Field(
        default=AfterComplete.CONTINUE,
        description="what follows when the book is complete: continue, end_card, retell or begin_anew",
    )
    end_card: str = Field(default="", max_length=200, description="words of the end card; empty: the title")
    fallback: Annotated[list[str] | None, BeforeValidator(listed)] = Field(
        default=None,
        description="who is asked after the live brain: ADDRESS [MODEL], rehearsal, reserve; in SHOW: reserve",
    )
    rehearsal_in_show: bool = Field(default=False, description="the rehearsal brain may stand in during SHOW")


class GateConfig(ConfigSection):
    """What the gate before NEXT refuses, and what keeps the walls alive when nothing new comes."""

    words: Annotated[tuple[str, ...], BeforeValidator(listed)] = Field(
        default=(), description="words and phrases that must not go up on a wall"
    )
    moderation: WebAddress = Field(
        default="",
        description="OpenAI-compatible server that judges whether a picture is safe",
    )
    moderation_model: str = Field(default="omni-moderation-latest", description="model of that server")
    safety_seconds: float = Field(default=15.0, gt=0, le=120, description="seconds to wait for its answer")
    unchecked: Literal["hand", "pass", "refuse"] = Field(
        default="hand",
        description="a picture it did not judge: your hand decides (refused while nobody is there), or pass, or refuse",
    )
    folders: Annotated[tuple[Path, ...], BeforeValidator(listed)] = Field(
        default=(), description="further folders that pictures of image servers on this machine may lie in"
    )
    overrule_unsafe: bool = Field(default=False, description="an operator may let an unsafe picture pass")
    reserve_after: float = Field(
        default=120.0, ge=1, description="seconds without a new picture until the reserve reel begins"
    )
    reserve_seconds: float = Field(default=60.0, ge=1, description="seconds each picture of the reserve reel stays")

    def options(self) -> GateOptions:
        """Return what the stage asks of its gate."""
        return GateOptions(
            words=self.words,
            unchecked=self.unchecked,
            safety_seconds=self.safety_seconds,
            overrule_unsafe=self.overrule_unsafe,
            moderation_url=self.moderation,
            folders=self.folders,
            moderation_model=self.moderation_model,
            reel=ReelOptions(self.reserve_after, self.reserve_seconds),
        )


class LatencyConfig(ConfigSection):
    """How quickly the rehearsal brain answers."""

    first_token_s: float = Field(default=0.6, ge=0, description="seconds until the rehearsal brain's first word")
    tokens_per_s: float = Field(default=60.0, ge=0, description="its words per second; 0: all at once")
    replay_speed: float = Field(
        default=0.0, ge=0, description="speed of a replay: 1 as it was, 10 ten times as fast, 0 at once"
    )


class LlmConfig(ConfigSection):
    """The server of the live brain; its key is read from .env, the environment or the keyring, never from here."""

    provider: str | None = Field(default=None, description="short name of a server: openai, anthropic, ollama …")
    base_url: str | None = Field(default=None, description="address of an OpenAI-compatible server")
    model: str | None = Field(default=None, description="model to use where the server lacks a persona's own")
    max_tokens: int | None = Field(default=None, gt=0, description="longest answer in tokens, whatever a persona says")
    temperature: float | None = Field(default=None, ge=0, le=2, description="temperature of personas that name none")
    timeout: float | None = Field(default=None, gt=0, description="longest silence, seconds (60)")
    deadline: float | None = Field(default=None, gt=0, description="longest call with all its attempts, seconds (600)")
    max_retries: int | None = Field(default=None, ge=0, description="tries after the first (3)")
    cap_day: float = Field(default=10.0, ge=0, description="most a day may cost, USD")
    cap_show: float = Field(default=100.0, ge=0, description="most this show may cost, USD")
    price: str | None = Field(default=None, description="auto, free, or PROMPT/COMPLETION in USD per million tokens")

    @property
    def caps(self) -> Caps:
        """The caps of the show's account."""
        return Caps(self.cap_day, self.cap_show)

    def table(self) -> dict[str, Any]:
        """Return what was said, as the live brain's settings read it."""
        return self.model_dump(exclude_none=True, exclude={"temperature"})


class NotifyConfig(ConfigSection):
    """Who is told that a process is ill or well again; the log always is."""

    webhook: WebAddress = Field(
        default="",
        description="address to notify; better in .env as TEXTCRAFT_NOTIFY__WEBHOOK. None: only the log",
    )
    cooldown_s: float = Field(default=300.0, ge=10, le=86400, description="seconds until the same is told again")
    least: Literal["warning", "error"] = Field(default="warning", description="the least that is told")


class DisplaysConfig(ConfigSection):
    """Displays of others, that listen to the events port."""

    pictures: Literal["file", "data"] = Field(
        default="file", description="send them the address of a picture, or the whole picture (other machines)"
    )
    width: int = Field(default=1920, ge=64, le=8192, description="widest picture they are sent, pixels")
    height: int = Field(default=1080, ge=64, le=8192, description="highest picture they are sent, pixels")
    safe_look: Path | None = Field(default=None, description="picture of their safe look")

    def options(self) -> DisplayOptions:
        """Return what was said, as the stage reads it."""
        return DisplayOptions(self.pictures, (self.width, self.height), self.safe_look)


def _channels() -> ControllerServiceConfig:
    """Everything a core of the ecosystem opens: 5555, 5556, 5557, and 5564 with 5565 for image servers."""
    return ControllerServiceConfig.model_construct(
        name="textcraft-core",
        publisher=PublisherConfig.model_construct(default_topic=MessageType.DISPLAY_MEDIA.value),
        subscriber=SubscriberConfig.model_construct(),
        updates=SubscriberConfig.model_construct(port=DEFAULT_PORTS["updates"], bind=True),
        workers={IMAGE_SERVER: WorkerConfig.model_construct(name=IMAGE_SERVER)},
    )


class TextCraftCoreConfig(BaseServiceConfig):
    """Settings of the story engine and its service."""

    config_name: ClassVar[str] = "core"

    read_by_others: ClassVar[frozenset[str]] = frozenset(
        {"walls", "size", "language", "osc", "unattended_minutes", "ports", "shots"}
    )

    service_name: Name = Field(default="textcraft-core", description="name of the process in logs")
    seed: int = Field(default=1, ge=0, description="seed of the rehearsal brain and of the pictures")
    brain: Literal["rehearsal", "live", "replay"] = Field(
        default="rehearsal", description="who plays the roles: rehearsal (no network, no cost), live or replay"
    )
    fault_profile: str = Field(
        default="",
        description="what goes wrong in a rehearsal: calm, slow, storm, garbage, darkroom, loose-cable or a TOML file",
    )
    textcraft: EngineConfig = EngineConfig.model_construct()
    pace: PaceConfig = PaceConfig.model_construct()
    gate: GateConfig = GateConfig.model_construct()
    network: NetworkConfig = NetworkConfig.model_construct()
    rehearsal: LatencyConfig = LatencyConfig.model_construct()
    llm: LlmConfig = LlmConfig.model_construct()
    day: DayConfig = DayConfig.model_construct()
    audience: AudienceConfig = AudienceConfig.model_construct()
    sensors: SensorsConfig = SensorsConfig.model_construct()
    displays: DisplaysConfig = DisplaysConfig.model_construct()
    notify: NotifyConfig = NotifyConfig.model_construct()
    zmq: ControllerServiceConfig = Field(default_factory=_channels, description="the ecosystem's channels")

    @property
    def cadence(self) -> float | None:
        """The least time between cycle starts, by whichever of its names it was given; None: the mode's."""
        names = (self.textcraft.cadence_s, self.pace.cycle_seconds, self.textcraft.cycle_seconds)
        return next((seconds for seconds in names if seconds is not None), None)

    def stage_options(self, mode: Mode, watermark: str = "", *, pace: float | None = None) -> StageOptions:
        """Return how a show is played in a mode; `pace` replaces the least time between cycle starts."""
        engine = self.textcraft
        said = self.cadence
        cycle_seconds = PACE_SECONDS[mode] if said is None else said
        return StageOptions(
            mode=mode,
            auto_seconds=AUTO_SECONDS[mode] if engine.auto_seconds is None else engine.auto_seconds,
            watermark=watermark,
            lonely_minutes=engine.lonely_minutes,
            approve_by_hand=engine.approval == "hand",
            displays=self.displays.options(),
            caps=self.llm.caps,
            end_card=engine.end_card,
            gate=self.gate.options(),
            fault_profile="" if self.brain == "live" else self.fault_profile,
            audience=self.audience,
            sensors=self.sensors,
            day=self.day,
            engine=self.engine_options(cycle_seconds if pace is None else pace, mode),
        )

    def engine_options(self, cycle_seconds: float, mode: Mode = Mode.REHEARSE) -> EngineOptions:
        """Return the figures of the engine alone."""
        return EngineOptions(
            seed=self.seed,
            cycle_seconds=cycle_seconds,
            stuck_after=self.textcraft.stuck_after,
            limits=ServiceLimits(prompt_tokens=self.textcraft.prompt_tokens),
            picture_width=self.textcraft.picture_width,
            picture_height=self.textcraft.picture_height,
            temperature=self.llm.temperature,
            after_complete=self.textcraft.on_complete,
            persevere=self._perseveres(mode),
        )

    def _perseveres(self, mode: Mode) -> bool:
        """Whether RUN tries again for as long as it takes: the reserve reel keeps the walls alive meanwhile."""
        listed = self.textcraft.fallback
        return self.brain == "live" and (mode is Mode.SHOW if listed is None else listed[-1:] == ["reserve"])
