import pytest

from tests.fakes import llm_server as llm
from tests.fakes.brain import ScriptedBrain, text_answer
from tests.fakes.clock import FakeClock
from tests.fakes.live_brain import ASK, live, purpose
from tests.fakes.llm_server import LlmServer
from textcraft_core.ai_services.client import BrainError, BrainFault, Employer, PaidBrain
from textcraft_core.ai_services.fallback import FallbackBrain
from textcraft_core.events import BrainChanged, ReserveWanted, Warned


class Chain:
    """A chain of scripted brains, what it told and what it booked."""

    def __init__(self, *brains, reserve=False):
        self.clock, self.told, self.spent = FakeClock(), [], []
        self.brains = brains
        for place, brain in enumerate(brains):
            if isinstance(brain, ScriptedBrain):
                brain.name = f"brain {place}"
        self.chain = FallbackBrain(brains, self.told.append, self.clock, reserve=reserve)
        self.chain.work_for(Employer(lambda *entry: self.spent.append(entry), self.permit))

    async def permit(self):
        return

    async def ask(self):
        answer = await self.chain.generate(ASK, "m", [], 0.5, 100, purpose=purpose(), on_text=lambda _text: None)
        return answer["data"]["content"]

    def asked(self):
        return [len(brain.calls) for brain in self.brains]

    def texts(self):
        return [event.text for event in self.told if isinstance(event, Warned)]

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]


def two():
    return Chain(ScriptedBrain(), ScriptedBrain().always("narrator", lambda _purpose: "from the second"))


@pytest.mark.parametrize("kind", list(BrainFault))
async def test_the_next_answers_when_one_fails_and_it_is_shown(kind):
    bench = two()
    bench.brains[0].say("narrator", BrainError(kind, "why not"))
    assert await bench.ask() == "from the second"
    assert bench.texts() == ["brain 0 did not answer (why not): brain 1 is asked", "brain 1 answers now"]


async def test_an_answer_that_is_no_use_counts_as_a_failure():
    bench = two()
    bench.brains[0].say("narrator", text_answer("half", finish="nothing"), {"data": 3})
    assert await bench.ask() == "from the second"
    assert await bench.ask() == "from the second"
    assert bench.asked() == [2, 2]


async def test_a_brain_that_cannot_be_reached_rests_and_then_comes_back():
    bench = two()
    bench.brains[0].say("narrator", BrainError(BrainFault.SERVER, "down"), "from the first")
    await bench.ask()
    assert await bench.ask() == "from the second"
    assert bench.asked() == [1, 2]
    bench.clock.advance(61)
    assert await bench.ask() == "from the first"
    assert bench.texts()[-1] == "brain 0 answers now"


async def test_a_refused_key_is_told_as_a_fault_and_never_tried_again():
    bench = two()
    bench.brains[0].say("narrator", BrainError(BrainFault.AUTH, "bad key"))
    for _ in range(3):
        bench.clock.advance(1000)
        assert await bench.ask() == "from the second"
    assert bench.asked() == [1, 3]
    assert [event.fault for event in bench.of(Warned)] == [True, False]


async def test_the_last_fault_is_raised_and_all_are_asked_while_all_rest():
    bench = Chain(ScriptedBrain(), ScriptedBrain())
    for brain, word in zip(bench.brains, ("one", "two"), strict=True):
        brain.always("narrator", lambda _purpose, word=word: BrainError(BrainFault.TIMEOUT, word))
    for _ in range(2):
        with pytest.raises(BrainError, match="two"):
            await bench.ask()
    assert bench.asked() == [2, 2]


async def test_what_a_brain_without_an_account_costs_is_booked():
    bench = Chain(ScriptedBrain().say("narrator", text_answer("x", cost=0.5)))
    await bench.ask()
    assert bench.spent == [("narrator", 0.5, False)]
    assert isinstance(bench.chain, PaidBrain)


async def test_a_spent_cap_falls_to_a_free_brain(tmp_path):
    async with LlmServer() as server, live(server, tmp_path, cap_day=0.001) as remote:
        local = ScriptedBrain().say("narrator", "from here")
        bench = Chain(remote.brain, local)
        assert await bench.ask() == "from here"
        assert server.heard == []
        assert "cap of $0.00 for the day" in bench.texts()[0]
        assert not bench.chain.free


async def test_a_live_brain_in_a_chain_books_once(tmp_path):
    async with LlmServer() as server, live(server, tmp_path) as remote:
        server.say(llm.says("x"))
        bench = Chain(remote.brain)
        assert await bench.ask() == "x"
        assert len(bench.spent) == 1


async def test_each_change_of_brain_is_an_event_with_its_reason():
    bench = two()
    bench.brains[0].say("narrator", BrainError(BrainFault.SERVER, "down"), "from the first")
    await bench.ask()
    bench.clock.advance(61)
    await bench.ask()
    assert bench.of(BrainChanged) == [
        BrainChanged(brain="brain 1", place=1, of=2, reason="brain 0: down"),
        BrainChanged(brain="brain 0", place=0, of=2),
    ]


async def test_the_reserve_reel_is_wanted_once_while_nobody_answers_and_given_back():
    bench = Chain(ScriptedBrain(), reserve=True)
    down = BrainError(BrainFault.SERVER, "down")
    bench.brains[0].say("narrator", down, down, "there again", "and again")
    for _ in range(2):
        with pytest.raises(BrainError, match="down"):
            await bench.ask()
    assert bench.of(ReserveWanted) == [ReserveWanted(on=True, reason="down")]
    assert await bench.ask() == "there again"
    await bench.ask()
    assert [event.on for event in bench.of(ReserveWanted)] == [True, False]


async def test_without_a_reserve_none_is_wanted():
    bench = Chain(ScriptedBrain().say("narrator", BrainError(BrainFault.SERVER, "down")))
    with pytest.raises(BrainError):
        await bench.ask()
    assert bench.of(ReserveWanted) == []


def test_an_empty_chain_is_refused():
    with pytest.raises(ValueError, match="needs a brain"):
        FallbackBrain([], print, FakeClock())
