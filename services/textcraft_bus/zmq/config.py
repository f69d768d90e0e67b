"""Where a core's channels to the ecosystem are: one small model for each; opens nothing.

`MessageType` is that of the project in play.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BeforeValidator, Field

from textcraft_bus.config import ConfigSection
from textcraft_bus.constants import DEFAULT_PORTS, ZMQ_TCP_BIND_PREFIX, ZMQ_TCP_CONNECT_PREFIX
from textcraft_bus.spelling import spelled

if TYPE_CHECKING:
    from textcraft_bus.schemas_base import MessageType

__all__ = [
    "ControllerPullConfig",
    "ControllerPushConfig",
    "ControllerServiceConfig",
    "MessageType",
    "PublisherConfig",
    "SubscriberConfig",
    "WorkerConfig",
]

IMAGE_SERVER: Final = "image_server"
"""The name under which every core knows its image servers."""
ANSWER_SECONDS: Final = 60.0

Port = Annotated[int, Field(ge=0, le=65535, description="port; 0 is any free one")]
Address = Annotated[
    str,
    spelled(r"tcp://[^\s/:]+|tcp://\[[0-9a-fA-F:]+\]", "an address is written as tcp://HOST, without a port"),
    Field(description="tcp://HOST"),
]


def __getattr__(name: str) -> Any:
    """Return the project's MessageType: it is not known before the project is."""
    if name != "MessageType":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from textcraft_bus import schemas  # noqa: PLC0415 - it loads the project at the first look

    return schemas.MessageType


def _port(name: str) -> Any:
    return Field(default_factory=lambda: DEFAULT_PORTS[name])


def _as_list(value: Any) -> Any:
    """On a command line topics are written `A,B`."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Topics = Annotated[list[str], BeforeValidator(_as_list)]


class PublisherConfig(ConfigSection):
    """Where a service publishes; it binds."""

    address: Address = ZMQ_TCP_BIND_PREFIX
    port: Port = _port("events")
    default_topic: str | None = Field(default=None, description="topic of a message that names no type")


class SubscriberConfig(ConfigSection):
    """What a service listens to; it connects, or with `bind` lets publishers connect."""

    address: Address = ZMQ_TCP_CONNECT_PREFIX
    port: Port = _port("agent")
    topics: Topics = Field(default_factory=list, description="message types listened to; none: all")
    bind: bool = Field(default=False, description="bind, so that anybody may publish to this port")


class ControllerPushConfig(ConfigSection):
    """Where work is handed out; the controller binds."""

    address: Address = ZMQ_TCP_BIND_PREFIX
    port: Port = _port("image_requests")


class ControllerPullConfig(ConfigSection):
    """Where results come in; the controller binds."""

    address: Address = ZMQ_TCP_BIND_PREFIX
    port: Port = _port("image_results")


class WorkerConfig(ConfigSection):
    """One kind of worker: where it gets work and leaves results, and how long it may be silent."""

    name: str = IMAGE_SERVER
    push_config: ControllerPushConfig = Field(default_factory=ControllerPushConfig.model_construct)
    pull_config: ControllerPullConfig = Field(default_factory=ControllerPullConfig.model_construct)
    folders: Annotated[list[Path], BeforeValidator(_as_list)] = Field(
        default_factory=list, description="folders their results may lie in; none: the folder of the first picture"
    )
    timeout: float = Field(default=ANSWER_SECONDS, gt=0, le=3600, description="seconds of silence that are a failure")


class ControllerServiceConfig(ConfigSection):
    """All channels of a core; one that is None stays closed."""

    name: str = "controller"
    publisher: PublisherConfig | None = Field(default_factory=PublisherConfig.model_construct)
    subscriber: SubscriberConfig | None = None
    updates: SubscriberConfig | None = Field(default=None, description="a second subscriber: what anybody publishes")
    workers: dict[str, WorkerConfig] = Field(default_factory=dict)
    insecure_lan: bool = Field(
        default=False, description="let other machines reach these ports, which know no keys and no secrets"
    )
