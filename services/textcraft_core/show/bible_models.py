"""The story bible's files as models; lenient with what people write, and free of any text of its own."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, field_validator, model_validator

from textcraft_core.show.lenient import Part, Whole, Words, as_objects

DEFAULT_TARGET_WORDS: Final = 2000


class Section(Part):
    """A part that people also write as one text (kept under `text`) or as a list (under `items`)."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"text": value}
        return {"items": value} if isinstance(value, list) else value


class Persona(Part):
    """One role's personality: its prompt template, model and tools; `confirm` asks for a closing summary."""

    name: str = ""
    role_type: str = ""
    model: str = ""
    temperature: float = Field(default=0.7, ge=0, le=1, allow_inf_nan=False)
    max_tokens: int = Field(default=2048, gt=0)
    system_prompt: str = Field(min_length=1)
    allowed_tools: Words = ()
    confirm: bool = False


class ConfMeta(Section):
    """Whose book this is, and for whom."""

    title: str = ""
    author: str = ""
    series: str = ""
    target_audience: str = ""


class Style(Section):
    """How it is told."""

    genre: str = ""
    tone: str = ""
    pov: str = ""
    tense: str = ""
    pacing: str = ""


class Constraints(Section):
    """What must hold; the target in words."""

    chapter_target_word_count: Whole = DEFAULT_TARGET_WORDS
    forbidden_tropes: Words = ()
    required_themes: Words = ()

    @field_validator("chapter_target_word_count")
    @classmethod
    def _some(cls, value: int) -> int:
        return value if value > 0 else DEFAULT_TARGET_WORDS


class Formatting(Section):
    """How it is set."""

    use_british_spelling: bool = False
    chapter_header_format: str = ""


class ProjectConf(Part):
    """project_conf.json."""

    meta: ConfMeta = ConfMeta.model_construct()
    style: Style = Style.model_construct()
    constraints: Constraints = Constraints.model_construct()
    formatting: Formatting = Formatting.model_construct()


class Psychology(Section):
    """What moves a character."""

    traits: Words = ()
    fears: Words = ()
    motivation: str = ""


class Voice(Section):
    """How a character speaks."""

    tone: str = ""
    catchphrases: Words = ()


def _as_relations(value: Any) -> Any:
    is_names = isinstance(value, list) and all(isinstance(item, str) for item in value)
    return dict.fromkeys(value, "") if is_names else value


class Character(Section):
    """One character; `name` is its id when the file gives none."""

    name: str = ""
    aliases: Words = ()
    role: str = ""
    archetype: str = ""
    appearance: Section = Section.model_construct()
    psychology: Psychology = Psychology.model_construct()
    voice: Voice = Voice.model_construct()
    relationships: Annotated[dict[str, Any], BeforeValidator(_as_relations)] = Field(default_factory=dict)
    inventory: Words = ()


class Location(Section):
    """One place."""

    name: str = ""
    type: str = ""
    parent_location: str = ""
    atmosphere: Section = Section.model_construct()
    description: str = ""
    key_landmarks: Words = ()
    items_of_interest: Words = ()


class Moment(Section):
    """One event of the timeline."""

    id: str = ""
    name: str = ""
    timestamp: str = ""
    description: str = ""
    participants: Words = ()
    location: str = ""
    status: str = ""


class Timeline(Part):
    """timeline.json; a bare list of events is accepted."""

    events: tuple[Moment, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        return {"events": value} if isinstance(value, list) else value


class ChapterPlan(Section):
    """What the brief says of one chapter."""

    id: str = ""
    number: Whole = 0
    title: str = ""
    summary: str = ""
    characters_involved: Words = ()


def _as_chapters(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [
            {"id": key, **item} if isinstance(item, Mapping) else {"id": key, "text": item}
            for key, item in value.items()
        ]
    return value


class Structure(Section):
    """The shape of the book."""

    acts: Any = ()
    beats: Any = ()
    chapters: Annotated[tuple[ChapterPlan, ...], BeforeValidator(_as_chapters)] = ()


class StoryBrief(Section):
    """story_brief.json; what may be an object, a list or a text is kept as it is."""

    logline: str = ""
    premise: str = ""
    themes: Words = ()
    setting_rules: Any = ()
    structure: Structure = Structure.model_construct()
    character_arcs: Any = ()
    plot_twists: Words = ()
    ending: Any = ""


def parse_characters(value: Any) -> dict[str, Character]:
    """Return id → character from an object or a list of objects. Raises ValueError."""
    found = {key: Character.model_validate(item) for key, item in _objects(value, "characters").items()}
    return {key: item if item.name else item.model_copy(update={"name": key}) for key, item in found.items()}


def parse_locations(value: Any) -> dict[str, Location]:
    """Return id → location from an object or a list of objects. Raises ValueError."""
    found = {key: Location.model_validate(item) for key, item in _objects(value, "locations").items()}
    return {key: item if item.name else item.model_copy(update={"name": key}) for key, item in found.items()}


def _objects(value: Any, wrapper: str) -> dict[str, Any]:
    """Accept the objects also inside one named after the file."""
    inner = value.get(wrapper) if isinstance(value, Mapping) and set(value) == {wrapper} else None
    return as_objects(inner if isinstance(inner, list | Mapping) else value, "id", "name")
