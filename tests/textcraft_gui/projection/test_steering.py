"""Visitors, sensors and the chain of brains as the console's state sees them."""

from tests.textcraft_gui.projection.test_projection import Told
from textcraft_core import events as ev
from textcraft_gui.state.show_state import Area, Severity


def heard(story="s1", text="a story", **more):
    return ev.AudienceHeard(story_id=story, text=text, **more)


def test_a_story_waits_until_it_is_decided():
    told = Told(heard(), heard("s2", reason="it holds a word of the list"))
    assert list(told.state.steering.visitors) == ["s1", "s2"]
    assert told(ev.StoryDecided(story_id="s1", verdict="accept")) is Area.VISITORS
    assert list(told.state.steering.visitors) == ["s2"]


def test_a_forgotten_story_leaves_no_word_in_the_state():
    told = Told(heard(), ev.InputQueued(input_id="story-s1", text="a story", source="visitor"))
    told(ev.StoryDecided(story_id="s1", verdict="forget"))
    assert told.state.queue["story-s1"].text == "[forgotten]"
    assert told.state.steering.visitors == {}
    assert "story" not in told.last_line.text


def test_words_that_stand_in_a_chapter_are_told():
    told = Told(ev.WordsKept(paths=("data/manuscripts/ch01_One.md",)))
    assert (told.last_line.severity, "ch01_One.md" in told.last_line.text) == (Severity.WARN, True)


def test_rules_room_and_what_was_passed_over_are_kept():
    told = Told(ev.AudienceRules(policy="screened", attended=False, sensors=("PresenceStatus: run",)))
    told(ev.RoomSensed(present=True, people=3), ev.StoryPassedOver(kind="StoryHeard", reason="it is too short"))
    steering = told.state.steering
    assert (steering.policy, steering.attended, steering.sensors) == ("screened", False, ("PresenceStatus: run",))
    assert (steering.people, steering.passed_over, steering.passed_over_why) == (3, 1, "it is too short")
    told(ev.SensorActed(text="somebody came"))
    assert told.last_line.severity is Severity.NOTE


def test_another_brain_and_the_reserve_reel_are_never_silent():
    told = Told(ev.BrainChanged(brain="local", place=1, of=2, reason="remote: 503"))
    assert (told.state.steering.brain, told.last_line.severity) == ("local", Severity.WARN)
    told(ev.ReserveWanted(on=True, reason="all down"))
    assert (told.state.steering.reserve, told.last_line.severity) == (True, Severity.FAULT)
    told(ev.ReserveWanted(on=False), ev.BrainChanged(brain="remote", place=0, of=2))
    assert (told.state.steering.reserve, told.state.steering.brain) == (False, "")
    assert told.last_line.severity is Severity.NOTE


def test_another_programs_orders_are_told():
    told = Told(ev.ControlRead(status="PAUSED", instruction="bring rain", target="ch02", temperature=0.4, model="m"))
    for part in ("PAUSED", "bring rain", "ch02", "0.4", "model: m"):
        assert part in told.last_line.text
    told(ev.ControlRead())
    assert told.last_line.text.endswith("nothing")
