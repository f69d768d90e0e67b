"""The stories that wait for an answer, as a reading of events; knows no policy and asks nobody."""

from datetime import datetime

from textcraft_bus.records import dataclass
from textcraft_core.events import AudienceHeard, Event, StoryDecided

STUB = "[forgotten]"
"""What stands where a visitor's words stood."""


@dataclass(frozen=True, slots=True)
class Story:
    """One story; `verdict` is "" while it waits."""

    id: str
    text: str
    speaker: str = ""
    reason: str = ""
    at: datetime | None = None
    verdict: str = ""


class Inbox:
    """Feed it every event, in order; `at` is when the event was stored, when that is known."""

    def __init__(self) -> None:
        self._stories: dict[str, Story] = {}

    @property
    def waiting(self) -> tuple[Story, ...]:
        """The stories nobody decided on, oldest first."""
        return tuple(story for story in self._stories.values() if not story.verdict)

    def find(self, story_id: str) -> Story | None:
        """Return a story that was heard and not forgotten."""
        return self._stories.get(story_id)

    @property
    def known(self) -> tuple[Story, ...]:
        """Every story that was heard and not forgotten, oldest first."""
        return tuple(self._stories.values())

    def apply(self, event: Event, at: datetime | None = None) -> None:
        """Take one event into account; events of other kinds change nothing."""
        match event:
            case AudienceHeard(story_id=story_id, text=text, speaker=speaker, reason=reason) if text != STUB:
                self._stories.setdefault(story_id, Story(story_id, text, speaker, reason, at))
            case StoryDecided(story_id=story_id, verdict="forget"):
                self._stories.pop(story_id, None)
            case StoryDecided(story_id=story_id, verdict=verdict) if story_id in self._stories:
                old = self._stories[story_id]
                self._stories[story_id] = Story(old.id, old.text, old.speaker, old.reason, old.at, verdict)
