"""What programs of others say in ways of their own: `story {…}`, `prompt {…}` and alerts; knows no sockets."""

from collections.abc import Callable
from typing import Final

from textcraft_bus.schemas_base import Alert, MessageBase, StoryHeard
from textcraft_core import events as ev

PLAIN: Final = ("story", "prompt")
"""Types without a schema that carry a visitor's words."""
FIELDS: Final = ("content", "story", "prompt", "text", "message")
"""Where such words stand, the likeliest first."""
SAME_AGAIN_S: Final = 10.0
"""The same alert within this time is not shown again: a service that fails in a loop says it each second."""
MAX_ALERT_CHARS: Final = 300


def as_story(message: MessageBase) -> MessageBase:
    """A `story` or `prompt` as the StoryHeard it means, its type kept; anything else as it is."""
    if message.type not in PLAIN or isinstance(message, StoryHeard):
        return message
    extra = message.model_extra or {}
    words = next((extra[name] for name in FIELDS if isinstance(extra.get(name), str) and extra[name].strip()), None)
    if words is None:
        return message
    speaker = extra.get("speaker_id")
    return StoryHeard(
        type=message.type, content=words[:4000], speaker_id=speaker[:200] if isinstance(speaker, str) else None
    )


class Alerts:
    """Shows alerts of foreign services, each text once in a while; `now` is a monotonic clock in seconds."""

    def __init__(self, tell: Callable[[ev.Event], None], now: Callable[[], float]) -> None:
        self._tell = tell
        self._now = now
        self._told: dict[str, float] = {}

    def on_heard(self, message: MessageBase) -> None:
        """Take in a message, if it is an alert."""
        if not isinstance(message, Alert):
            return
        text = " ".join((message.message or "no words").split())[:MAX_ALERT_CHARS]
        now = self._now()
        self._told = {said: at for said, at in self._told.items() if now - at < SAME_AGAIN_S}
        if text in self._told or len(self._told) >= 16:
            return
        self._told[text] = now
        severity = (message.severity or "").lower()
        self._tell(
            ev.Warned(text=f"A foreign service says: {text}", source="ecosystem", fault=severity in ("error", "fatal"))
        )
