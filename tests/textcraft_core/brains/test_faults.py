"""Fault profiles: what they draw, how the brain fails by them, and that timing never changes a byte."""

import asyncio

import pytest

from textcraft_bus.clock import SystemClock
from textcraft_core import commands as cmd
from textcraft_core.ai_services.client import BrainError, BrainFault, Purpose
from textcraft_core.brains.faults import BrainTrouble, FaultProfile, Spread, load_profile, shipped_profiles
from textcraft_core.brains.faulty import FaultyBrain, ProfilePace
from textcraft_core.brains.rehearsal import RehearsalBrain
from textcraft_core.errors import ShowError
from textcraft_core.events import BrainWaiting, FaultRehearsed
from textcraft_core.options import EngineOptions
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import new_show
from textcraft_core.stage.stage import engine_of

PURPOSES = [Purpose("narrator", cycle, "ch01.md", attempt) for cycle in range(1, 400) for attempt in (0, 1)]
ANSWER = {
    "status": "success",
    "data": {"content": "said", "tool_calls": [], "finish_reason": "stop"},
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, "cost_estimate": 0.0},
}


class Calm:
    name = "calm"
    free = True

    async def generate(self, *_args, **_more):
        return ANSWER


def always(trouble, **more):
    return FaultProfile.model_validate({"name": "test", "brain": {trouble: 1.0, **more}})


async def ask(profile, *, seed=1, purpose=PURPOSES[0], slept=None):
    events = []

    async def sleep(seconds):
        (slept if slept is not None else []).append(seconds)

    brain = FaultyBrain(Calm(), profile, seed, events.append, sleep=sleep)
    said = []
    try:
        answer = await brain.generate([], "m", [], 0.5, 10, purpose=purpose, on_text=said.append)
    except BrainError as fault:
        return fault, events
    return answer, events


def test_the_shipped_profiles_can_be_used():
    found = shipped_profiles()
    assert set(found) == {"calm", "slow", "storm", "garbage", "darkroom", "loose-cable"}
    assert all(profile.description for profile in found.values())
    assert found["calm"].brain == FaultProfile().brain
    assert load_profile("storm") == found["storm"]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("brain = { busy = 0.7, timeout = 0.7 }", "more than 1"),
        ("brain = { bsuy = 0.1 }", "bsuy"),
        ("link = { cut = 2.0 }", "cut"),
        ("not toml", "no TOML"),
    ],
)
def test_a_profile_that_cannot_be_used_says_why(tmp_path, text, match):
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ShowError, match=match):
        load_profile(str(path))


def test_a_profile_of_the_show_is_found_by_its_path_in_it(tmp_path):
    (tmp_path / "mine.toml").write_text('description = "d"\npictures = { black = 1.0 }', encoding="utf-8")
    found = load_profile("mine.toml", tmp_path)
    assert (found.name, found.is_black(1, 1, "ch01.md", 7)) == ("mine", True)
    for wanted in ("no.toml", "hurricane"):
        with pytest.raises(ShowError, match=r"no fault profile.*"):
            load_profile(wanted, tmp_path)


def test_what_goes_wrong_is_drawn_from_seed_and_purpose_alone():
    storm = load_profile("storm")
    drawn = [storm.trouble(7, purpose, 0) for purpose in PURPOSES]
    assert drawn == [storm.trouble(7, purpose, 0) for purpose in PURPOSES]
    assert drawn != [storm.trouble(8, purpose, 0) for purpose in PURPOSES]
    for trouble, share in storm.brain.shares:
        assert share * 0.5 < drawn.count(trouble) / len(drawn) < share * 1.7
    cuts = [storm.link_cut_s(7, cycle) for cycle in range(1000)]
    assert 0.06 < sum(cut > 0 for cut in cuts) / 1000 < 0.15
    assert all(cut <= 30 for cut in cuts)


def test_the_median_of_a_spread_is_its_median():
    rng = __import__("random").Random(1)
    values = sorted(Spread(median=2.0, spread=0.5, most=9.0).draw(rng) for _ in range(2001))
    assert 1.8 < values[1000] < 2.2
    assert values[-1] <= 9.0


async def test_a_busy_server_is_asked_again_with_a_countdown_and_then_given_up():
    slept = []
    fault, events = await ask(always("busy", retry_after_s={"median": 4.0}), slept=slept)
    assert isinstance(fault, BrainError)
    assert fault.kind is BrainFault.RATE
    assert len(slept) == 3
    assert all(4.0 <= seconds <= 4.4 for seconds in slept)
    assert [event.seconds > 0 for event in events if isinstance(event, BrainWaiting)] == [True, False] * 3
    assert [event.fault for event in events if isinstance(event, FaultRehearsed)] == ["busy"] * 4


async def test_a_server_that_is_silent_costs_its_time_and_then_the_call():
    slept = []
    fault, _ = await ask(always("timeout", timeout_s={"median": 30.0}), slept=slept)
    assert fault.kind is BrainFault.TIMEOUT
    assert slept.count(30.0) == 4


async def test_a_passing_trouble_ends_in_the_answer_that_would_have_come_at_once():
    profile = FaultProfile.model_validate({"brain": {"busy": 0.4}})
    answers = [await ask(profile, purpose=purpose) for purpose in PURPOSES[:60]]
    assert any(events for _, events in answers)
    assert all(answer == ANSWER for answer, _ in answers if not isinstance(answer, BrainError))


@pytest.mark.parametrize(("trouble", "text"), [("garbage", "}{"), ("refusal", "no"), ("empty", "")])
async def test_bad_answers_are_answers(trouble, text):
    texts = {"garbage": ["}{"], "refusal": ["no"]}
    profile = FaultProfile.model_validate({"brain": {trouble: 1.0}, "texts": texts})
    answer, events = await ask(profile)
    assert answer["data"]["content"] == text
    assert [event.fault for event in events] == [BrainTrouble(trouble)]


async def rehearse(place, profile, scale, cycles=14, seed=5):
    show = await asyncio.to_thread(new_show, place)
    journal = Journal(show.journal, SystemClock())
    stream, events = EventStream(journal), []
    stream.subscribe(events.append)
    inner = RehearsalBrain(show, seed, ProfilePace(profile, seed, scale))
    brain = FaultyBrain(inner, profile, seed, stream.emit, scale=scale)
    options = EngineOptions(seed=seed, fail_after=99, stuck_after=99, fail_backoff_seconds=0)
    engine = engine_of(show, brain, stream, journal, SystemClock(), options)
    await engine.start()
    engine.run(cmd.Run(cycles=cycles))
    await engine.settle()
    await engine.close()
    journal.close()
    return {path.name: path.read_bytes() for path in show.manuscripts.iterdir()}, events


async def test_timing_changes_no_byte_even_in_a_storm(tmp_path):
    storm = load_profile("storm").model_copy(update={"name": ""})
    at_once, events = await rehearse(tmp_path / "a", storm, 0.0)
    slowly, _ = await rehearse(tmp_path / "b", storm, 0.001)
    assert at_once == slowly
    assert sum(map(len, at_once.values())) > 2000
    assert {event.fault for event in events if isinstance(event, FaultRehearsed)} >= {"busy"}


async def test_garbage_stops_no_book(tmp_path):
    written, events = await rehearse(tmp_path / "a", load_profile("garbage"), 0.0, cycles=20)
    assert sum(map(len, written.values())) > 2000
    faults = {event.fault for event in events if isinstance(event, FaultRehearsed)}
    assert faults == {"garbage", "refusal", "empty"}
    texts = b"".join(written.values())
    assert not any(said.encode() in texts for said in load_profile("garbage").texts.garbage)
