"""What was rejected comes back as it was, once."""

import pytest

from textcraft_bus.channel.messages import Picture, RequestId
from textcraft_core import commands as cmd
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.pictures.second_thoughts import MAX_REJECTED, SecondThoughts
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.playout_state import Candidate


def _candidate(number: int) -> Candidate:
    picture = Picture(sha256=f"{number:064x}", uri="a.png", mime="image/png", width=64, height=64)
    return Candidate(RequestId(f"r{number}"), picture, f"words {number}", approved=number % 2 == 0)


@pytest.fixture
def playout():
    return Playout()


@pytest.fixture
def second(playout):
    async def reject(command):
        playout.reject(command.request_id)

    async def add(candidate):
        playout.add(candidate)

    return SecondThoughts(playout, reject, add)


async def test_it_comes_back_as_it_was_and_only_once(playout, second):
    playout.add(_candidate(1))
    await second.reject(cmd.Reject(request_id="r1"))
    assert "r1" not in playout.state.candidates
    await second.readmit(cmd.Readmit(request_id="r1"))
    assert playout.state.candidates[RequestId("r1")] == _candidate(1)
    with pytest.raises(CommandRefused, match="gallery"):
        await second.readmit(cmd.Readmit(request_id="r1"))


async def test_a_refused_reject_is_not_remembered(second):
    with pytest.raises(CommandRefused):
        await second.reject(cmd.Reject(request_id="unknown"))
    with pytest.raises(CommandRefused):
        await second.readmit(cmd.Readmit(request_id="unknown"))


async def test_only_the_newest_are_remembered(playout, second):
    for number in range(MAX_REJECTED + 1):
        playout.add(_candidate(number))
        await second.reject(cmd.Reject(request_id=f"r{number}"))
    with pytest.raises(CommandRefused):
        await second.readmit(cmd.Readmit(request_id="r0"))
    await second.readmit(cmd.Readmit(request_id="r1"))
