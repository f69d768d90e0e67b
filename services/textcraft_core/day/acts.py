"""What a pre-flight does to be sure: black and safe look on every wall, and one picture through the whole chain."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import uuid4

from textcraft_bus.channel.messages import Layer
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day.preflight import Check, Finding, fail, ok
from textcraft_core.errors import CommandRefused
from textcraft_core.record.stream import EventStream

WALL_SECONDS: Final = 6.0
PICTURE_SECONDS: Final = 45.0
PICTURE_SIZE: Final = (640, 360)
Do = Callable[[cmd.Command], Awaitable[None]]


Layers = Callable[[], Mapping[str, Layer | None]]
"""The topmost layer each present wall said it painted."""


def walls_obey(do: Do, walls: Layers, stream: EventStream, is_safe: Callable[[], bool]) -> Check:
    """Black, then the safe look: each wall has to say that it painted both; a picture that was on comes back.

    `is_safe`: whether SAFE LOOK is on. What a wall says it shows may still be what was asked of it before.
    """

    async def act() -> Finding:
        if not walls():
            return fail("no wall is there", "switch the projectors on and look at WALLS + LOOK")
        lit = not is_safe()
        await do(cmd.Black(on=True, seconds=0.2))
        silent = await _silent(walls, Layer.BLACK, stream)
        if lit:
            await do(cmd.SafeLook(on=True))
        await do(cmd.Black(on=False, seconds=0.2))
        silent |= await _silent(walls, Layer.SAFE_LOOK, stream)
        if lit:
            await do(cmd.SafeLook(on=False))
        if silent:
            return fail(f"{', '.join(sorted(silent))} did not obey", "restart it, or look at its cable")
        return ok(f"black and safe look confirmed by {', '.join(sorted(walls()))}")

    return act


async def _silent(walls: Layers, wanted: Layer, stream: EventStream) -> set[str]:
    """Wait until every wall shows a layer and return those that do not in time."""
    told = asyncio.Event()
    forget = stream.subscribe(lambda event: told.set() if isinstance(event, ev.WallConfirmed) else None)
    try:
        async with asyncio.timeout(WALL_SECONDS):
            while any(layer is not wanted for layer in walls().values()):
                told.clear()
                await told.wait()
    except TimeoutError:
        return {name for name, layer in walls().items() if layer is not wanted}
    finally:
        forget()
    return set()


def picture_comes(do: Do, ask: Callable[[ev.RenderRequested], None], stream: EventStream, prompt: str) -> Check:
    """One small picture through image server and gate; it does not stay among the candidates."""

    async def act() -> Finding:
        request_id = f"preflight-{uuid4()}"
        width, height = PICTURE_SIZE
        request = ev.RenderRequested(
            request_id=request_id, prompt=prompt, seed=1, width=width, height=height, cycle=0, target=""
        )
        watch = _Watch(stream, request_id)
        try:
            ask(request)
            async with asyncio.timeout(PICTURE_SECONDS):
                return await watch.finding()
        except TimeoutError:
            return fail(f"no picture within {PICTURE_SECONDS:.0f} s", "look at the image server in the LOG")
        finally:
            watch.close()
            await _forget(do, request_id)

    return act


async def _forget(do: Do, request_id: str) -> None:
    for command in (cmd.CancelRender(request_id=request_id), cmd.Reject(request_id=request_id)):
        try:
            await do(command)
        except CommandRefused:
            continue  # it is not being painted any more, or never came to the candidates


class _Watch:
    """Waits for what became of one picture."""

    def __init__(self, stream: EventStream, request_id: str) -> None:
        self._id = request_id
        self._found: asyncio.Future[Finding] = asyncio.get_running_loop().create_future()
        self._seconds, self._worker = 0.0, ""
        self.close = stream.subscribe(self._on_event)

    async def finding(self) -> Finding:
        return await self._found

    def _on_event(self, event: ev.Event) -> None:
        if getattr(event, "request_id", None) != self._id or self._found.done():
            return
        match event:
            case ev.ImageArrived(seconds=seconds, worker=worker):
                self._seconds, self._worker = seconds, worker
            case ev.GateDecided(passed=True):
                self._found.set_result(ok(f"a picture came from {self._worker} in {self._seconds:.1f} s"))
            case ev.GateDecided(reason=reason):
                self._found.set_result(fail(f"the gate refused it: {reason}", "look at the image backend"))
            case ev.RenderFailed(reason=reason):
                self._found.set_result(fail(f"it was not painted: {reason}", "look at the image server"))
