"""A persona is tried on the prompt the engine would send; nothing is written, what it costs is booked."""

import pytest

from tests.fakes.brain import Hang, ScriptedBrain, tool_answer
from tests.fakes.engine import a_company, engine_on, until
from tests.fakes.show import CHARACTERS, make_show
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused

CHAPTERS = {"ch01_One.md": 60}
PERSONA = {
    "name": "N",
    "model": "m",
    "max_tokens": 100,
    "system_prompt": "In {{tone}}, of {{nothing}}. {{character_context}}",
}


def files(bench):
    return {
        path: path.read_bytes()
        for path in sorted(bench.show.data.rglob("*"))
        if path.is_file() and path.suffix != ".bak"
    }


async def test_the_prompt_is_the_one_the_engine_sends(tmp_path):
    brain = a_company()
    conf = {"style": {"tone": "dry words"}}
    async with engine_on(make_show(tmp_path, CHAPTERS, conf=conf, characters=CHARACTERS), brain) as bench:
        found = await bench.engine.trials.prompt("narrator", PERSONA, "Go on")
        assert found.text.startswith("In dry words, of {{nothing}}.")
        assert found.unknown == ("nothing",)
        assert (found.target, found.model, found.most_usd) == ("ch01_One.md", "m", 0.0)
        assert '"instructions": "Go on"' in found.task
        assert found.tokens == (len(found.text) + len(found.task)) // 4


async def test_it_answers_and_nothing_is_written(tmp_path):
    brain = ScriptedBrain()
    brain.script["narrator"].append(tool_answer(("write_file", {"path": "ch01_One.md", "content": "never"})))
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        before = files(bench)
        await bench.engine.trials.handle(cmd.TryPersona(role="narrator", persona=PERSONA, instructions="x"))
        await until(lambda: bench.of(ev.TrialEnded))
        assert bench.of(ev.TrialEnded)[0].status == "success"
        assert bench.of(ev.TrialStarted)[0].model == "m"
        assert files(bench) == before
        assert not bench.of(ev.ToolCalled)


async def test_two_at_once_and_a_paused_ai_are_refused_and_it_stops(tmp_path):
    brain = ScriptedBrain()
    brain.script["narrator"].append(Hang())
    async with engine_on(make_show(tmp_path, CHAPTERS), brain) as bench:
        ask = cmd.TryPersona(role="narrator", persona=PERSONA)
        await bench.engine.trials.handle(ask)
        await until(lambda: bench.of(ev.TrialStarted))
        with pytest.raises(CommandRefused, match="already"):
            await bench.engine.trials.handle(ask)
        await bench.engine.trials.handle(cmd.StopTrial())
        assert [event.status for event in bench.of(ev.TrialEnded)] == ["stopped"]
        bench.engine.pause_ai(True)
        with pytest.raises(CommandRefused, match="PAUSE AI"):
            await bench.engine.trials.handle(ask)


@pytest.mark.parametrize("persona", [{}, {"system_prompt": " "}, {"system_prompt": "x", "temperature": 3}])
async def test_a_persona_that_cannot_be_used_is_refused(tmp_path, persona):
    async with engine_on(make_show(tmp_path, CHAPTERS), a_company()) as bench:
        with pytest.raises(CommandRefused, match="narrator"):
            await bench.engine.trials.handle(cmd.TryPersona(role="narrator", persona=persona))
