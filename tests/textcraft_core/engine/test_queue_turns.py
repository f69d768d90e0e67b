"""A thousand lines, each raced for by a plan and by its operator's second thought: none is lost, doubled or both."""

import asyncio
from random import Random

import pytest

from tests.fakes.brain import json_answer
from tests.fakes.engine import FAST, a_company, engine_on
from tests.fakes.show import make_show
from textcraft_core import commands
from textcraft_core.errors import CommandRefused
from textcraft_core.events import InputDone, InputUsed, InputWithdrawn

ROUNDS, LINES = 100, 10


async def think_again(bench, rng, line):
    """Withdraw or edit a line at some moment of the cycle; return what it is to be, None when it was taken back."""
    # Spread over the time a plan takes to be made, which the race is about; nothing is waited for.
    await asyncio.sleep(rng.random() * 0.05)
    edited = f"{line.text} edited"
    withdraw = rng.random() < 0.5
    command = (
        commands.WithdrawInput(input_id=line.id) if withdraw else commands.EditInput(input_id=line.id, text=edited)
    )
    try:
        await bench.engine.handle(command)
    except CommandRefused:
        return line.text
    return None if withdraw else edited


@pytest.mark.timeout(240)
async def test_a_line_is_in_a_plan_or_its_operators_never_both(tmp_path):
    rng = Random(5)
    wait = {"action_type": "wait", "context_notes": ""}
    brain = a_company()
    usual = brain.defaults["architect"]
    # Every third plan waits: then its lines come back to their place and are raced for once more.
    brain.always("architect", lambda purpose: json_answer(wait) if purpose.cycle % 3 == 0 else usual(purpose))
    brief = {"structure": {"chapters": ["One"]}}
    wanted = {}
    async with engine_on(make_show(tmp_path, brief=brief), brain, FAST) as bench:
        for number in range(ROUNDS):
            for place in range(LINES):
                await bench.engine.handle(commands.QueueInput(text=f"line {number}-{place}"))
            lines = bench.engine.waiting_lines
            step = asyncio.ensure_future(bench.engine.step())  # noqa: TID251 - a test's own race
            told = await asyncio.gather(*(think_again(bench, rng, line) for line in lines))
            wanted |= {line.id: text for line, text in zip(lines, told, strict=True)}
            await step
        while bench.engine.waiting_lines:
            await bench.engine.step()
        withdrawn = {event.input_id for event in bench.of(InputWithdrawn)}
        done = [event.input_id for event in bench.of(InputDone)]
        workers = [purpose for role in ("narrator", "editor") for purpose in brain.purposes(role)]
        worked_on = {text for purpose in workers for text in purpose.context["operator"]}
    assert len(wanted) == ROUNDS * LINES
    assert withdrawn == {key for key, text in wanted.items() if text is None}
    assert sorted(done) == sorted(key for key, text in wanted.items() if text is not None)
    assert withdrawn and not withdrawn & set(done)
    assert {text for text in wanted.values() if text is not None} == worked_on
    assert not {event.input_id for event in bench.of(InputUsed)} - set(wanted)
