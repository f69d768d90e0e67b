"""What a house shows by itself: captions as chosen, the closed card of the night, one end card for day and book."""

import pytest

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import WALL, play
from textcraft_bus.channel.messages import CaptionStyle, Layer, Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.options import AfterComplete
from textcraft_core.stage.pictures.intake import GateOptions
from textcraft_core.stage.stage import StageOptions
from textcraft_core.stage.walls import restore


async def a_picture(show, caption="a lamp"):
    await show.stage.handle(cmd.AddCard(text="picture", caption=caption))
    return show.of(ev.CandidateAdded)[-1]


def scene(show):
    return show.hub.scenes[WALL]


async def test_captions_are_set_as_chosen_and_can_be_switched_off(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await a_picture(show)
        await show.stage.handle(cmd.Take())
        style = CaptionStyle(size=1.5, plate=False, place="top", margin=0.1)
        await show.stage.handle(cmd.SetCaptions(on=True, style=style))
        assert (scene(show).caption.text, scene(show).caption_style) == ("a lamp", style)
        await show.stage.handle(cmd.SetCaptions(on=False, style=style))
        assert scene(show).caption is None
        assert show.of(ev.CaptionsSet)[-1] == ev.CaptionsSet(on=False, style=style)
        told = [event for event in show.stage.opening_events() if isinstance(event, ev.CaptionsSet)]
        assert told[-1] == ev.CaptionsSet(on=False, style=style)


async def test_the_closed_card_is_the_safe_look_of_a_closed_house(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.SetCard(which="closed", text="Open again at ten"))
        card = show.of(ev.CardChosen)[-1]
        assert card.text == "Open again at ten"
        await show.stage.handle(cmd.SafeLook(on=True))
        assert scene(show).safe_look is None
        await show.stage.house_cards.close_house(True)
        assert (scene(show).layer, scene(show).safe_look.sha256) == (Layer.SAFE_LOOK, card.sha256)
        await show.stage.handle(cmd.SafeLook(on=False))
        assert scene(show).safe_look is None
        assert [event.on for event in show.of(ev.HouseClosed)] == [True, False]


async def test_a_whole_day_ends_with_both_cards(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        show.stage.day._config.end_card_seconds = 0.01
        await show.stage.handle(cmd.SetCard(which="closed", text="Closed"))
        await show.stage.handle(cmd.SetCard(which="end", text="Good night"))
        closed, end = (event.sha256 for event in show.of(ev.CardChosen))
        show.stage.day.course.begin(show.stage.clock.now(), "operator")
        show.stage.day.course.open(show.stage.clock.now())
        await show.stage.handle(cmd.CloseDay())
        await until(lambda: show.of(ev.ReportWritten))
        assert show.of(ev.TakenLive)[-1].sha256 == end
        assert show.of(ev.EndCardShown)
        assert (scene(show).layer, scene(show).safe_look.sha256) == (Layer.SAFE_LOOK, closed)
        kept = restore.load(show.show.restore, show.stage.clock)
        assert kept.playout.house.closed
        assert kept.playout.house.cards["end"].text == "Good night"
        assert kept.playout.house.cards["closed"].program.picture.sha256 == closed


async def test_the_chosen_end_card_ends_the_book_too_and_may_be_a_picture(tmp_path):
    async with play(tmp_path, options=StageOptions(end_card="from the settings")) as show:
        await show.wall_appears()
        picture = await a_picture(show, "the last lamp")
        await show.stage.handle(cmd.SetCard(which="end", request_id=picture.request_id))
        await show.stage.stream.commit(ev.BookCompleted(policy=AfterComplete.END_CARD.value))
        await until(lambda: show.of(ev.TakenLive))
        taken = show.of(ev.TakenLive)[0]
        assert (taken.sha256, taken.caption, taken.by) == (picture.sha256, "the last lamp", "card")


async def test_a_card_is_tried_on_free_walls_beneath_the_stops_and_never_before_an_audience(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        with pytest.raises(CommandRefused, match="Choose"):
            await show.stage.handle(cmd.TryCard(which="end"))
        await show.stage.handle(cmd.SetCard(which="end", text="Good night"))
        await a_picture(show)
        await show.stage.handle(cmd.Take())
        await show.stage.handle(cmd.TryCard(which="end"))
        assert (scene(show).layer, scene(show).safe_look.sha256) == (Layer.SAFE_LOOK, show.of(ev.CardChosen)[-1].sha256)
        await show.stage.handle(cmd.SetCard(which="end", text="Sleep well"))
        assert scene(show).safe_look.sha256 == show.of(ev.CardChosen)[-1].sha256
        await show.stage.handle(cmd.Panic())
        assert scene(show).safe_look is None
        await show.stage.handle(cmd.Restore())
        await show.stage.handle(cmd.Black(on=True))
        assert scene(show).layer is Layer.BLACK
        await show.stage.handle(cmd.Black(on=False))
        await show.stage.walls.change_mode(Mode.SHOW)
        assert scene(show).layer is Layer.PROGRAM
        with pytest.raises(CommandRefused, match="SHOW"):
            await show.stage.handle(cmd.TryCard(which="end"))
        await show.stage.handle(cmd.TryCard(which=None))


@pytest.mark.parametrize("which", ["closed", "end"])
async def test_words_that_must_not_go_up_are_no_card_and_none_is_what_is_usual(tmp_path, which):
    async with play(tmp_path, options=StageOptions(gate=GateOptions(words=("forbidden",)))) as show:
        with pytest.raises(CommandRefused, match="cannot go up"):
            await show.stage.handle(cmd.SetCard(which=which, text="forbidden"))
        await show.stage.handle(cmd.SetCard(which=which, text="allowed"))
        await show.stage.handle(cmd.SetCard(which=which))
        assert [bool(event.sha256) for event in show.of(ev.CardChosen)] == [True, False]
        with pytest.raises(CommandRefused, match="approved"):
            await show.stage.handle(cmd.SetCard(which=which, request_id="nobody"))
