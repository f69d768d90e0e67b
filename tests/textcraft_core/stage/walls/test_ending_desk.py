"""The walls once the book is complete: an end card, or the evening's pictures once more; never against a stop."""

import pytest

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import WALL, play
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.options import AfterComplete
from textcraft_core.stage.stage import StageOptions


def complete(show, policy):
    return show.stage.stream.commit(ev.BookCompleted(policy=policy.value))


@pytest.mark.parametrize("by_hand", [False, True])
async def test_an_end_card_goes_up(tmp_path, by_hand):
    options = StageOptions(end_card="The end", approve_by_hand=by_hand)
    async with play(tmp_path, options=options) as show:
        await show.wall_appears()
        await complete(show, AfterComplete.END_CARD)
        await until(lambda: show.of(ev.TakenLive))
        card = show.of(ev.CardAdded)[0]
        assert (card.source, show.of(ev.TakenLive)[0].request_id) == ("The end", card.request_id)
        await until(lambda: show.hub.scenes[WALL].program is not None)


async def test_a_stop_stands_against_the_end_card_and_it_is_said(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.Hold(on=True))
        await complete(show, AfterComplete.END_CARD)
        await until(lambda: [event for event in show.of(ev.Warned) if event.source == "ending"])
        assert show.of(ev.TakenLive) == []
        assert show.of(ev.CardAdded)[0].source == show.stage.title


async def test_the_pictures_of_the_evening_are_shown_once_more_while_auto_is_on(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        show.stage.ending._seconds = 0.01
        await show.painted(await show.picture_asked())
        await until(lambda: show.of(ev.NextStaged))
        await show.stage.handle(cmd.Take())
        await show.stage.engine.settle()
        await complete(show, AfterComplete.RETELL)
        first = show.of(ev.TakenLive)[0]
        await show.stage.handle(cmd.Auto(on=True))
        await until(lambda: len(show.of(ev.TakenLive)) > 3)
        again = show.of(ev.TakenLive)[1]
        assert (again.request_id, again.sha256, again.caption, again.by) == (
            first.request_id, first.sha256, first.caption, "reserve",
        )  # fmt: skip
        await show.stage.handle(cmd.Hold(on=True))
        held = len(show.of(ev.TakenLive))
        await show.stage.handle(cmd.Hold(on=False))
        await until(lambda: len(show.of(ev.TakenLive)) > held)
        await show.stage.handle(cmd.Step())
        await until(lambda: show.stage.ending._retelling is None)


async def test_without_a_picture_there_is_nothing_to_tell_and_it_is_said(tmp_path):
    async with play(tmp_path) as show:
        await complete(show, AfterComplete.RETELL)
        await until(lambda: [event for event in show.of(ev.Warned) if event.source == "ending"])
