"""A book written by the rehearsal brain in a loop as small as a cycle can be; no engine, no journal."""

import asyncio
import json
import shutil
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from textcraft_core.ai_services.client import Purpose, check_answer
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.show.folder import ShowFolder

TARGET_WORDS = 420
TOOLS = [{"type": "function", "function": {"name": name}} for name in ("write_file", "append_file", "edit_file")]
SAMPLE = Path(str(files("textcraft_core") / "sample_show"))


def sample_copy(destination: Path, *, script: bool = True) -> ShowFolder:
    """Copy the sample show, with or without its script."""
    shutil.copytree(SAMPLE, destination)
    if not script:
        shutil.rmtree(destination / "script")
    return ShowFolder(destination)


@dataclass
class Chapter:
    """What a matrix would say of one chapter."""

    id: str
    title: str
    file: str
    status: str = "DRAFTING"
    notes: list[str] = field(default_factory=list)


class Book:
    """Plays the Orchestrator for one brain: plans, writes, judges, and keeps what was said."""

    def __init__(self, show: ShowFolder, brain: RehearsalBrain, target_words: int = TARGET_WORDS) -> None:
        self.show = show
        self.brain = brain
        self.target_words = target_words
        self.chapters: dict[str, Chapter] = {}
        self.decisions: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self.pictures: list[dict[str, Any]] = []
        self.passages: list[str] = []
        self.streamed: list[str] = []
        self.cycle = 0
        self._brief = json.loads((show.bible / "story_brief.json").read_text(encoding="utf-8"))["structure"]["chapters"]

    async def write(self, cycles: int, **first: Any) -> "Book":
        """Run so many cycles; `first` goes into the first cycle's context."""
        for _ in range(cycles):
            await self.step(**first)
            first = {}
        return self

    async def step(self, *, operator: tuple[str, ...] = (), override: dict[str, str] | None = None) -> dict[str, Any]:
        """Run one cycle."""
        self.cycle += 1
        said = {"operator": list(operator), "override": override}
        decision = json.loads(await self.ask("architect", "", {"action_type": "plan", "target_file": ""}, {**said}))
        self.decisions.append(decision)
        chapter = self._chapter(decision["target_file"])
        if decision["assigned_agent"] == "editor":
            await self._judge(chapter, decision)
        else:
            await self._narrate(chapter, decision, said)
        return decision

    async def ask(self, role: str, target: str, task: dict[str, Any], extra: dict[str, Any], attempt: int = 0) -> str:
        """Return what a role says, or the text of its one tool call once that was carried out."""
        answer = await self._answer(role, target, task, extra, attempt)
        for call in answer.tool_calls:
            self._carry_out(call.name, call.arguments)
            last = [{"tool": call.name, "arguments": call.arguments, "status": "success", "data": ""}]
            closing = await self._answer(role, target, task, {**extra, "last": last}, attempt + 1)
            assert closing.content and not closing.tool_calls
        return answer.content or str(answer.tool_calls[0].arguments)

    async def _answer(self, role: str, target: str, task: dict[str, Any], extra: dict[str, Any], attempt: int) -> Any:
        heard: list[str] = []
        purpose = Purpose(role, self.cycle, target, attempt, task, self._context(extra))
        raw = await self.brain.generate([], "any", TOOLS, 0.5, 500, purpose=purpose, on_text=heard.append)
        answer = check_answer(raw)
        self.streamed.append("".join(heard))
        return answer

    def text(self, chapter: Chapter) -> str:
        path = self.show.manuscripts / chapter.file
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def whole(self) -> str:
        return "\n".join(self.text(chapter) for chapter in self.chapters.values())

    def _chapter(self, file: str) -> Chapter:
        stem = file.removesuffix(".md")
        key, _, title = stem.partition("_")
        return self.chapters.setdefault(key, Chapter(key, title.replace("_", " "), file, "EMPTY"))

    def _context(self, extra: dict[str, Any]) -> dict[str, Any]:
        number = len(self.chapters) + 1
        planned = self._brief[number - 1] if number <= len(self._brief) else None
        file = f"ch{number:02d}_{planned['title'].replace(' ', '_')}.md" if planned else ""
        return {
            "chapter": {},
            "notes": [],
            "summaries": [
                {"id": c.id, "title": c.title, "status": c.status, "words": len(self.text(c).split()), "path": c.file}
                for c in self.chapters.values()
            ][-24:],
            "operator": [],
            "override": None,
            "rejected": [],
            "plan": {"next_id": f"ch{number:02d}", "next_file": file, "all_locked": True},
            "passage": {"text": ""},
            "last": [],
            **extra,
        }

    def _told(self, chapter: Chapter) -> dict[str, Any]:
        text = self.text(chapter)
        return {
            "id": chapter.id,
            "title": chapter.title,
            "status": chapter.status,
            "words": len(text.split()),
            "target_words": self.target_words,
            "text": text[-6000:],
            "editor_notes": chapter.notes,
        }

    async def _narrate(self, chapter: Chapter, decision: dict[str, Any], said: dict[str, Any]) -> None:
        before = self.text(chapter)
        task = self._task(decision)
        await self.ask("narrator", chapter.file, task, {**said, "chapter": self._told(chapter)})
        after = self.text(chapter)
        assert after != before
        passage = after[len(before) :] if after.startswith(before) else after
        self.passages.append(passage)
        chapter.status = "REVIEW_READY" if len(after.split()) >= self.target_words else "DRAFTING"
        extra = {**said, "chapter": self._told(chapter), "passage": {"text": passage}}
        self.pictures.append(json.loads(await self.ask("illustrator", chapter.file, task, extra)))

    async def _judge(self, chapter: Chapter, decision: dict[str, Any]) -> None:
        extra = {"chapter": self._told(chapter)}
        verdict = json.loads(await self.ask("editor", chapter.file, self._task(decision), extra))
        self.verdicts.append(verdict)
        passed = verdict["verdict"] == "PASS"
        chapter.status = "LOCKED" if passed else "REVISION_NEEDED"
        chapter.notes = [] if passed else verdict["notes"]

    def _task(self, decision: dict[str, Any]) -> dict[str, Any]:
        return {
            "action_type": decision["action_type"],
            "target_file": decision["target_file"],
            "instructions": decision["context_notes"],
            "characters": decision["characters"],
        }

    def _carry_out(self, tool: str, arguments: dict[str, str]) -> None:
        path = self.show.data / arguments["path"]
        if tool == "write_file":
            path.write_text(arguments["content"], encoding="utf-8")
        elif tool == "append_file":
            path.write_text(path.read_text(encoding="utf-8") + arguments["content"], encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
            assert text.count(arguments["search_text"]) == 1
            path.write_text(text.replace(arguments["search_text"], arguments["replace_text"]), encoding="utf-8")


def write_book(show: ShowFolder, cycles: int, seed: int = 1, latency: Latency | None = None) -> Book:
    """Write a book of so many cycles at once."""
    brain = RehearsalBrain(show, seed, latency or Latency())
    return asyncio.run(Book(show, brain).write(cycles))
