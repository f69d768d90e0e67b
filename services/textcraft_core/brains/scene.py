"""Who, where and when of a chapter in rehearsal, and the slots that come of it; writes no sentence itself."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from random import Random
from typing import Final, TypeVar

from textcraft_bus.records import dataclass
from textcraft_core.brains.grammar import Value, expand, literal, words
from textcraft_core.brains.script import Part, Script, mapping, texts, title_key
from textcraft_core.brains.story import MAX_NAME_CHARS, PlannedChapter, Story
from textcraft_core.engine.survey import chapter_number
from textcraft_core.scanner import chapter_id, title_of

T = TypeVar("T")
COMPANY: Final = 3
"""So many people make a scene beyond the plan."""
DAYS: Final = (("dawn", "day", "dusk"), ("day", "dusk", "night"), ("dusk", "night", "dawn"), ("night", "dawn", "day"))
ONLY_AT: Final = {"stars": "night", "heat": "day"}
FAIR: Final = "clear"
_PRONOUNS: Final = {
    "she": ("she", "her", "her"),
    "he": ("he", "him", "his"),
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
}
_LISTS: Final = {"gesture": "gestures", "remark": "remarks", "retort": "retorts", "thought": "thoughts",
                 "arrival": "arrivals", "said": "said"}  # fmt: skip


def chance(seed: int, role: str, cycle: int, target: str, attempt: int) -> Random:
    """Return the one source of chance of a call: the same for the same call, whatever happened before."""
    key = "\x1f".join((str(seed), role, str(cycle), target, str(attempt)))
    return Random(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest())


@dataclass(frozen=True, slots=True)
class Setting:
    """What one chapter is about; `beats` holds its own material, `leads` are {a} and {b} of it."""

    number: int
    title: str
    summary: str
    place: str
    cast: tuple[str, ...]
    leads: tuple[str, ...]
    days: tuple[str, ...]
    weathers: tuple[str, ...]
    beats: Part = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a passage takes place."""

    time: str
    weather: str


class World:
    """A script read together with a story: every name comes from the story, every sentence from the script."""

    def __init__(self, script: Script, story: Story, seed: int) -> None:
        self.script = script
        self.story = story
        self._seed = seed
        self._common = script.part("common")
        self._scopes: dict[tuple[str, Moment], dict[str, Value]] = {}
        self._people: dict[tuple[str, str, bool], dict[str, Value]] = {}

    # Chapters

    def setting(self, file_name: str, characters: Iterable[str] = ()) -> Setting:
        """Return what the chapter in a file is about; `characters` (ids or names) are in it too."""
        number = chapter_number(chapter_id(file_name))
        planned = self.story.plan.get(number)
        title = planned.title if planned and planned.title else literal(title_of(file_name))[:MAX_NAME_CHARS]
        rng = chance(self._seed, "plan", 0, chapter_id(file_name), 0)
        beats = self.script.chapters.get(title_key(title)) or self._arc(number)
        place = self._place(planned, beats, number)
        cast, leads = self._company(planned, beats, rng)
        extra = tuple(filter(None, map(self.story.character_id, characters)))
        cast = tuple(dict.fromkeys((*cast, *extra)))
        summary = planned.summary if planned else self._arc_summary(beats, place)
        days = texts(beats.get("times")) or rng.choice(DAYS)
        weathers = texts(beats.get("weather")) or self._weathers(place, rng)
        return Setting(number, title, summary, place, cast, leads, days, weathers, beats)

    def next_title(self, next_id: str, taken: Iterable[str]) -> str:
        """Return a title for a chapter nobody planned, not among the `taken` ones while there is a choice."""
        number = chapter_number(next_id)
        arc = self._arc(number)
        place = self._place(None, arc, number)
        rng = chance(self._seed, "title", 0, next_id, 0)
        known = {title_key(title) for title in taken}
        titles = [expand(title, self.place_slots(place), rng) for title in texts(arc.get("titles"))]
        fresh = [title for title in titles if title_key(title) not in known]
        return rng.choice(fresh or titles or [next_id])

    def moment(self, setting: Setting, part: int, lines: Iterable[str] = ()) -> Moment:
        """Return when the first (0), middle (1) or last (2) part of a chapter is; an operator's words win."""
        time = self._wanted("times", lines) or setting.days[min(part, len(setting.days) - 1)]
        wanted = self._wanted("weather", lines)
        weather = wanted or setting.weathers[min(part, len(setting.weathers) - 1)]
        if not wanted and ONLY_AT.get(weather, time) != time:
            weather = FAIR
        return Moment(time, weather)

    def _wanted(self, kind: str, lines: Iterable[str]) -> str:
        said = f" {' '.join(words(' '.join(lines)))} "
        for name, entry in mapping(self.script.part("world").get(kind)).items():
            if any(f" {word} " in said for word in texts(mapping(entry).get("words"))):
                return name
        return ""

    def _arc(self, number: int) -> Part:
        arcs = self.script.arcs
        beyond = number - max(self.story.plan, default=0) - 1
        if not arcs:
            return {}
        return arcs[self._dealt("arcs", tuple(range(len(arcs))), beyond)]

    def _arc_summary(self, beats: Part, place: str) -> str:
        summary = beats.get("summary")
        return expand(summary, self.place_slots(place), Random(0)) if isinstance(summary, str) else ""

    def _dealt(self, what: str, cards: Sequence[T], at: int) -> T:
        """Return the card at a position of an endless deal in which each round holds every card once."""
        deal, place = divmod(max(at, 0), len(cards))
        return chance(self._seed, what, deal, "", 0).sample(cards, len(cards))[place]

    def _place(self, planned: PlannedChapter | None, beats: Part, number: int) -> str:
        wanted = planned.place if planned else ""
        found = self.story.location_id(wanted) or self.story.location_id(str(beats.get("location") or ""))
        if found or not self.story.locations:
            return found
        fitting = [key for key in self.story.locations if key in texts(beats.get("places"))]
        return self._dealt("places", fitting or list(self.story.locations), number)

    def _company(
        self, planned: PlannedChapter | None, beats: Part, rng: Random
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known = self.story.characters
        own = [key for key in texts(beats.get("cast")) if key in known]
        involved = [self.story.character_id(name) for name in (planned.characters if planned else ())]
        cast = list(dict.fromkeys([*filter(None, involved), *own]))
        others = [key for key in known if key not in cast]
        rng.shuffle(others)
        if not involved:
            cast += others[: max(COMPANY - len(cast), 2)]
        speaking = [key for key in (*cast, *others) if key not in own and not self.person(key).get("silent")]
        return tuple(cast), tuple(speaking[:2])

    def _weathers(self, place: str, rng: Random) -> tuple[str, ...]:
        known = list(mapping(self.script.part("world").get("weather")))
        pool = texts(self.site(place).get("weather")) or known or (FAIR,)
        first, last = rng.choice(pool), rng.choice(pool)
        return first, first, last

    # Slots

    def person(self, key: str) -> Part:
        """Return the script's material on a character, completed from what fits anyone."""
        return {**mapping(self._common.get("anyone")), **mapping(self.script.part("characters").get(key))}

    def site(self, key: str) -> Part:
        """Return the script's material on a place, completed from what fits anywhere."""
        return {**mapping(self._common.get("anyplace")), **mapping(self.script.part("places").get(key))}

    def name(self, key: str) -> str:
        """Return the name a character goes by in the prose."""
        character = self.story.characters.get(key)
        full = literal(character.name)[:MAX_NAME_CHARS] if character else ""
        first, _, rest = full.partition(" ")
        if rest and first.casefold() in texts(self._common.get("honorifics")):
            return _mid_sentence(full)
        return first or str(mapping(self.script.part("characters").get(key)).get("name") or key)

    def place_name(self, key: str) -> str:
        """Return the name of a place as it stands in the middle of a sentence."""
        location = self.story.locations.get(key)
        name = literal(location.name)[:MAX_NAME_CHARS] if location else ""
        return _mid_sentence(name or str(self.site(key).get("name") or key))

    def place_slots(self, place: str, *, bright: bool = False) -> dict[str, Value]:
        """Return the slots a place gives; `bright` adds what is seen of it in good light only."""
        site = self.site(place)
        name = self.place_name(place)
        lists = {"thing": "things", "anchor": "anchor", "sight": "sight", "sound": "sound", "smell": "smell"}
        return {"place": name, "at": f"{site.get('prep') or 'at'} {name}"} | {
            slot: texts(site.get(key)) + (texts(site.get(f"{key}_fair")) if bright else ())
            for slot, key in lists.items()
        }

    def slots(self, place: str, moment: Moment, roles: Mapping[str, str]) -> dict[str, Value]:
        """Return every slot of a scene; `roles` maps a, b, guest to character ids."""
        if (place, moment) not in self._scopes:
            self._scopes[place, moment] = self._scene_slots(place, moment)
        scope = dict(self._scopes[place, moment])
        for role, key in roles.items():
            scope.update(self._person_slots(role, key, self._is_outdoors(place)))
        return scope

    def _is_outdoors(self, place: str) -> bool:
        return not self.site(place).get("indoors")

    def _scene_slots(self, place: str, moment: Moment) -> dict[str, Value]:
        world, outdoors = self.script.part("world"), self._is_outdoors(place)
        weather = mapping(mapping(world.get("weather")).get(moment.weather))
        hour = mapping(mapping(world.get("times")).get(moment.time))
        fair = weather.get("fair") is True
        scope = self.place_slots(place, bright=fair and moment.time != "night")
        scope["sky"] = texts(weather.get("out" if outdoors else "in"))
        scope["hour"] = texts(hour.get("sentences")) + (texts(hour.get("fair")) if fair else ())
        for key in {*self.story.locations, *self.script.part("places")}:
            scope[key] = self.place_name(key)
        for key in {*self.story.characters, *self.script.part("characters")}:
            scope |= self._person_slots(key, key, outdoors)
        return scope

    def _person_slots(self, role: str, key: str, outdoors: bool) -> dict[str, Value]:
        known = self._people.get((role, key, outdoors))
        if known is None:
            known = self._people[role, key, outdoors] = self._portray(role, key, outdoors)
        return known

    def _portray(self, role: str, key: str, outdoors: bool) -> dict[str, Value]:
        person, name = self.person(key), self.name(key)
        character = self.story.characters.get(key)
        given = (character.model_extra or {}).get("pronouns") if character else ""
        they, them, their = _PRONOUNS.get(_first_word(given or person.get("pronouns")), _PRONOUNS["they"])
        full = literal(character.name)[:MAX_NAME_CHARS] if character else name
        scope: dict[str, Value] = {f"{role}.they": they, f"{role}.them": them, f"{role}.their": their}
        scope |= {role: name, f"{role}.full": full}
        for slot, listed in _LISTS.items():
            pool = texts(person.get(listed)) + (texts(person.get(f"{listed}_out")) if outdoors else ())
            scope[f"{role}.{slot}"] = tuple(text.replace("{self}", name) for text in pool)
        return scope

    def pairs(self, setting: Setting) -> tuple[str, ...]:
        """Return whom a scene's {a} and {b} are drawn from: at least two, helped out by passers-by."""
        extras = [str(extra.get("name")) for extra in self._common.get("extras") or [] if isinstance(extra, Mapping)]
        return tuple(setting.cast) if len(setting.cast) > 1 else (*setting.cast, *extras)[:3]


def _first_word(value: object) -> str:
    return value.casefold().replace("/", " ").split(" ")[0] if isinstance(value, str) else ""


def _mid_sentence(name: str) -> str:
    return f"{name[0].lower()}{name[1:]}" if name.startswith(("The ", "A ", "An ")) else name
