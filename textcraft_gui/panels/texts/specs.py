"""What each form of the bible holds, as data: its fields, their words and their places in the file; knows no widget."""

from enum import Enum
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_core.show.merge import Path


class Kind(Enum):
    """How a value is edited."""

    KEY = "the name under which an item stands"
    LINE = "a line"
    TEXT = "some lines"
    LONG = "a prompt"
    WHOLE = "a whole number"
    NUMBER = "a number"
    WORDS = "one for each line"
    PAIRS = "name: text, one for each line"
    CHECK = "yes or no"
    TOOLS = "tools to tick"
    FREE = "words, lines or JSON"


@dataclass(frozen=True)
class Field:
    """One value: where it stands below the item, what it is called; `half` lies beside its neighbour."""

    path: Path
    word: str
    kind: Kind = Kind.LINE
    hint: str = ""
    half: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spec:
    """One form. `items` is the place of the items of a list or an object, None when the file is one item."""

    file: str
    word: str
    hint: str
    fields: tuple[Field, ...]
    items: Path | None = None
    named: bool = False
    """The items stand under names of their own (an object), not in a row (a list)."""
    item: str = ""
    """What one item is called."""
    title: Path = ("name",)


def _half(path: str, word: str, kind: Kind = Kind.LINE, hint: str = "", choices: tuple[str, ...] = ()) -> Field:
    return Field(tuple(path.split(".")), word, kind, hint, half=True, choices=choices)


def _wide(path: str, word: str, kind: Kind = Kind.TEXT, hint: str = "") -> Field:
    return Field(tuple(path.split(".")), word, kind, hint)


ROLES: Final = ("Protagonist", "Antagonist", "Deuteragonist", "Supporting", "Minor")
ROLE_TYPES: Final = ("orchestrator", "generator", "critic")
TOOLS: Final = ("read_file", "write_file", "append_file", "edit_file", "list_files", "search_code", "assign_task")
"""The tools a persona may be allowed, in the order of the tool table."""

PERSONAS: Final = Spec(
    "personas",
    "PERSONAS",
    "The company of writers",
    (
        _half("name", "name", hint="What this writer is called"),
        _half("role_type", "kind", hint="Plans, writes or judges", choices=ROLE_TYPES),
        _half("model", "model", hint="The brain replaces one it does not have, and says so"),
        _half("temperature", "temperature", Kind.NUMBER, "0 is sober, 1 is wild"),
        _half("max_tokens", "max tokens", Kind.WHOLE, "The longest answer, in tokens"),
        _half("confirm", "closing line", Kind.CHECK, "Ask for a closing summary after the work"),
        _wide("system_prompt", "prompt", Kind.LONG, "Who this writer is; {{…}} is filled in"),
        _wide("allowed_tools", "tools", Kind.TOOLS),
    ),
    items=(),
    named=True,
    item="persona",
)
SHOW: Final = Spec(
    "project_conf",
    "SHOW",
    "Title, style, rules and format",
    (
        _half("meta.title", "title", hint="What the show is called"),
        _half("meta.author", "author"),
        _half("meta.series", "series"),
        _half("meta.target_audience", "audience", hint="For whom it is told"),
        _half("style.genre", "genre"),
        _half("style.tone", "tone"),
        _half("style.pov", "view", hint="The point of view"),
        _half("style.tense", "tense"),
        _half("style.pacing", "pacing"),
        _half("constraints.chapter_target_word_count", "words", Kind.WHOLE, "How long a chapter is to be, in words"),
        _wide("constraints.forbidden_tropes", "forbidden", Kind.WORDS, "What must not happen, one for each line"),
        _wide("constraints.required_themes", "themes", Kind.WORDS, "What must come up, one for each line"),
        _half("formatting.chapter_header_format", "header", hint="{{n}} and {{title}} are filled in"),
        _half("formatting.use_british_spelling", "British spelling", Kind.CHECK),
    ),
)
CHARACTERS: Final = Spec(
    "characters",
    "CHARACTERS",
    "Who is in the story",
    (
        _half("", "id", Kind.KEY, "The short name plans use"),
        _half("name", "name"),
        _half("role", "role", hint="What part the character has", choices=ROLES),
        _half("archetype", "archetype"),
        _wide("aliases", "aliases", Kind.WORDS, "Other names, one for each line"),
        _half("appearance.age", "age"),
        _half("appearance.clothing", "clothing"),
        _wide("appearance.features", "features", hint="What is seen at once"),
        _wide("psychology.motivation", "wants"),
        _wide("psychology.traits", "traits", Kind.WORDS, "One for each line"),
        _wide("psychology.fears", "fears", Kind.WORDS, "One for each line"),
        _wide("voice.tone", "voice", hint="How the character speaks"),
        _wide(
            "voice.catchphrases", "phrases", Kind.WORDS, "What the character says again and again, one for each line"
        ),
        _wide("relationships", "relations", Kind.PAIRS, "id: what binds them, one for each line"),
        _wide("inventory", "carries", Kind.WORDS, "One for each line"),
    ),
    items=(),
    named=True,
    item="character",
)
PLACES: Final = Spec(
    "locations",
    "PLACES",
    "Where it happens",
    (
        _half("", "id", Kind.KEY, "The short name plans use"),
        _half("name", "name"),
        _half("type", "kind"),
        _half("parent_location", "lies in", hint="The id of the place around it"),
        _wide("description", "description"),
        _wide("atmosphere", "atmosphere", Kind.PAIRS, "sense: what is felt, one for each line"),
        _wide("key_landmarks", "landmarks", Kind.WORDS, "One for each line"),
        _wide("items_of_interest", "things", Kind.WORDS, "One for each line"),
    ),
    items=(),
    named=True,
    item="place",
)
TIMELINE: Final = Spec(
    "timeline",
    "TIMELINE",
    "What happened, and when",
    (
        _half("id", "id"),
        _half("name", "name"),
        _half("timestamp", "when"),
        _half("status", "status"),
        _half("location", "where", hint="The id of a place"),
        _wide("description", "description"),
        _wide("participants", "who", Kind.WORDS, "Ids of characters, one for each line"),
    ),
    items=("events",),
    item="event",
)
BRIEF: Final = Spec(
    "story_brief",
    "BRIEF",
    "What the story is",
    (
        _wide("logline", "logline", hint="The story in one sentence"),
        _wide("premise", "premise"),
        _wide("themes", "themes", Kind.WORDS, "One for each line"),
        _wide("setting_rules", "rules", Kind.FREE, "What holds in this world"),
        _wide("structure.acts", "acts", Kind.FREE),
        _wide("structure.beats", "beats", Kind.FREE),
        _wide("character_arcs", "arcs", Kind.FREE, "How each character changes"),
        _wide("plot_twists", "twists", Kind.WORDS, "One for each line"),
        _wide("ending", "ending", Kind.FREE),
    ),
)
CHAPTERS: Final = Spec(
    "story_brief",
    "CHAPTERS",
    "What each chapter is to tell",
    (
        _half("id", "id"),
        _half("title", "title"),
        _half("number", "number", Kind.WHOLE),
        _wide("summary", "summary"),
        _wide("characters_involved", "who", Kind.WORDS, "Ids of characters, one for each line"),
    ),
    items=("structure", "chapters"),
    item="chapter",
    title=("title",),
)
BIBLE: Final = (SHOW, CHARACTERS, PLACES, TIMELINE, BRIEF, CHAPTERS)
