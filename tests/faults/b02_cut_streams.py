"""B2: an answer that writes a chapter, cut anywhere: the chapter is as it was until the finish reason was seen."""

from typing import Final

from tests.fakes import llm_server as llm
from tests.fakes.llm_server import Script
from tests.fakes.show import words
from tests.faults.brain_rig import BrainRig, appended, brain_rig
from tests.faults.case import Case, Figure, Run, at_least, none_of

FINISH: Final = b'"finish_reason": "tool_calls"}]}'


async def inject(run: Run) -> list[Figure]:
    """Cut the narrator's answer at `run.count` points: the connection breaks, or ends politely as if all was said."""
    async with brain_rig(run.folder, max_retries=0) as rig:
        half, lost, whole = await _cut_often(rig, run.count)
        unfinished = max(4, run.count // 5)
        committed = [await _committed(rig, _without_finish(rig, number)) for number in range(unfinished)]
        task = rig.engine.saved().active_task
    return [
        none_of("chapters half written", half, run.count),
        none_of("whole answers that were not written", lost, run.count),
        at_least("cut after the finish reason, and written whole", whole, 1),
        none_of("written though no finish reason was seen", sum(committed), unfinished),
        Figure("task left in hand", str(task), "None", task is None),
    ]


async def _cut_often(rig: BrainRig, count: int) -> tuple[int, int, int]:
    half, lost, whole = 0, 0, 0
    for number, at in enumerate(_points(count)):
        answer, before = _answer(number), rig.chapter()
        end = answer.index(FINISH) + len(FINISH)
        await rig.cycle(_cut(answer[:at], broken=number % 2 == 0))
        after = rig.chapter()
        half += after not in {before, before + _text(number).encode()} or (at < end and after != before)
        lost += at >= end + 2 and after == before
        whole += after != before
    return half, lost, whole


def _points(count: int) -> list[int]:
    """Four of five anywhere, the others close around the finish reason."""
    answer = _answer(0)
    size, end = len(answer), answer.index(FINISH) + len(FINISH)
    close = count // 5
    anywhere = [round(size * number / (count - close)) for number in range(count - close)]
    return anywhere + [end - 20 + round((size - end + 20) * number / close) for number in range(close)]


def _cut(data: bytes, *, broken: bool) -> Script:
    return llm.cut(data) if broken else llm.document(data, "text/event-stream")


async def _committed(rig: BrainRig, script: Script) -> bool:
    before = rig.chapter()
    await rig.cycle(script)
    return rig.chapter() != before


def _without_finish(_rig: BrainRig, number: int) -> Script:
    """All of an answer, its count of tokens and its last word too, but for the finish reason."""
    chunks = [chunk for chunk in appended(_text(number)) if FINISH not in chunk]
    return llm.stream(chunks)


def _answer(number: int) -> bytes:
    return b"".join(appended(_text(number)))


def _text(number: int) -> str:
    return words(40, f"turn{number % 10}")


CASE = Case("B2", "an answer cut off", inject, short=25, long=400)
