"""The reserve reel begins when nothing new comes in SHOW, goes slowly, and gives way to what is new."""

import pytest

from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.stage.pictures.intake import GateOptions
from textcraft_core.stage.pictures.reserve import ReelOptions
from textcraft_core.stage.stage import StageOptions

OPTIONS = StageOptions(gate=GateOptions(reel=ReelOptions(after_seconds=90.0, each_seconds=30.0)))


class Evening:
    """A show in SHOW mode with two pinned pictures and AUTO on; `pass_time` lets the reel look once a second."""

    def __init__(self, show):
        self.show = show

    async def begin(self, *, mode=Mode.SHOW):
        stage = self.show.stage
        for text in ("one", "two"):
            await stage.handle(cmd.AddCard(text=text))
            await stage.handle(cmd.Pin(request_id=self.show.of(ev.CandidateAdded)[-1].request_id, on=True))
        await stage.walls.change_mode(mode)
        for _ in range(2):
            await stage.handle(cmd.Take())
        await stage.handle(cmd.Auto(on=True))
        await stage.reserve.tick()
        return self

    async def pass_time(self, seconds):
        self.show.stage.clock.advance(seconds)
        await self.show.stage.reserve.tick()

    @property
    def served(self):
        return [event.request_id for event in self.show.of(ev.TakenLive) if event.by == "reserve"]

    @property
    def told(self):
        return [event.on for event in self.show.of(ev.ReserveChanged)]


async def test_it_begins_after_a_while_and_goes_slowly(tmp_path):
    async with play(tmp_path, options=OPTIONS) as show:
        evening = await Evening(show).begin()
        await evening.pass_time(89)
        assert evening.served == []
        await evening.pass_time(2)
        await evening.pass_time(29)
        assert len(evening.served) == 1
        await evening.pass_time(2)
        assert len(set(evening.served)) == 2
        assert evening.told == [True]


async def test_what_is_new_takes_over(tmp_path):
    async with play(tmp_path, options=OPTIONS) as show:
        evening = await Evening(show).begin()
        await evening.pass_time(91)
        await show.stage.handle(cmd.AddCard(text="new"))
        await show.stage.handle(cmd.Take())
        await evening.pass_time(31)
        assert evening.told == [True, False]
        assert len(evening.served) == 1


@pytest.mark.parametrize(
    "command", [cmd.Hold(on=True), cmd.Black(on=True), cmd.SafeLook(on=True), cmd.Auto(on=False), cmd.Panic()]
)
async def test_a_stop_or_no_auto_holds_it(tmp_path, command):
    async with play(tmp_path, options=OPTIONS) as show:
        evening = await Evening(show).begin()
        await show.stage.handle(command)
        await evening.pass_time(500)
        assert evening.served == []


async def test_it_is_for_show_alone(tmp_path):
    async with play(tmp_path, options=OPTIONS) as show:
        evening = await Evening(show).begin(mode=Mode.REHEARSE)
        await evening.pass_time(500)
        assert evening.served == []


async def test_when_nobody_writes_it_need_not_wait_in_any_mode_and_no_cycle_ends_it(tmp_path):
    async with play(tmp_path, options=OPTIONS) as show:
        evening = await Evening(show).begin(mode=Mode.REHEARSE)
        show.stage.stream.emit(ev.ReserveWanted(on=True, reason="down"))
        await evening.pass_time(31)
        show.stage.stream.emit(ev.CycleStarted(cycle=9))
        await evening.pass_time(31)
        assert len(set(evening.served)) == 2
        show.stage.stream.emit(ev.ReserveWanted(on=False))
        await evening.pass_time(31)
        assert len(evening.served) == 2
        assert evening.told == [True, False]


async def test_an_empty_reel_is_said_once(tmp_path):
    async with play(tmp_path) as show:
        for _ in range(2):
            show.stage.stream.emit(ev.ReserveWanted(on=True, reason="down"))
        told = [event.text for event in show.of(ev.Warned) if "reel is empty" in event.text]
        assert len(told) == 1
