"""A verb that meets a change of mode is refused in words, whatever the closing stage made of it."""

import pytest

from tests.fakes.clock import FakeClock
from tests.fakes.show import make_show
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused, JournalError
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.session.session import BETWEEN, How, Session


class Closing:
    """A stage that is closed while it carries out a command."""

    def __init__(self, session, *, exchanged):
        self._session = session
        self._exchanged = exchanged

    async def handle(self, _command):
        if self._exchanged:
            self._session._exchange.stage = None
        raise JournalError("the journal is closed")


@pytest.fixture
def session(tmp_path):
    return Session(make_show(tmp_path, {}), ConsoleConfig(), FakeClock(), lambda _secret: None, How())


async def test_without_a_stage_it_is_refused(session):
    with pytest.raises(CommandRefused, match="mode is being changed"):
        await session.handle(cmd.Mark())
    with pytest.raises(CommandRefused, match="mode is being changed"):
        await session.printed_report()
    assert session.personas() == {}
    assert session.manuscript("data/manuscripts/ch01.md") == ""


async def test_a_command_that_was_under_way_is_refused_too(session):
    session._exchange.stage = Closing(session, exchanged=True)
    with pytest.raises(CommandRefused) as refused:
        await session.handle(cmd.Mark())
    assert refused.value.reason == BETWEEN


async def test_a_fault_of_the_stage_in_play_stays_a_fault(session):
    session._exchange.stage = Closing(session, exchanged=False)
    with pytest.raises(JournalError):
        await session.handle(cmd.Mark())
