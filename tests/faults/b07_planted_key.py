"""B7: a planted key, also one with a line end in it, at servers that repeat it in every place: it shows up nowhere.

Looked through are every file that is left (logs, journal, report, what a killed process leaves), every request's body,
and the whole chain of every error. The search itself must find a key that is there.
"""

import asyncio
import base64
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import LlmServer, Script
from tests.faults.brain_rig import CHAPTER, BrainRig, brain_rig
from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of
from tests.support.waiting import until
from textcraft_bus.logs import setup_logging
from textcraft_core.ai_services.client import BrainError
from textcraft_core.day.report import gather
from textcraft_core.day.report_page import to_html

KEY: Final = "planted-9f3a!7c51~d2e8^b604"
KEYS: Final = {"plain": KEY, "with a line end": f"{KEY}\nsecond-line-4411", "with a tab": f"{KEY}\tx"}
LOGGER: Final = logging.getLogger("b7")


def forms(key: str) -> set[str]:
    """Return a key as it may travel: as it is, line by line, escaped, percent-encoded, as base64."""
    found = set()
    for part in {key, *key.split()}:
        raw = part.encode()
        found |= {part, json.dumps(part)[1:-1], repr(part)[1:-1], quote(part), quote(part, safe="")}
        found |= {each.decode().rstrip("=") for each in (base64.b64encode(raw), base64.urlsafe_b64encode(raw))}
    return {form for form in found if len(form) > 8}


def telltales(key: str) -> list[Script]:
    """Servers that repeat the key wherever something is said."""
    line = key.splitlines()[0]
    call = json.dumps({"path": f"manuscripts/{CHAPTER}", "content": f"the key is {line}"})
    return [
        llm.status(401, {"error": {"message": f"Incorrect API key provided: {line}", "code": line}}),
        llm.status(400, {"error": {"message": f"header was Bearer {line}", "param": line}}, x_key=line),
        llm.status(500, f"<html>authorization: Bearer {line}</html>"),
        llm.status(503, f"dump: {base64.b64encode(line.encode()).decode()}"),
        llm.status(429, {"error": {"message": quote(line, safe="")}}, retry_after="1"),
        llm.stream([llm.event({"error": {"message": f"key {line}"}})]),
        llm.says("the key is ", line[:9], line[9:], " so"),
        llm.says("x", finish=line),
        llm.stream(llm.tool_chunks(("append_file", call))),
        llm.stream(llm.tool_chunks((line, "[]"))),
        llm.document(b"\xff" + line.encode(), "text/event-stream"),
        llm.document(b"data: \xff" + line.encode() + b"\n\n", "text/event-stream"),
        llm.document(json.dumps(line), "application/json"),
        llm.cut(llm.delta(content=f"half {line}")),
        llm.hang_up(),
        llm.status(307, location=f"http://127.0.0.1:1/?key={line}"),
    ]


async def inject(run: Run) -> Sequence[Figure]:
    """Make `run.count` calls with each key, look at every error, then through every file."""
    logs_folder = run.folder / "logs"
    logs = setup_logging("b7", logs_folder, "DEBUG", console=False)
    spilled: list[str] = []
    calls = sent = 0
    try:
        for name, key in KEYS.items():
            logs.redactor.add(key)
            folder = run.folder / name.replace(" ", "-")
            folder.mkdir()
            more, heard = await _play(folder, key, run.count, spilled)
            calls, sent = calls + more, sent + heard
    finally:
        logs.close()
    (run.folder / "killed").mkdir()
    killed = await _kill_one(run.folder / "killed")
    held = [f"{path}: {form}" for path, form in holders(run.folder)]
    (run.folder / "control").mkdir()
    (run.folder / "control" / "log").write_text(f"x {base64.b64encode(KEY.encode()).decode()} y")
    return [
        none_of("errors, requests and events that hold it", spilled, calls),
        none_of("files that hold it", held, len(list(run.folder.rglob("*")))),
        at_least("requests that were sent with the key, as they must be", sent, run.count),
        is_so("a process killed in a call left its stacks and its log", not killed, killed),
        is_so("the search finds one that is there", len(holders(run.folder)) == 1),
    ]


async def _play(folder: Path, key: str, count: int, spilled: list[str]) -> tuple[int, int]:
    calls = 0
    async with brain_rig_with(folder, key) as rig:
        scripts = telltales(key)
        for number in range(count):
            script = scripts[number % len(scripts)]
            rig.server.always = script
            texts = [*await _error_of(rig), *(await _cycle(rig, script) if number % 4 == 0 else [])]
            spilled += [f"{number}: {text[:60]}" for text in texts if any(form in text for form in forms(key))]
            calls += 1
        texts = [json.dumps(heard.body) + heard.path for heard in rig.server.heard]
        texts += [event.model_dump_json() for event in (*rig.remote.events, *rig.engine.events)]
        spilled += [text[:60] for text in texts if any(form in text for form in forms(key))]
        sent = sum(key in heard.headers.get("authorization", "") for heard in rig.server.heard)
        _report(folder, rig)
    return calls, sent


def brain_rig_with(folder: Path, key: str) -> Any:
    """A rig whose brain holds this key; one no header can carry is refused before anything is sent."""
    return brain_rig(folder, key=key, max_retries=0, prepares=key == KEY)


async def _error_of(rig: BrainRig) -> list[str]:
    """Ask; returns all that hangs on the error, as a log, a debugger or a report would show it."""
    try:
        await rig.remote.ask()
    except BrainError as error:
        LOGGER.warning("asked in vain", exc_info=True)
        LOGGER.debug("what was asked: %r", error)
        return list(_chain(error))
    return []


def _chain(error: BaseException) -> Iterator[str]:
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield f"{each!r} {each} {each.args!r} {vars(each)!r} {getattr(each, '__notes__', '')}"
        yield "".join(traceback.format_exception(each))
        todo += [each.__cause__, each.__context__]


async def _cycle(rig: BrainRig, script: Script) -> list[str]:
    """A whole cycle, in which the writer's server tells."""
    rig.server.always = rig.answer
    await rig.cycle(script)
    return [rig.chapter().decode(errors="replace")]


def _report(folder: Path, rig: BrainRig) -> None:
    """The report of the day, from both journals as they are."""
    for name, journal in (("engine", rig.engine.journal), ("money", rig.remote.journal)):
        began = datetime.fromtimestamp(0, UTC)
        report = gather(journal, "The show", began, datetime.now(UTC), lambda path: (rig.show.root / path).read_text())
        (folder / f"report-{name}.html").write_text(to_html(report, ZoneInfo("UTC")))


async def _kill_one(folder: Path) -> str:
    """Let a process die in the middle of a call with the key; says what is wrong with what it left."""
    async with LlmServer() as server:
        server.always = llm.silent(llm.delta(content="half an answer"))
        line = [sys.executable, "-m", "tests.faults.keyholder", str(folder), server.url]
        with (folder / "output.txt").open("wb") as output:
            child = await asyncio.create_subprocess_exec(
                *line, stdout=output, stderr=output, env={**os.environ, "LLM_API_KEY": KEY}
            )
            try:
                await until(lambda: server.heard or child.returncode is not None, 60.0, what="its call")
                child.send_signal(signal.SIGABRT)
            finally:
                await child.wait()
        asked = [KEY in heard.headers["authorization"] for heard in server.heard]
    left = _left(folder)
    if (asked, left) == ([True], ["crash", "log"]):
        return ""
    return f"asked with the key {asked}, left {left}, ended with {child.returncode}"


def _left(folder: Path) -> list[str]:
    """What a process left that says something."""
    left = [*folder.glob("crash-*"), *folder.glob("*.log")]
    return sorted("log" if path.suffix == ".log" else "crash" for path in left if path.stat().st_size)


def holders(folder: Path) -> list[tuple[str, str]]:
    """Return every file below a folder that holds one of the keys in any form, and which."""
    wanted = {form for key in KEYS.values() for form in forms(key)}
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found += [(path.relative_to(folder).as_posix(), form[:9]) for form in wanted if form.encode() in data][:1]
    return found


CASE = Case("B7", "a planted key", inject, short=16, long=160, seconds=60.0)
