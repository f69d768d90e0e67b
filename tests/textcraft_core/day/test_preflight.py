"""Every check is made, found, told and can be waived; one that breaks or hangs is unknown, never ok."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.clock import FakeClock
from textcraft_bus.channel.messages import Layer
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.day import looks
from textcraft_core.day.acts import picture_comes, walls_obey
from textcraft_core.day.preflight import Preflight, fail, ok, warn
from textcraft_core.errors import CommandRefused
from textcraft_core.events import CheckState
from textcraft_core.record.stream import EventStream


@pytest.fixture
def told():
    return []


@pytest.fixture
def stream(told):
    made = EventStream(None)
    made.subscribe(told.append)
    return made


def found(finding):
    async def check():
        return finding

    return check


async def _breaks():
    raise OSError("no such device")


async def _hangs():
    await asyncio.Event().wait()


async def test_every_check_is_told_in_order(stream, told):
    preflight = Preflight(stream)
    preflight.add("a", found(ok("well")))
    preflight.add("b", found(warn("so so", "look")))
    assert await preflight.run()
    assert told == [
        ev.PreflightStarted(checks=("a", "b")),
        ev.PreflightChecked(check="a", state=CheckState.OK, found="well"),
        ev.PreflightChecked(check="b", state=CheckState.WARN, found="so so", advice="look"),
        ev.PreflightEnded(ready=True),
    ]
    assert preflight.opening_events() == told


async def test_what_fails_keeps_it_from_being_ready_until_it_is_waived(stream, told):
    preflight = Preflight(stream)
    preflight.add("a", found(fail("bad", "mend it")))
    assert not await preflight.run()
    await preflight.waive("a")
    assert told[-2:] == [ev.PreflightWaived(check="a"), ev.PreflightEnded(ready=True)]
    assert preflight.ready
    assert not await preflight.run()


async def test_there_is_nothing_to_waive_where_nothing_is_wrong(stream):
    preflight = Preflight(stream)
    preflight.add("a", found(ok("well")))
    await preflight.run()
    with pytest.raises(CommandRefused):
        await preflight.waive("a")


@pytest.mark.parametrize("check", [_breaks, _hangs])
async def test_a_check_that_breaks_or_hangs_is_unknown(stream, told, check):
    preflight = Preflight(stream, seconds=0.05)
    preflight.add("a", check)
    await preflight.run()
    assert told[1].state is CheckState.UNKNOWN


async def test_a_second_run_waits_for_the_first(stream):
    preflight = Preflight(stream, seconds=30)
    preflight.add("a", _hangs)
    first = asyncio.get_running_loop().create_task(preflight.run())
    await asyncio.sleep(0)
    with pytest.raises(CommandRefused):
        await preflight.run()
    first.cancel()
    await asyncio.wait({first})
    assert not preflight.running


async def test_the_clock_may_not_be_before_the_journal():
    clock = FakeClock(datetime(2030, 1, 1, tzinfo=UTC))
    later = clock.now() + timedelta(hours=1)
    assert (await looks.clock(clock, lambda: later, "UTC")()).state is CheckState.FAIL
    assert (await looks.clock(clock, lambda: None, "UTC")()).state is CheckState.OK
    assert (
        await looks.clock(FakeClock(datetime(1970, 1, 1, tzinfo=UTC)), lambda: None, "UTC")()
    ).state is CheckState.FAIL


async def test_who_is_missing_is_named():
    finding = await looks.services(lambda: ["wall.a"], lambda: ["wall.a", "wall.b"])()
    assert (finding.state, "wall.b" in finding.found) == (CheckState.FAIL, True)


@pytest.mark.parametrize(
    ("price", "cycles", "left", "state"),
    [(0, 10, 1, "ok"), (None, 10, 1, "unknown"), (0.1, 10, 2, "ok"), (0.1, 30, 2, "warn"), (0.1, None, 2, "ok")],
)
async def test_the_price_until_closing_is_held_against_the_caps(price, cycles, left, state):
    finding = await looks.spend(lambda: price, lambda: cycles, lambda: left)()
    assert finding.state.value == state


async def test_this_machine_has_a_disk_and_power(tmp_path):
    assert (await looks.disk(tmp_path)()).found.endswith("GiB free")
    assert (await looks.battery()()).found


class Walls:
    """Two walls that paint what they are told, or do not."""

    def __init__(self, stream, *deaf):
        self._stream, self._deaf = stream, deaf
        self.shown = {"brick": Layer.SAFE_LOOK, "stairs": Layer.SAFE_LOOK}
        self.beneath = Layer.SAFE_LOOK
        self.black = False
        self.done = []

    async def do(self, command):
        self.done.append(command)
        if isinstance(command, cmd.Black):
            self.black = command.on
        elif isinstance(command, cmd.SafeLook):
            self.beneath = Layer.SAFE_LOOK if command.on else Layer.PROGRAM
        layer = Layer.BLACK if self.black else self.beneath
        for wall in self.shown.keys() - set(self._deaf):
            self.shown[wall] = layer
            asyncio.get_running_loop().call_soon(self._tell, wall, layer)

    def is_safe(self):
        return self.beneath is Layer.SAFE_LOOK

    def _tell(self, wall, layer):
        self._stream.emit(ev.WallConfirmed(wall=wall, layer=layer, sha256=None, phase="first_frame", scene=1))


async def test_walls_have_to_say_that_they_painted(stream):
    walls = Walls(stream)
    finding = await walls_obey(walls.do, lambda: walls.shown, stream, walls.is_safe)()
    assert finding.found == "black and safe look confirmed by brick, stairs"
    assert [command.on for command in walls.done] == [True, False]


async def test_a_picture_that_was_on_the_walls_is_no_disobedience_and_comes_back(stream):
    walls = Walls(stream)
    walls.beneath = Layer.PROGRAM
    walls.shown = dict.fromkeys(walls.shown, Layer.PROGRAM)
    finding = await walls_obey(walls.do, lambda: walls.shown, stream, walls.is_safe)()
    assert finding.found == "black and safe look confirmed by brick, stairs"
    assert set(walls.shown.values()) == {Layer.PROGRAM}


async def test_a_safe_look_that_just_ended_is_no_disobedience_either(stream):
    """The walls still say SAFE LOOK when the checks begin, for they have not painted what follows it yet."""
    walls = Walls(stream)
    walls.beneath = Layer.PROGRAM
    finding = await walls_obey(walls.do, lambda: walls.shown, stream, walls.is_safe)()
    assert finding.found == "black and safe look confirmed by brick, stairs"
    assert set(walls.shown.values()) == {Layer.PROGRAM}


async def test_a_wall_that_does_not_obey_is_named(stream, monkeypatch):
    monkeypatch.setattr("textcraft_core.day.acts.WALL_SECONDS", 0.1)
    walls = Walls(stream, "stairs")
    finding = await walls_obey(walls.do, lambda: walls.shown, stream, walls.is_safe)()
    assert (finding.state, finding.found) == (CheckState.FAIL, "stairs did not obey")


async def test_no_wall_is_no_show(stream):
    walls = Walls(stream)
    assert (await walls_obey(walls.do, dict, stream, walls.is_safe)()).state is CheckState.FAIL


def _painter(stream, *events):
    def ask(request):
        for kind, fields in events:
            event = kind(request_id=request.request_id, **fields)
            asyncio.get_running_loop().call_soon(stream.emit, event)

    return ask


ARRIVED = (
    ev.ImageArrived,
    {"path": "p", "sha256": "0", "width": 1, "height": 1, "worker": "w", "backend": "b", "seconds": 2},
)


@pytest.mark.parametrize(
    ("events", "state", "word"),
    [
        ([ARRIVED, (ev.GateDecided, {"passed": True, "checks": {}})], "ok", "2.0 s"),
        ([ARRIVED, (ev.GateDecided, {"passed": False, "checks": {}, "reason": "flat"})], "fail", "flat"),
        ([(ev.RenderFailed, {"reason": "no memory"})], "fail", "no memory"),
    ],
)
async def test_one_picture_goes_through_the_whole_chain_and_does_not_stay(stream, events, state, word):
    done = []

    async def do(command):
        done.append(command)

    finding = await picture_comes(do, _painter(stream, *events), stream, "a title")()
    assert (finding.state.value, word in finding.found) == (state, True)
    assert isinstance(done[-1], cmd.Reject)


async def test_a_picture_that_never_comes_fails(stream, monkeypatch):
    monkeypatch.setattr("textcraft_core.day.acts.PICTURE_SECONDS", 0.05)

    async def do(_command):
        raise CommandRefused("gone")

    assert (await picture_comes(do, lambda _request: None, stream, "t")()).state is CheckState.FAIL
