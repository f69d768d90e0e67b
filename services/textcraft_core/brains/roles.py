"""What each role answers in rehearsal: plan, passage, verdict, picture, report; knows no stream and no clock."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from random import Random
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.ai_services.client import Purpose
from textcraft_core.brains.grammar import Value, count_words, expand, literal
from textcraft_core.brains.memory import Gram, grams
from textcraft_core.brains.passage import BEGUN_WORDS, Composer, Wish
from textcraft_core.brains.scene import Moment, Setting, World
from textcraft_core.brains.script import Part, mapping, texts

FOLDER: Final = "manuscripts/"
QUOTE_WORDS: Final = 6
MAX_LINE_CHARS: Final = 400
MAX_CAPTION_CHARS: Final = 140
FAIR_CAPTION_CHARS: Final = 70
FAIL_RATE: Final = 0.25
_QUOTED: Final = re.compile(r"“([^“”]{8,120})…”")
_NOT_IN_TITLES: Final = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a brain says: content or one tool call; `spoken` is the text an audience may read as it comes."""

    content: str = ""
    tool: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def spoken(self) -> str:
        """The readable text."""
        return self.content or str(self.arguments.get("content") or self.arguments.get("replace_text") or "")


@dataclass(frozen=True)
class Call:
    """One call with all it is answered from."""

    purpose: Purpose
    world: World
    book: Counter[Gram]
    rng: Random
    tools: frozenset[str]

    @property
    def chapter(self) -> Part:
        """What the context tells of the target, {} while planning."""
        return mapping(self.purpose.context.get("chapter"))

    @property
    def target(self) -> str:
        """The file name of the target."""
        return str(self.purpose.task.get("target_file") or self.purpose.target or "")

    @property
    def lines(self) -> tuple[str, ...]:
        """What the operator and visitors said for this cycle, each in one line and bounded."""
        override = mapping(self.purpose.context.get("override"))
        context = self.purpose.context
        said = [
            *texts(context.get("operator")),
            *texts(context.get("visitors")),
            str(override.get("instruction") or ""),
        ]
        return tuple(dict.fromkeys(line for line in (literal(each)[:MAX_LINE_CHARS] for each in said) if line))

    @property
    def setting(self) -> Setting:
        """What the target chapter is about."""
        named = self.purpose.task.get("characters")
        return self.world.setting(self.target, named if isinstance(named, list | tuple) else ())

    def pick(self, part: str, key: str, slots: Mapping[str, Value]) -> str:
        """Return one reading of the templates under a key, "" when there are none."""
        pool = self.world.script.pool(part, key)
        return expand(self.rng.choice(pool), slots, self.rng) if pool else ""


def answer(call: Call) -> Reply:
    """Return what the role of a call says; roles nobody knows give a short report."""
    return {"architect": plan, "narrator": narrate, "editor": judge, "illustrator": illustrate}.get(
        call.purpose.role, report
    )(call)


# The Architect


def plan(call: Call) -> Reply:
    """Return the decision for this cycle as JSON."""
    open_ones = [each for each in _summaries(call) if each.get("status") != "LOCKED"]
    forced = _forced(call)
    chosen = next((each for each in open_ones if forced and forced in _spellings(each)), None)
    if chosen is None:
        chosen = next(iter(open_ones), None)
    decision = _open_next(call) if chosen is None else _go_on(call, chosen)
    return Reply(json.dumps(decision, ensure_ascii=False, indent=2))


def _summaries(call: Call) -> list[Part]:
    found = call.purpose.context.get("summaries")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list | tuple) else []


def _forced(call: Call) -> str:
    override = mapping(call.purpose.context.get("override"))
    if call.purpose.context.get("rejected"):
        return ""
    return str(override.get("target") or call.purpose.task.get("target_file") or "").rpartition("/")[2].casefold()


def _spellings(summary: Part) -> set[str]:
    file = _file(summary)
    return {str(summary.get("id")).casefold(), file.casefold(), file.removesuffix(".md").casefold()}


def _file(summary: Part) -> str:
    return str(summary.get("path") or "").rpartition("/")[2] or f"{summary.get('id')}.md"


def _open_next(call: Call) -> dict[str, Any]:
    ahead = mapping(call.purpose.context.get("plan"))
    file = str(ahead.get("next_file") or "")
    if not file:
        next_id = str(ahead.get("next_id") or "ch01")
        title = call.world.next_title(next_id, (str(each.get("title")) for each in _summaries(call)))
        file = f"{next_id}_{_NOT_IN_TITLES.sub('_', title).strip('_')}.md"
    return _decide(call, file, "generate", "narrator", "begin", "")


def _go_on(call: Call, chosen: Part) -> dict[str, Any]:
    status, file = str(chosen.get("status")), _file(chosen)
    if status == "REVISION_NEEDED":
        return _decide(call, file, "edit", "narrator", "revise", "")
    if status == "REVIEW_READY":
        return _decide(call, file, "edit", "editor", "review", "")
    begun = int(chosen.get("words") or 0) >= BEGUN_WORDS and status != "MISSING"
    return _decide(call, file, "generate", "narrator", "continue" if begun else "begin", "")


def _decide(call: Call, file: str, action: str, agent: str, manner: str, notes: str) -> dict[str, Any]:
    setting = call.world.setting(file)
    slots: dict[str, Value] = {
        "title": setting.title,
        "summary": setting.summary or setting.title,
        "notes": notes or " ",
    }
    said = [call.pick("architect", "operator", {"line": line}) for line in call.lines]
    named = call.world.story.named_in(" ".join(call.lines), call.world.name)
    return {
        "action_type": action,
        "target_file": file,
        "assigned_agent": agent,
        "context_notes": "\n".join(filter(None, [call.pick("architect", manner, slots), *said])),
        "characters": list(dict.fromkeys((*named, *setting.cast))),
    }


# The Narrator


def narrate(call: Call) -> Reply:
    """Return the tool call that writes the next passage or mends a marked line, then a closing line."""
    done = call.purpose.context.get("last")
    if isinstance(done, list | tuple) and done:
        return _closing(call, mapping(done[-1]))
    notes = texts(list(call.chapter.get("editor_notes") or ()))
    text = str(call.chapter.get("text") or "")
    if call.purpose.task.get("action_type") == "edit" and text.strip() and "edit_file" in call.tools:
        mended = _mend(call, text, notes)
        if mended is not None:
            return mended
    return _write(call, text)


def _closing(call: Call, done: Part) -> Reply:
    arguments = mapping(done.get("arguments"))
    written = str(arguments.get("content") or arguments.get("replace_text") or "")
    reason = literal(str(done.get("data")))[:MAX_LINE_CHARS]
    slots: dict[str, Value] = {"title": call.setting.title, "words": str(count_words(written)), "reason": reason}
    kind = "mended" if done.get("tool") == "edit_file" else "done"
    return Reply(call.pick("report", "failed" if done.get("status") == "error" else kind, slots))


def _write(call: Call, text: str) -> Reply:
    prose = Composer(call.world, _wish(call, text), call.book, call.rng).compose()
    path = f"{FOLDER}{call.target}"
    if text.strip() and "append_file" in call.tools:
        gap = "\n" if text.endswith("\n") else "\n\n"
        return Reply(tool="append_file", arguments={"path": path, "content": f"{gap}{prose}\n"})
    if "write_file" not in call.tools:
        return Reply(content=prose)
    before = text.rstrip() or _header(call)
    return Reply(tool="write_file", arguments={"path": path, "content": f"{before}\n\n{prose}\n".lstrip()})


def _wish(call: Call, text: str) -> Wish:
    setting = call.setting
    words = call.chapter.get("words") if isinstance(call.chapter.get("words"), int) else count_words(text)
    target = call.chapter.get("target_words")
    wanted = " ".join((*call.lines, str(call.purpose.task.get("instructions") or "")))
    named = call.world.story.named_in(" ".join(call.lines), call.world.name)
    planned = call.world.setting(call.target).cast
    added = [key for key in setting.cast if key not in planned]
    also = call.world.story.named_in(wanted, call.world.name) if added else ()
    guests = tuple(dict.fromkeys((*named, *added, *(key for key in also if key in added))))
    return Wish(setting, text, int(words or 0), target if isinstance(target, int) and target > 0 else 2000,
                guests, call.lines)  # fmt: skip


def _header(call: Call) -> str:
    given = str(call.chapter.get("header") or "").strip()
    if given:
        return given
    setting, form = call.setting, call.world.story.header_format
    return form.replace("{{n}}", str(setting.number)).replace("{{title}}", setting.title)


def _mend(call: Call, text: str, notes: Sequence[str]) -> Reply | None:
    """Put a new line where the notes point, or in a quiet place; None when nothing stands there exactly once."""
    once = [each for each in _narrated(text) if text.count(each) == 1]
    quoted = tuple(quote for note in notes for quote in _QUOTED.findall(note))
    marked = [each for each in once if each.startswith(quoted)] if quoted else []
    if not once:
        return None
    weak = [each for each in _weak_lines(call, text) if each in once]
    old = marked[0] if marked else call.rng.choice(weak or once)
    wish = _wish(call, text)
    new = Composer(call.world, wish, call.book, call.rng).mend()
    arguments = {"path": f"{FOLDER}{call.target}", "search_text": old, "replace_text": new}
    return Reply(tool="edit_file", arguments=arguments)


def _weak_lines(call: Call, text: str) -> list[str]:
    """Return the sentences a chapter can do without: its scenery, or what is narrated when it has none."""
    narrated, setting = _narrated(text), call.setting
    scene = call.world.slots(setting.place, call.world.moment(setting, 1), {})
    pools = (scene.get(slot, ()) for slot in ("sight", "sound", "smell", "anchor"))
    scenery = {gram for pool in pools for template in pool for gram in grams(template)}
    return [each for each in narrated if any(gram in scenery for gram in grams(each))] or narrated


def _narrated(text: str) -> list[str]:
    """Return the whole sentences of the paragraphs in which nobody speaks."""
    paragraphs = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    told = [line for line in paragraphs if "“" not in line and "”" not in line]
    found = [part for line in told for part in re.split(r"(?<=[.!?])\s+", line.strip())]
    return [part for part in found if count_words(part) > QUOTE_WORDS and part[-1:] in ".!?"]


# The Editor


def judge(call: Call) -> Reply:
    """Return a verdict as JSON: a first reading fails one chapter in four, a mended one passes."""
    text = str(call.chapter.get("text") or "")
    read_before = bool(call.chapter.get("editor_notes"))
    rate = call.world.script.part("editor").get("fail_rate")
    fails = call.rng.random() < (float(rate) if isinstance(rate, int | float) else FAIL_RATE)
    slots = _cast_slots(call)
    narrated = _weak_lines(call, text)
    if read_before or not fails or not narrated:
        notes = [call.pick("editor", "praise", slots)]
        return _verdict("PASS", notes)
    quote = " ".join(call.rng.choice(narrated).split()[:QUOTE_WORDS]).rstrip(",;:")
    quoted = call.pick("editor", "quoted", {**slots, "quote": quote})
    return _verdict("FAIL", [quoted, call.pick("editor", "general", slots)])


def _verdict(verdict: str, notes: Sequence[str]) -> Reply:
    kept = [note for note in notes if note]
    return Reply(json.dumps({"verdict": verdict, "notes": kept}, ensure_ascii=False, indent=2))


# The Illustrator


def illustrate(call: Call) -> Reply:
    """Return prompt, negative prompt, caption and alternative text of the new passage as JSON."""
    setting = call.setting
    passage = str(mapping(call.purpose.context.get("passage")).get("text") or call.chapter.get("text") or "")
    wish = _wish(call, "")
    part = 1 if call.purpose.task.get("action_type") == "edit" else _part(wish, passage)
    moment = call.world.moment(setting, part, call.lines)
    slots = _picture_slots(call, setting, moment, passage, part)
    prompt = "prompt_indoors" if call.world.site(setting.place).get("indoors") else "prompt"
    picture = {
        "prompt": call.pick("illustrator", prompt, slots),
        "negative_prompt": call.pick("illustrator", "negative", slots),
        "caption": _caption(call, setting, part, slots),
        "alt": call.pick("illustrator", "alt", slots),
    }
    return Reply(json.dumps(picture, ensure_ascii=False, indent=2))


def _part(wish: Wish, passage: str) -> int:
    """Return which part of the chapter the passage was: 0 its first, 1 its middle, 2 its last."""
    before = wish.words - count_words(passage)
    if before < BEGUN_WORDS:
        return 0
    return 2 if wish.words >= wish.target_words else 1


def _picture_slots(call: Call, setting: Setting, moment: Moment, passage: str, part: int) -> dict[str, Value]:
    world = call.world.script.part("world")
    hour = mapping(mapping(world.get("times")).get(moment.time))
    weather = mapping(mapping(world.get("weather")).get(moment.weather))
    seen = [key for key in setting.cast if call.world.name(key) in passage] or list(setting.cast)
    figure = str(call.world.person(call.rng.choice(seen) if seen else "").get("figure"))
    views = texts(call.world.site(setting.place).get("look"))
    at = (setting.number + part) % max(len(views), 1)  # each part of a chapter looks at its place from another side
    looks = {
        "look": views[at : at + 1],
        "time_look": texts(hour.get("look")),
        "weather_look": texts(weather.get("look")),
    }
    fixed = {slot: call.rng.choice(pool) for slot, pool in looks.items() if pool}
    roles = dict(zip("ab", _two(call, seen or list(call.world.pairs(setting))), strict=True))
    return {**call.world.slots(setting.place, moment, roles), **fixed, "figure": figure}


def _two(call: Call, people: Sequence[str]) -> list[str]:
    mixed = call.rng.sample(list(people), len(people))
    return (mixed * 2)[:2]


def _caption(call: Call, setting: Setting, part: int, slots: Mapping[str, Value]) -> str:
    listed = mapping(setting.beats.get("captions")) or mapping(call.world.script.part("further").get("captions"))
    own = texts(listed.get(("first", "middle", "last")[part]))
    pool = own if setting.beats.get("captions") else own + texts(call.world.site(setting.place).get("captions"))
    read = [expand(template, slots, call.rng) for template in pool]
    short = [text for text in read if len(text) <= FAIR_CAPTION_CHARS] or [text[:MAX_CAPTION_CHARS] for text in read]
    return call.rng.choice(short) if short else setting.title[:MAX_CAPTION_CHARS]


# Any further role


def report(call: Call) -> Reply:
    """Return a short report of having looked at the target."""
    return Reply(call.pick("report", "report", _cast_slots(call)))


def _cast_slots(call: Call) -> dict[str, Value]:
    setting = call.setting
    roles = dict(zip("ab", _two(call, call.world.pairs(setting)), strict=True))
    return {**call.world.slots(setting.place, call.world.moment(setting, 1), roles), "title": setting.title}
