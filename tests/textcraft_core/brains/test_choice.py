"""Which brain plays: by configuration and mode; nothing is spent outside SHOW, no key reaches another server."""

import pytest

from tests.fakes import llm_server as llm
from tests.fakes.clock import FakeClock
from tests.fakes.live_brain import ASK, purpose
from tests.fakes.llm_server import LlmServer
from tests.fakes.show import make_show
from textcraft_bus.channel.messages import Mode
from textcraft_core.ai_services.fallback import FallbackBrain
from textcraft_core.ai_services.live import LiveBrain
from textcraft_core.ai_services.settings import SettingsError
from textcraft_core.brains.chain import Chain, NextServer, chain_of
from textcraft_core.brains.choice import brain_maker
from textcraft_core.brains.rehearsal import RehearsalBrain
from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.events import BrainChanged, ReserveWanted, Warned
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.spend import Ledger

REMOTE = "https://api.example.com/v1"
KEY = "planted-secret-planted-secret"


class Choosing:
    def __init__(self, folder, **config):
        self.show = make_show(folder)
        self.config = TextCraftCoreConfig(**config)
        self.concealed, self.told = [], []
        self.journal = Journal(self.show.journal, FakeClock())
        self.stream = EventStream(self.journal)
        self.stream.subscribe(self.told.append)
        self.account = Ledger(self.config.llm.caps, self.stream, self.journal, FakeClock())

    def brain(self, mode=Mode.SHOW, **more):
        maker = brain_maker(self.show, self.config, FakeClock(), self.concealed.append, mode=mode, **more)
        return maker(self.stream, self.journal, self.account)

    def of(self, kind):
        return [event for event in self.told if isinstance(event, kind)]


@pytest.fixture
def choose(tmp_path, monkeypatch):
    for name in ("LLM_API_KEY", "LLM_API_KEY_FALLBACK", "LLM_API_BASE_URL", "DEFAULT_MODEL"):
        monkeypatch.delenv(name, raising=False)
    made = []

    def make(**config):
        made.append(Choosing(tmp_path, **config))
        return made[-1]

    yield make
    for each in made:
        each.journal.close()


def test_nothing_said_is_the_rehearsal_brain_in_every_mode(choose):
    chosen = choose()
    assert all(isinstance(chosen.brain(mode), RehearsalBrain) for mode in Mode)
    assert chosen.told == []


def test_live_in_show_ends_in_the_reserve_reel(choose):
    brain = choose(brain="live", llm={"base_url": REMOTE}).brain()
    assert isinstance(brain, FallbackBrain)
    assert [type(each) for each in brain._brains] == [LiveBrain]
    assert brain._reserve


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.REHEARSE])
def test_outside_show_a_brain_that_costs_money_is_replaced_and_it_is_said(choose, mode):
    chosen = choose(brain="live", llm={"base_url": REMOTE})
    assert isinstance(chosen.brain(mode), RehearsalBrain)
    assert "nothing is spent" in chosen.of(Warned)[0].text


def test_a_free_live_brain_may_rehearse(choose):
    chosen = choose(brain="live", llm={"provider": "ollama"})
    assert isinstance(chosen.brain(Mode.REHEARSE), LiveBrain)
    assert chosen.told == []


def test_the_rehearsal_brain_never_stands_in_during_show_unless_the_show_says_so(choose):
    chosen = choose(brain="live", llm={"base_url": REMOTE}, textcraft={"fallback": ["rehearsal", "reserve"]})
    assert [type(each) for each in chosen.brain()._brains] == [LiveBrain]
    assert "rehearsal_in_show" in chosen.of(Warned)[0].text
    chosen.config.textcraft.rehearsal_in_show = True
    assert [type(each) for each in chosen.brain()._brains] == [LiveBrain, RehearsalBrain]


def test_secrets_are_read_where_they_lie_concealed_and_kept_from_other_servers(choose, tmp_path):
    dotenv = tmp_path / "elsewhere.env"
    dotenv.write_text(f"LLM_API_KEY={KEY}\nLLM_API_KEY_FALLBACK=second-{KEY}\n")
    others = [REMOTE, "http://127.0.0.1:9/v1 small", "reserve"]
    chosen = choose(brain="live", llm={"base_url": "https://first.example.com/v1"}, textcraft={"fallback": others})
    brains = chosen.brain(dotenv=dotenv)._brains
    keys = [brain._settings.key.get_secret_value() for brain in brains]
    assert keys == [KEY, f"second-{KEY}", ""]
    assert chosen.concealed == [KEY, f"second-{KEY}"]
    assert brains[2]._settings.model == "small"
    assert not brains[2]._settings.keychain


@pytest.mark.parametrize("listed", [["reserve", "rehearsal"], ["somewhere"], ["ftp://h/v1"]])
def test_a_chain_that_cannot_be_read_is_refused(listed):
    with pytest.raises(SettingsError, match="fallback"):
        chain_of(listed, Mode.SHOW)


def test_a_chain_is_read_from_words():
    assert chain_of(None, Mode.REHEARSE) == Chain()
    assert chain_of(None, Mode.SHOW) == Chain(reserve=True)
    assert chain_of(["http://h/v1  m 1", "rehearsal"], Mode.REHEARSE) == Chain(
        (NextServer("http://h/v1", "m 1"),), True
    )


def test_a_flag_names_a_chain_between_commas():
    config = TextCraftCoreConfig(textcraft={"fallback": "http://h/v1 m, reserve"})
    assert config.textcraft.fallback == ["http://h/v1 m", "reserve"]


def test_replay_says_that_it_is_not_there(choose):
    with pytest.raises(SettingsError):
        choose(brain="replay").brain()


def test_run_perseveres_where_the_reserve_reel_keeps_the_walls_alive():
    def perseveres(mode, **config):
        return TextCraftCoreConfig(**config).stage_options(mode).engine.persevere

    assert perseveres(Mode.SHOW, brain="live")
    assert not perseveres(Mode.REHEARSE, brain="live")
    assert not perseveres(Mode.SHOW, brain="rehearsal")
    assert not perseveres(Mode.SHOW, brain="live", textcraft={"fallback": ["http://h/v1"]})


async def test_remote_then_local_then_reserve_and_back_over_real_servers(choose):
    async with LlmServer() as first, LlmServer() as second:
        chosen = choose(
            brain="live",
            llm={"base_url": first.url, "model": "m", "max_retries": 0},
            textcraft={"fallback": [f"{second.url} local", "reserve"]},
        )
        brain = chosen.brain()
        clock = brain._clock

        async def ask():
            answer = await brain.generate(ASK, "m", [], 0.5, 100, purpose=purpose(), on_text=lambda _text: None)
            return answer["data"]["content"]

        first.say(llm.status(503), llm.status(503), llm.says("first again"))
        second.say(llm.says("from the second"), llm.status(503))
        assert await ask() == "from the second"
        assert second.heard[0].body["model"] == "m"
        clock.advance(61)
        with pytest.raises(Exception, match="503"):
            await ask()
        clock.advance(61)
        assert await ask() == "first again"
    assert [(event.place, event.of) for event in chosen.of(BrainChanged)] == [(1, 2), (0, 2)]
    assert [event.on for event in chosen.of(ReserveWanted)] == [True, False]
