"""How a rehearsal is played, as figures; and one in play that is set anew."""

import asyncio

import pytest
from pydantic import ValidationError

from tests.textcraft_core.stage.test_stage import play
from textcraft_core import events as ev
from textcraft_core.ai_services.client import Purpose
from textcraft_core.bench import BenchSettings
from textcraft_core.brains.bench import BenchBrain
from textcraft_core.brains.faults import FaultProfile, PictureProfile, load_profile


def test_an_evening_is_scaled_and_a_rehearsal_keeps_its_own_pace():
    quick, evening = BenchSettings(), BenchSettings(speed=20)
    assert (quick.cycle_seconds(5), quick.auto_seconds(8), quick.scale) == (5, 8, 1)
    assert (evening.cycle_seconds(5), evening.auto_seconds(8), evening.scale) == (3.0, 2.25, 0.05)
    assert BenchSettings(speed=60).auto_seconds(8) == 1.0, "a wall needs a second for its transition"


@pytest.mark.parametrize("wrong", [{"speed": 0.5}, {"speed": 1000}, {"first_token_s": -1}, {"brain": "replay"}])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValidationError):
        BenchSettings(**wrong)


def test_only_another_brain_or_another_sum_begins_anew():
    free = BenchSettings()
    assert not free.begins_anew(BenchSettings(speed=20, fault_profile="storm", watermark=False))
    assert free.begins_anew(BenchSettings(brain="live"))
    assert BenchSettings(brain="live").begins_anew(BenchSettings(brain="live", most_usd=2))


class Named:
    """A brain that says who it is."""

    free = True

    def __init__(self, name):
        self.name = name

    async def generate(self, *_arguments, purpose, on_text):
        on_text(self.name)
        return {"who": self.name}


async def asked(brain):
    purpose = Purpose("narrator", 1, "", 0, {}, {})
    answer = await brain.generate([], "", [], 0.5, 10, purpose=purpose, on_text=lambda _text: None)
    return answer["who"]


async def test_a_cycle_is_played_as_it_began():
    brain = BenchBrain(lambda settings, _profile: Named(f"{settings.speed:g}"), BenchSettings(), None)
    brain.change(BenchSettings(speed=5), None, busy=True)
    assert (await asked(brain), brain.name) == ("0", "0")
    brain.change(BenchSettings(speed=20), None, busy=True)
    brain.on_event(ev.PhaseEntered(cycle=1, phase="plan"))
    assert await asked(brain) == "0"
    brain.on_event(ev.CycleStarted(cycle=2))
    assert (await asked(brain), brain.name) == ("20", "20")
    brain.change(BenchSettings(speed=60), None, busy=False)
    assert await asked(brain) == "60"


async def test_a_profile_that_is_chosen_while_it_plays_spoils_the_next_pictures(tmp_path):
    async with play(tmp_path) as show:
        first = await show.picture_asked()
        assert show.hub.requests[first.request_id].generator is None
        black = FaultProfile(pictures=PictureProfile(black=1.0))
        await show.stage.bench.apply(BenchSettings(speed=20, watermark=False), black)
        assert (show.stage.playout.auto_seconds, show.stage.playout.watermark) == (2.25, "")
        assert show.stage.engine.desk.standing.cycle_seconds == 3.0
        await asyncio.wait_for(show.stage.engine.settle(), 20)
        show.events.clear()
        await show.picture_asked()
        assert [event.fault for event in show.of(ev.FaultRehearsed)] == ["black picture"]


def test_a_shipped_profile_has_a_description_for_the_operator():
    assert load_profile("storm").description
