"""What a prompt asks to see: its words looked up in the vocabulary; it knows no pixel."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textcraft_image_server.painting.chance import Chance
from textcraft_image_server.painting.vocabulary import Vocabulary, fold, load

ABSTRACT, STORM = "abstract", "storm"
_AT_SEA = frozenset({STORM, "sea", "coast", ABSTRACT})
_NEGATIONS = frozenset({"no", "without", "not", "sans", "ohne", "sin"})


@dataclass(frozen=True)
class Brief:
    """The painter's orders: names from the vocabulary only."""

    family: str
    palette: str
    time: str
    weather: frozenset[str]
    elements: frozenset[str]


def _forms(text: str) -> Iterator[tuple[str, ...]]:
    """Give each word as it stands and without a plural ending, and each pair of neighbours."""
    words = fold(text)
    for index, word in enumerate(words):
        if index and words[index - 1] in _NEGATIONS:
            continue
        pair = f"{word} {words[index + 1]}" if index + 1 < len(words) else word
        yield (pair, word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("n"))


def _look_up(forms: tuple[str, ...], table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return next((table[form] for form in forms if form in table), ())


def _gather(text: str, table: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [name for forms in _forms(text) for name in _look_up(forms, table)]


def _commonest(names: list[str]) -> str | None:
    return Counter(names).most_common(1)[0][0] if names else None


def _families(text: str, table: Mapping[str, tuple[tuple[str, float], ...]]) -> dict[str, float]:
    """Sum the weights per family; earlier words count a little more, as the subject is named first."""
    totals: dict[str, float] = {}
    for place, forms in enumerate(_forms(text)):
        hits = next((table[form] for form in forms if form in table), ())
        for name, weight in hits:
            totals[name] = totals.get(name, 0.0) + weight * (1.0 + 0.5 / (1.0 + place))
    return totals


def _choose_family(prompt: str, negative: str, words: Vocabulary, chance: Chance, hinted: bool) -> str:
    unwanted = {name for name, total in _families(negative, words.families).items() if total >= 1.0}
    totals = {name: total for name, total in _families(prompt, words.families).items() if name not in unwanted}
    if STORM in totals and any(totals[name] >= 1.0 for name in totals if name not in _AT_SEA):
        del totals[STORM]  # bad weather over a place on land, not a storm at sea
    if totals:
        return max(totals, key=lambda name: totals[name])
    places = [name for name in words.wanderings if name not in unwanted]
    if not hinted or not places:
        return ABSTRACT
    return str(chance.stream("family").choice(places))


def _choose_palette(prompt: str, time: str | None, words: Vocabulary, chance: Chance) -> str:
    mood = _commonest(_gather(prompt, words.moods))
    if mood is not None:
        return mood
    rng = chance.stream("palette")
    fitting = words.palettes_by_time[time or str(rng.choice(["night", "dusk", "dusk", "dawn"]))]
    return str(rng.choice(fitting))


def read(prompt: str, negative_prompt: str, chance: Chance) -> Brief:
    """Turn a prompt into orders; what it leaves open, the seed decides. Words of the negative prompt are left out."""
    words = load()
    weather = frozenset(_gather(prompt, words.weather)) - set(_gather(negative_prompt, words.weather))
    elements = frozenset(_gather(prompt, words.elements)) - set(_gather(negative_prompt, words.elements))
    asked_time = _commonest(_gather(prompt, words.times)) or _commonest(_gather(prompt, words.time_hints))
    palette = _choose_palette(prompt, asked_time, words, chance)
    hinted = bool(weather or elements or asked_time)
    family = _choose_family(prompt, negative_prompt, words, chance, hinted)
    return Brief(family, palette, asked_time or words.palettes[palette].time, weather, elements)
