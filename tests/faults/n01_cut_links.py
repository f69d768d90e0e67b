"""N1: the cable of a service is cut at every step of our protocol, before, within and after the message, and healed.

Nothing may be lost and nothing doubled: each picture that was asked for ends once, each scene is shown and confirmed.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Final
from unittest import mock

from tests.faults.case import Case, Figure, Run, at_least, at_most, none_of
from tests.faults.cut_services import BAD, SHOW, SLOW, TIMING, Wall, painter, picture, scene_of
from tests.faults.cut_services import Timed as Backend
from tests.faults.tapped import Step, Tapped, Where
from tests.support.waiting import until
from textcraft_bus.channel.facts import Fact, RenderDone, RenderGaveUp, RenderRetried, WallShown
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import Mode, RenderRequest, RequestId, ShownPhase
from textcraft_bus.clock import SystemClock
from textcraft_bus.pictures import sha256_of
from textcraft_image_server import easel

BOTH: Final = ((True, "ServiceHello"), (False, "CoreSnapshot"), (True, "Heartbeat"), (False, "Heartbeat"))
OF_PAINTERS: Final = (
    (False, "RenderRequest"), (True, "RenderAccepted"), (True, "RenderProgress"), (True, "ImageReady"),
    (True, "RenderFailed"), (False, "CancelRender"),
)  # fmt: skip
OF_WALLS: Final = ((False, "WallScene"), (True, "NeedBlob"), (False, "Blob"), (True, "Shown"))
SOON_S, LATE_S = 0.05, 2.6
"""Healed before anybody can miss it, and after both sides have given each other up."""
AT_ONCE: Final = 12
SCENES_SHOWN: Final = 4
PAINTED_A_LITTLE_S: Final = 0.2
STEPS: Final = [
    *(("painter", *step) for step in (*BOTH, *OF_PAINTERS)),
    *(("wall", *step) for step in (*BOTH, *OF_WALLS)),
]
PATIENCE_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One cut: whose cable, at which step, for how long."""

    who: str
    step: Step
    seconds: float

    @property
    def name(self) -> str:
        """As it is told."""
        return f"{self.who}, {self.step.name}, {self.seconds:g} s"

    @property
    def is_early(self) -> bool:
        """Whether it comes while the service presents itself."""
        return (self.step.up, self.step.kind) in BOTH


@dataclass
class Outcome:
    """What came of all cuts."""

    cut: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    slowest: float = 0.0
    painted: Counter[str] = field(default_factory=Counter)


async def inject(run: Run) -> Sequence[Figure]:
    """Cut `run.count` cables, in turns at each step, in each place and for each time."""
    outcome, faults, turns = Outcome(), _faults(run.count), asyncio.Semaphore(AT_ONCE)
    with mock.patch.object(easel, "create_backend", lambda _name, _config: Backend(outcome.painted)):
        await asyncio.gather(*(_one(turns, run.folder / f"n{at}", fault, outcome) for at, fault in enumerate(faults)))
    wanted = {(fault.who, fault.step.up, fault.step.kind) for fault in faults}
    return [
        none_of("lost", outcome.lost, len(faults)),
        none_of("doubled", outcome.doubled, len(faults)),
        none_of("cables that were not cut where they should be", _uncut(faults, outcome.cut), len(faults)),
        at_least("steps of the protocol at which cables were cut", len(wanted), min(run.count, len(STEPS))),
        at_most("the slowest, from the cut until all was well", outcome.slowest, PATIENCE_S, "s"),
    ]


def _uncut(faults: list[Fault], cut: Counter[str]) -> list[str]:
    return list((Counter(fault.name for fault in faults) - cut).elements())


def _faults(count: int) -> list[Fault]:
    """Every step once before any comes twice; the places and times take turns."""
    ways = list(product((SOON_S, LATE_S), Where))
    found = []
    for number in range(count):
        turn, at = divmod(number, len(STEPS))
        who, up, kind = STEPS[at]
        seconds, where = ways[(turn * 5 + at) % len(ways)]
        found.append(Fault(who, Step(up, kind, where), seconds))
    return found


async def _one(turns: asyncio.Semaphore, folder: Path, fault: Fault, outcome: Outcome) -> None:
    """Play one service with its cable cut once."""
    async with turns:
        (folder / "images").mkdir(parents=True)
        rig = Rig(folder, fault, outcome)
        await rig.open()
        try:
            await SCENES[fault.who](rig)
        except AssertionError as error:
            outcome.lost.append(f"{fault.name}: {error}")
        finally:
            await rig.close()


class Rig:
    """A core, a cable, and what is heard."""

    def __init__(self, folder: Path, fault: Fault, outcome: Outcome) -> None:
        self.folder, self.fault, self.outcome = folder, fault, outcome
        self.facts: list[Fact] = []
        loop, images = asyncio.get_running_loop(), folder / "images"
        self.hub = Hub(
            self.facts.append, loop, SystemClock(), show_id=SHOW, mode=Mode.REHEARSE, nonce_folder=images, timing=TIMING
        )
        self.tap = Tapped(0)
        self._healing: asyncio.Task[None] | None = None
        self._cut_at = 0.0

    async def open(self) -> None:
        """Start the core and lay the cable."""
        self.tap = Tapped(await self.hub.start())
        await self.tap.proxy.open()

    async def close(self) -> None:
        """End all of it."""
        if self._healing is not None:
            self._healing.cancel()
        await self.tap.proxy.close()
        await self.hub.stop()

    def arm(self, *, early: bool) -> None:
        """Arm the cable if its time has come; it heals by itself."""
        if early is self.fault.is_early:
            self.tap.arm(self.fault.step)
            self._healing = asyncio.get_running_loop().create_task(self._heal())

    async def _heal(self) -> None:
        clock = asyncio.get_running_loop().time
        await until(lambda: self.tap.cut_at, 60.0, what="the cut")
        self.outcome.cut[self.fault.name] += 1
        self._cut_at = clock()
        await asyncio.sleep(self.fault.seconds)  # how long the fault lasts
        self.tap.proxy.heal()

    async def sees(self, condition: Callable[[], object], what: str) -> None:
        """Wait for it, as long as anybody would; raises AssertionError."""
        await until(condition, PATIENCE_S, what=what)

    async def all_well(self) -> None:
        """The cable was cut and is whole again."""
        await self.sees(lambda: self._healing is not None and self._healing.done(), "the cut")
        self.outcome.slowest = max(self.outcome.slowest, asyncio.get_running_loop().time() - self._cut_at)

    def double(self, what: str) -> None:
        """Something happened twice."""
        self.outcome.doubled.append(f"{self.fault.name}: {what}")


# What is played


async def _paint(rig: Rig) -> None:
    """A picture, one nobody can paint, one that is cancelled, another, and one after all was well."""
    name = rig.folder.name
    ids = {kind: f"{name}-{kind}" for kind in ("first", "plain", BAD, SLOW, "next", "last")}
    rig.arm(early=True)
    service = await painter(name, rig.tap, rig.folder / "images")
    try:
        _ask(rig, ids["first"])
        await rig.sees(lambda: _done(rig, ids["first"]), "the first picture")
        rig.arm(early=False)
        for kind in ("plain", BAD, SLOW, "next"):
            _ask(rig, ids[kind])
        await rig.sees(lambda: _done(rig, ids["plain"]) and _ended(rig, ids[BAD]), "a picture, and one that fails")
        await asyncio.sleep(PAINTED_A_LITTLE_S)  # the slow one may have begun
        rig.hub.cancel(RequestId(ids[SLOW]))
        await rig.sees(lambda: _ended(rig, ids[SLOW]) and _done(rig, ids["next"]), "a picture after one was cancelled")
        await rig.all_well()
        _ask(rig, ids["last"])
        await rig.sees(lambda: _done(rig, ids["last"]), "a picture after all was well")
    finally:
        await service.stop()
    for kind, request_id in ids.items():
        ended, painted, given = _ended(rig, request_id), rig.outcome.painted[request_id], _given(rig, request_id)
        if ended > 1 or painted > given:
            rig.double(f"{kind} ended {ended} ×, painted {painted} ×, given out {given} ×")


def _ask(rig: Rig, request_id: str) -> None:
    seed = sum(map(ord, request_id))
    rig.hub.request(RenderRequest(request_id=request_id, prompt=request_id, width=64, height=64, seed=seed))


def _done(rig: Rig, request_id: str) -> int:
    return sum(isinstance(fact, RenderDone) and fact.request_id == request_id for fact in rig.facts)


def _ended(rig: Rig, request_id: str) -> int:
    ends = [fact for fact in rig.facts if isinstance(fact, RenderDone | RenderGaveUp)]
    return sum(fact.request_id == request_id for fact in ends)


def _given(rig: Rig, request_id: str) -> int:
    """How often the core gave a picture to somebody; again only after it had given that one up."""
    return 1 + sum(isinstance(fact, RenderRetried) and fact.request_id == request_id for fact in rig.facts)


async def _show(rig: Rig) -> None:
    """Scene after scene, each with another picture that comes by value, each to be confirmed."""
    name = rig.folder.name
    rig.hub.set_scene(name, scene_of(1, rig.folder / "images"))
    rig.arm(early=True)
    wall = Wall(name, rig.tap, rig.folder)
    try:
        await rig.sees(lambda: _confirmed(rig, 1), "the first scene")
        rig.arm(early=False)
        for number in range(2, SCENES_SHOWN):
            rig.hub.set_scene(name, scene_of(number, rig.folder / "images"))
            await rig.sees(lambda n=number: _confirmed(rig, n), f"scene {number}")  # type: ignore[misc]
        await rig.all_well()
        rig.hub.set_scene(name, scene_of(SCENES_SHOWN, rig.folder / "images"))
        await rig.sees(lambda: _confirmed(rig, SCENES_SHOWN), "a scene after all was well")
    finally:
        await wall.stop()
    wanted = [sha256_of(picture(number)) for number in range(1, SCENES_SHOWN + 1)]
    if wall.view.went != wanted:
        rig.double(f"crossings {[wanted.index(sha256) + 1 for sha256 in wall.view.went]}")


def _confirmed(rig: Rig, number: int) -> bool:
    """Whether the wall said that it shows this scene, by the hash of its own bytes."""
    wanted = sha256_of(picture(number))
    shown = [fact.shown for fact in rig.facts if isinstance(fact, WallShown)]
    return any((s.scene, s.phase, s.sha256) == (number, ShownPhase.SETTLED, wanted) for s in shown)


SCENES: Final[dict[str, Callable[[Rig], Awaitable[None]]]] = {"painter": _paint, "wall": _show}

CASE = Case("N1", "cables cut at every step and healed", inject, short=36, long=540, seconds=120.0)
