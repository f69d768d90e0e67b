"""How rehearsals were played last is kept on this machine; what settings say goes before it, money is asked anew."""

import argparse

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core.bench import BenchSettings
from textcraft_core.errors import CommandRefused, ShowError
from textcraft_core.show_account import ShowAccount
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.rehearsal import kept
from textcraft_gui.rehearsal.bench import Bench

STORM = BenchSettings(first_token_s=2.5, tokens_per_s=12.0, fault_profile="storm", speed=20.0, watermark=False)


class Host:
    """A session without a rehearsal in play."""

    def __init__(self):
        self.events = []

    def rehearsing(self):
        return None

    async def play_anew(self):
        raise AssertionError("nothing is rehearsed")

    def tell(self, event):
        self.events.append(event)


@pytest.fixture
def show(tmp_path):
    return make_show(tmp_path / "show", {"ch01_one": 20})


def bench_of(show, **config):
    return Bench(show, ConsoleConfig(**config), FakeClock(), lambda _secret: None, Host())


def test_what_was_kept_comes_back_without_what_it_may_cost(tmp_path):
    path = tmp_path / kept.FILE
    assert kept.load(path) is None
    kept.save(path, STORM.model_copy(update={"brain": "live", "most_usd": 40.0}))
    assert "40" not in path.read_text()
    assert kept.load(path) == STORM.model_copy(update={"brain": "live"})


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"speed": -1}', '{"brain": "other"}', '{"unknown": 1}', '"x"'])
def test_what_nobody_can_read_is_left_out(tmp_path, text):
    path = tmp_path / kept.FILE
    path.write_text(text)
    assert kept.load(path) is None


def test_a_sum_that_somebody_wrote_there_is_no_consent(tmp_path):
    path = tmp_path / kept.FILE
    path.write_text('{"brain": "live", "most_usd": 500}')
    assert kept.load(path).most_usd == 0.0


async def test_the_next_console_plays_as_the_last_one_did(show):
    bench = bench_of(show)
    bench.take_over(STORM)
    await bench.look()
    assert bench.settings == STORM
    assert bench.told.settings == STORM


async def test_what_settings_and_flags_say_goes_before_it(show, tmp_path):
    file = tmp_path / "core.toml"
    file.write_text('fault_profile = "slow"\n[rehearsal]\nfirst_token_s = 0.1\n')
    config = ConsoleConfig.from_overrides(config_file=file, args=argparse.Namespace())
    bench = Bench(show, config, FakeClock(), lambda _secret: None, Host())
    bench.take_over(STORM)
    await bench.look()
    assert (bench.settings.fault_profile, bench.settings.first_token_s) == ("slow", 0.1)
    assert (bench.settings.tokens_per_s, bench.settings.speed) == (STORM.tokens_per_s, STORM.speed)


def test_a_console_without_settings_says_nothing():
    config = ConsoleConfig.from_overrides(config_file=None, args=argparse.Namespace())
    assert kept.with_kept(BenchSettings(), STORM, config) == STORM


async def test_a_profile_that_is_gone_does_not_keep_the_show_from_opening(show):
    bench = bench_of(show)
    bench.take_over(STORM.model_copy(update={"fault_profile": "of-another-show.toml"}))
    await bench.look()
    assert bench.settings == STORM.model_copy(update={"fault_profile": ""})
    asked = bench_of(show, fault_profile="none-such.toml")
    asked.take_over(BenchSettings(speed=5.0))
    with pytest.raises(ShowError):
        await asked.look()


async def test_a_live_brain_that_costs_is_asked_for_anew(show):
    bench = bench_of(show)
    bench.take_over(BenchSettings(brain="live"))
    await bench.look()
    assert bench.settings.brain == "rehearsal"


async def test_every_change_is_told_to_whoever_keeps_it_and_a_refused_one_is_not(show):
    bench, told = bench_of(show), []
    bench.on_set = told.append
    await bench.look()
    await bench.set(cmd.SetBench(settings=STORM))
    assert told == [STORM]
    with pytest.raises(CommandRefused):
        await bench.set(cmd.SetBench(settings=BenchSettings(brain="live")))
    assert told == [STORM]


def test_a_rehearsal_pays_from_the_account_of_its_show_and_nothing_else_does(show):
    bench = bench_of(show)
    assert isinstance(bench.options(show, Mode.REHEARSE, "", None).payer, ShowAccount)
    assert bench.options(show, Mode.EDIT, "", None).payer is None
    assert bench.options(show, Mode.SHOW, "", None).payer is None
