"""A live brain on a real server of loopback, and an engine it writes for: what the cases of brain and network share.

Each request is answered by who asks: the plan, then the narrator's turns in order, then a closing word.
"""

import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from tests.fakes import llm_server as llm
from tests.fakes.engine import FAST, engine_on
from tests.fakes.engine import Bench as Engine
from tests.fakes.live_brain import Bench as Remote
from tests.fakes.live_brain import live
from tests.fakes.llm_server import LlmServer, Script
from tests.fakes.show import make_show
from textcraft_core.options import EngineOptions
from textcraft_core.show.folder import ShowFolder

CHAPTER: Final = "ch01_One.md"
PLAN: Final = {"action_type": "generate", "target_file": "ch01", "assigned_agent": "narrator"}

Between = Callable[[int], Awaitable[int]]
"""Opens something in front of a port and returns its own."""


@dataclass
class BrainRig:
    """One show, its engine and the server its brain asks."""

    server: LlmServer
    remote: Remote
    engine: Engine
    plans: deque[Script] = field(default_factory=deque)
    turns: deque[Script] = field(default_factory=deque)

    @property
    def show(self) -> ShowFolder:
        """The show's folder."""
        return self.engine.show

    def chapter(self) -> bytes:
        """What the chapter holds now."""
        return (self.show.manuscripts / CHAPTER).read_bytes()

    async def cycle(self, *turns: Script) -> bool:
        """Run one cycle in which the narrator is answered so; says whether it went well."""
        self.turns.clear()
        self.turns.extend(turns)
        return bool(await self.engine.engine.step())

    async def answer(self, heard: llm.Heard, line: llm.Line) -> None:
        """Answer as the role that asks needs it."""
        if "append_file" in json.dumps(heard.body.get("tools") or ""):
            script = self.turns.popleft() if self.turns else llm.says("done")
        else:
            script = self.plans.popleft() if self.plans else llm.says(json.dumps(PLAN))
        await script(heard, line)


@asynccontextmanager
async def brain_rig(
    folder: Path,
    *,
    between: Between | None = None,
    dress: Callable[[ShowFolder], None] = lambda _show: None,
    options: EngineOptions = FAST,
    prepares: bool = True,
    **settings: Any,
) -> AsyncIterator[BrainRig]:
    """Open all of it; with `between` something lies between brain and server. `dress` changes the show before that."""
    show = make_show(folder, {CHAPTER: 60, "ch02_Two.md": 120})
    dress(show)
    async with LlmServer() as server:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        where = {"base_url": f"http://127.0.0.1:{await between(port)}/v1"} if between else {}
        async with live(None if between else server, folder, **where, **settings) as remote:
            if prepares:
                await remote.brain.prepare()
            async with engine_on(show, cast("Any", Releasable(remote.brain)), options) as engine:
                rig = BrainRig(server, remote, engine)
                server.always = rig.answer
                yield rig


class Releasable:
    """Any brain where an engine's bench expects a scripted one."""

    def __init__(self, brain: Any) -> None:
        self._brain = brain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._brain, name)

    def release(self) -> None:
        """It holds nothing."""


def appended(text: str) -> list[bytes]:
    """Return a whole streamed answer that adds this to the chapter."""
    return llm.tool_chunks(("append_file", json.dumps({"path": f"manuscripts/{CHAPTER}", "content": text})))
