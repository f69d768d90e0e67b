"""A show in play on a real hub, in this process, for cases that attack its sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes.engine import a_company
from tests.fakes.show import make_show
from textcraft_bus.channel.facts import Fact
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode
from textcraft_bus.channel.timing import Timing
from textcraft_bus.clock import SystemClock
from textcraft_core.events import Event
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.stage import Stage, StageOptions
from textcraft_core.stage.walls.restore import Restore


class Play:
    """One open show and everything a case may look at."""

    def __init__(self, show: ShowFolder, hub: Hub, stage: Stage, port: int) -> None:
        self.show, self.hub, self.stage, self.port = show, hub, stage, port
        self.events: list[Event] = []
        stage.subscribe(self.events.append)

    @property
    def endpoint(self) -> str:
        """Where our channel is."""
        return f"tcp://127.0.0.1:{self.port}"

    def of(self, kind: type[Event]) -> list[Event]:
        """Return the events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def play(
    folder: Path,
    *,
    fixed_ports: dict[str, int] | None = None,
    timing: Timing | None = None,
    options: StageOptions | None = None,
) -> AsyncIterator[Play]:
    """Open a small show with a scripted brain."""
    show = make_show(folder, {"ch01_one": 120, "ch02_two": 80})
    show.images.mkdir(exist_ok=True)
    stages: list[Stage] = []

    def deliver(fact: Fact) -> None:
        if stages:
            stages[0].on_fact(fact)

    clock = SystemClock()
    hub = Hub(
        deliver, asyncio.get_running_loop(), clock, show_id="faults", mode=Mode.REHEARSE, nonce_folder=folder,
        fixed_ports=fixed_ports, timing=timing,
    )  # fmt: skip
    port = await hub.start()
    stage = Stage(show, lambda *_: a_company(), hub, clock, options or StageOptions(), Restore(), port)
    stages.append(stage)
    played = Play(show, hub, stage, port)
    await stage.open()
    try:
        yield played
    finally:
        await stage.close(end_services=False)
        await hub.stop()
