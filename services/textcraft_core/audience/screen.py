"""The screen every visitor's word goes through: length, rate, number, word list; pure, asks nobody, keeps no words."""

import hashlib
import re
import unicodedata
from collections import deque
from dataclasses import field
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.audience.settings import AudienceConfig, Policy

SAID_TWICE_SECONDS: Final = 600.0
MINUTE: Final = 60.0
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be done with a story: `auto`, `ask` or `ignore`, its bounded text, and why it is not what was set."""

    policy: Policy
    text: str
    reason: str = ""


@dataclass
class Screen:
    """Judges one story after the other; times are monotonic seconds."""

    config: AudienceConfig
    _times: deque[float] = field(default_factory=deque)
    _said: dict[str, float] = field(default_factory=dict)

    def judge(self, text: str, policy: Policy, *, now: float, waiting: int, attended: bool = True) -> Judgement:
        """Return what becomes of a story under a policy; one that nobody may answer is taken screened or not at all."""
        if not attended:
            policy = "auto" if self.config.unattended == "screened" and policy != "ignore" else "ignore"
        text = bounded(text, self.config.most_chars)
        if policy == "ignore":
            return Judgement("ignore", "", "the policy is to ignore")
        refused = self._refused(text, now, waiting)
        if refused:
            return Judgement("ignore", "", refused)
        self._remember(text, now)
        if policy == "auto" and self.has_listed_word(text):
            why = "it holds a word of the list"
            return Judgement("ask", text, why) if attended else Judgement("ignore", "", why)
        return Judgement(policy, text)

    def has_listed_word(self, text: str) -> bool:
        """Whether a text holds a word of the list, as a whole word, whatever its case and accents."""
        plain = _plain(text)
        return any(re.search(rf"(?<!\w){re.escape(_plain(word))}(?!\w)", plain) for word in self.config.words if word)

    def _refused(self, text: str, now: float, waiting: int) -> str:
        while self._times and now - self._times[0] >= MINUTE:
            self._times.popleft()
        self._said = {key: at for key, at in self._said.items() if now - at < SAID_TWICE_SECONDS}
        if len(text) < self.config.least_chars:
            return "it is too short"
        if _key(text) in self._said:
            return "it was said twice"
        if len(self._times) >= self.config.per_minute:
            return "too many came at once"
        return "too many are waiting" if waiting >= self.config.most_waiting else ""

    def _remember(self, text: str, now: float) -> None:
        self._times.append(now)
        self._said[_key(text)] = now


def bounded(text: str, most: int) -> str:
    """Return a text on one line, without control and direction characters, cut at a word after `most` characters."""
    line = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", text[: most * 8])).split())
    if len(line) <= most:
        return line
    return line[: most - 1].rpartition(" ")[0].rstrip() + "…" if " " in line[: most - 1] else line[: most - 1] + "…"


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


def _key(text: str) -> str:
    """What a text is known by without keeping it."""
    return hashlib.sha256(_plain(text).encode(errors="replace")).hexdigest()
