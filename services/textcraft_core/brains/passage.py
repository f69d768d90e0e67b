"""Composes one passage of a chapter from its beats, the place and the talk; knows no tool and no stream."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from random import Random
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.brains.grammar import Value, count_words, expand, guarded, sentences
from textcraft_core.brains.memory import Gram, grams
from textcraft_core.brains.scene import Moment, Setting, World
from textcraft_core.brains.script import mapping, texts

LEAST_WORDS: Final = 150
MOST_WORDS: Final = 230
BEGUN_WORDS: Final = 20
"""A chapter with fewer words has not begun: there is at most a heading."""
TURNED: Final = 0.8
"""Beyond this part of its length a chapter has had its turn."""
READINGS: Final = 4
MAX_READINGS: Final = 48
HELD_BACK: Final = 3.0
"""What the chapter itself already says weighs so much more than what the book says."""
MAX_ROUNDS: Final = 12
ANCHORS: Final = 6
REPLACEABLE: Final = frozenset({"talk", "development"})
"""What any chapter has may stand in for these, when a chapter's own have all been told somewhere in the book."""
BEATS: Final = frozenset({"opening", "development", "turn", "close", "talk"})
TOLD_BEFORE: Final = 1.5
_PART_OF: Final = {"first": 0, "long": 1, "middle": 1, "short": 2, "last": 2}
_TALK_OF: Final = {"first": "first", "long": "middle", "middle": "middle", "short": "last", "last": "last"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a passage must be: the chapter so far and its length in words, who must appear, what the operator said."""

    setting: Setting
    text: str
    words: int
    target_words: int
    guests: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Which part of the chapter comes next, by its length so far."""
        left = self.target_words - self.words
        if self.words < BEGUN_WORDS:
            return "first"
        if left <= 0:
            return "long"
        turned = self.words >= TURNED * self.target_words
        if left <= MOST_WORDS - BEGUN_WORDS:
            return "last" if turned else "short"
        return "middle" if left <= 2 * MOST_WORDS and not turned else "long"

    @property
    def least(self) -> int:
        """How many words the passage needs: enough to end the chapter when it is its last one."""
        left = self.target_words - self.words
        ends = self.kind in ("last", "short")
        return max(LEAST_WORDS, min(left + 2, MOST_WORDS)) if ends else LEAST_WORDS


@dataclass
class Draft:
    """The passage while it grows: each paragraph with the slot of the layout it fills."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    heard: Counter[Gram] = field(default_factory=Counter)

    def add(self, slot: str, text: str, at: int | None = None) -> None:
        """Put a paragraph in."""
        self.parts.insert(len(self.parts) if at is None else at, (slot, text))
        self.heard.update(grams(text))

    @property
    def text(self) -> str:
        """The passage as it stands."""
        return "\n\n".join(text.replace("\n", "\n\n") for _, text in self.parts)

    @property
    def words(self) -> int:
        """How long it is."""
        return sum(count_words(text) for _, text in self.parts)


class Composer:
    """Writes one passage; every choice comes from one source of chance."""

    def __init__(self, world: World, wish: Wish, book: Counter[Gram], rng: Random) -> None:
        self._world = world
        self._wish = wish
        self._book = book
        self._rng = rng
        self._chapter = Counter(grams(wish.text))
        self._moment: Moment = world.moment(wish.setting, _PART_OF[wish.kind], wish.lines)
        self._draft = Draft()

    def compose(self) -> str:
        """Return the passage: paragraphs parted by empty lines."""
        for slot in self._layout():
            self._draft.add(slot, self._best(slot))
        self._fit()
        self._bring_guests()
        self._name_place()
        return self._draft.text

    def mend(self) -> str:
        """Return one or two sentences to stand where a weak one stood."""
        return self._best("reprise")

    def _layout(self) -> tuple[str, ...]:
        layouts = mapping(self._world.script.part("common").get("layouts")).get(self._wish.kind)
        chosen = self._rng.choice(layouts) if isinstance(layouts, list) and layouts else ()
        return texts(chosen) or ("scene", "talk", "scene")

    # Length

    def _fit(self) -> None:
        for _ in range(MAX_ROUNDS):
            if self._draft.words >= self._wish.least:
                break
            slot = self._rng.choice(("reprise", "reprise", "common_talk"))
            self._draft.add(slot, self._best(slot), max(1, len(self._draft.parts) - 1))
        spare = [part for part in self._draft.parts if part[0] in ("scene", "link", "reprise", "common_talk")]
        for part in sorted(spare, key=lambda each: -count_words(each[1])):
            if self._draft.words - count_words(part[1]) >= self._wish.least and self._draft.words > MOST_WORDS:
                self._draft.parts.remove(part)

    # Who and where

    def _bring_guests(self) -> None:
        for guest in self._wish.guests:
            if self._world.name(guest) in self._draft.text:
                continue
            known = guest in self._wish.setting.cast and self._world.name(guest) in self._wish.text
            slot = "presence" if known else "arrival"
            self._draft.add(slot, self._best(slot, guest), min(1, len(self._draft.parts)))

    def _name_place(self) -> None:
        name = self._world.place_name(self._wish.setting.place)
        if name.casefold() in self._draft.text.casefold():
            return
        at = next((i for i, (slot, _) in enumerate(self._draft.parts) if slot in ("scene", "link", "reprise")), None)
        anchor = self._best("anchor")
        if at is None:
            self._draft.add("anchor", anchor, min(1, len(self._draft.parts)))
        else:
            slot, text = self._draft.parts[at]
            self._draft.parts[at] = (slot, f"{anchor} {text}")

    # Choosing

    def _best(self, slot: str, guest: str = "") -> str:
        """Return the reading of a slot's templates that repeats least of the chapter and the book."""
        best = self._freshest(self._pool(slot), slot, guest)
        if slot in REPLACEABLE and self._staleness(best) > TOLD_BEFORE:
            other = self._freshest(self._common(slot), f"common_{slot}", guest)
            return min((best, other), key=self._staleness)
        return best

    def _freshest(self, pool: Sequence[str], slot: str, guest: str) -> str:
        times = max(1, min(READINGS, MAX_READINGS // max(len(pool), 1)))
        drawn = [expand(one, self._slots(slot, guest), self._rng) for one in pool for _ in range(times)]
        return min(drawn, key=self._staleness) if drawn else ""

    def _pool(self, slot: str) -> tuple[str, ...]:
        """Return the templates a slot may be filled from now: the chapter's own while it has any left to tell."""
        if slot == "anchor":
            return ("{anchor}",) * ANCHORS
        pool = self._entering(slot, self._fitting(self._own(slot))) or self._common(slot)
        return tuple(self._rng.sample(pool, len(pool)))

    def _common(self, slot: str) -> tuple[str, ...]:
        common = self._world.script.part("common")
        return self._fitting(texts(common.get(slot.removeprefix("common_")))) or texts(common.get("scene"))

    def _own(self, slot: str) -> tuple[str, ...]:
        beats = self._wish.setting.beats
        if slot == "talk":
            return texts(mapping(beats.get("talk")).get(_TALK_OF[self._wish.kind]))
        return texts(beats.get(slot))

    def _fitting(self, pool: Sequence[str]) -> tuple[str, ...]:
        """Leave out what presumes something not yet told, and what the chapter has told already in any reading."""
        split = [guarded(template) for template in pool]
        return tuple(rest for needed, rest in split if self._is_known(needed) and not self._is_told(rest))

    def _entering(self, slot: str, pool: tuple[str, ...]) -> tuple[str, ...]:
        """Let those who are still to enter the chapter do so first."""
        awaited = [f"{{{key}}}" for key in self._awaited()] if slot == "development" else []
        return tuple(template for template in pool if any(name in template for name in awaited)) or pool

    def _awaited(self) -> tuple[str, ...]:
        return tuple(key for key in texts(self._wish.setting.beats.get("enters")) if not self._is_known(key))

    def _is_known(self, needed: str) -> bool:
        """Tell whether the chapter has mentioned a character (by id) or a word."""
        word = self._world.name(needed) if needed in self._world.story.characters else needed
        return not word or word.casefold() in f"{self._wish.text}\n{self._draft.text}".casefold()

    def _is_told(self, template: str) -> bool:
        mine = grams(template)
        told = sum(1 for gram in mine if gram in self._chapter or gram in self._draft.heard)
        return told > len(mine) / 4

    def _staleness(self, text: str) -> float:
        mine = grams(text)
        near = sum(self._chapter[gram] + self._draft.heard[gram] for gram in mine)
        far = sum(self._book[gram] for gram in mine)
        return (HELD_BACK * near + far) / max(len(mine), 1) + self._repeats(text)

    def _repeats(self, text: str) -> float:
        """Return how often the most repeated sentence of a text has been told, weighed heavily; short ones count."""
        worst = 0
        for sentence in sentences(text):
            told = [self._book[gram] + self._chapter[gram] + self._draft.heard[gram] for gram in grams(sentence)]
            worst = max(worst, min(told, default=0))
        return float(worst)

    def _slots(self, slot: str, guest: str) -> dict[str, Value]:
        setting, absent = self._wish.setting, {guest, *self._awaited()}
        company = [one for one in self._world.pairs(setting) if one not in absent] or list(self._world.pairs(setting))
        self._rng.shuffle(company)
        first, second = (company * 2)[:2]
        if self._is_of_leads(slot) and len(setting.leads) > 1:
            first, second = setting.leads[:2]
        roles = {"a": first, "b": second, **({"guest": guest} if guest else {})}
        return self._world.slots(setting.place, self._moment, roles)

    def _is_of_leads(self, slot: str) -> bool:
        """Tell whether {a} and {b} are the same two throughout: in what a chapter has of its own, or has none of."""
        beats = self._wish.setting.beats
        return slot in beats or (slot in BEATS and "opening" not in beats)
