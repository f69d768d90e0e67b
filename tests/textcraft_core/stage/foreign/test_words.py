"""Stories, prompts and alerts as programs of others say them."""

import pytest

from tests.fakes.clock import FakeClock
from textcraft_bus.foreign.ports import read_topic
from textcraft_bus.schemas_base import Alert, StoryHeard
from textcraft_core.stage.foreign.words import SAME_AGAIN_S, Alerts, as_story


@pytest.mark.parametrize(
    "frame",
    [
        b'story {"content": "it was late"}',
        b'prompt {"prompt":"it was late"}',
        b'story {"story": "it was late", "n": 3, "type": null}',
        b'prompt {"text": "it was late", "content": ""}',
    ],
)
def test_a_story_or_a_prompt_is_what_a_visitor_said(frame):
    story = as_story(read_topic(frame))
    assert isinstance(story, StoryHeard)
    assert (story.type, story.content) == (frame.split()[0].decode(), "it was late")


@pytest.mark.parametrize("frame", [b'story {"n": 3}', b'prompt {"content": [1]}', b'weather {"content": "rain"}'])
def test_what_carries_no_words_stays_what_it_is(frame):
    message = read_topic(frame)
    assert as_story(message) is message


def test_an_alert_is_shown_once_in_a_while():
    clock, told = FakeClock(), []
    alerts = Alerts(told.append, clock.monotonic)
    for severity in ("error", "error", "warning"):
        alerts.on_heard(Alert(message="out of  memory\n", severity=severity))
    assert [(event.text, event.fault) for event in told] == [("A foreign service says: out of memory", True)]
    clock.advance(SAME_AGAIN_S)
    alerts.on_heard(Alert(message="out of memory", severity="warning"))
    assert [event.fault for event in told] == [True, False]
    for number in range(100):
        alerts.on_heard(Alert(message=f"flood {number}"))
    assert len(told) <= 20
    alerts.on_heard(StoryHeard(content="no alert"))
