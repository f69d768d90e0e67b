"""Cards and repainted pictures come in through the same gate, linked to what they came from."""

import io

import pytest
from PIL import Image

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.pictures.intake import GateOptions
from textcraft_core.stage.stage import StageOptions

LISTED = StageOptions(gate=GateOptions(words=("forbidden",)))


def a_file(path, *, size=(320, 180), flat=False) -> str:
    image = Image.new("RGB", size, (90, 9, 9)) if flat else Image.effect_noise(size, 80).convert("RGB")
    image.save(path)
    return str(path)


async def test_a_text_card_goes_through_the_gate_into_next(tmp_path):
    async with play(tmp_path) as show:
        await show.stage.handle(cmd.AddCard(text="Interval"))
        added = show.of(ev.CandidateAdded)[0]
        assert show.of(ev.CardAdded)[0].request_id == added.request_id
        assert (added.width, added.height, added.approved) == (1920, 1080, True)
        assert show.of(ev.NextStaged)[0].request_id == added.request_id


async def test_a_picture_of_ones_own_is_copied_into_the_show(tmp_path):
    async with play(tmp_path) as show:
        own = tmp_path / "own.png"
        await show.stage.handle(cmd.AddCard(path=a_file(own), caption="mine"))
        arrived = show.of(ev.ImageArrived)[0]
        own.unlink()
        assert arrived.path == str(show.show.images / f"{arrived.sha256}.png")
        assert show.of(ev.CandidateAdded)[0].caption == "mine"


async def test_a_small_picture_waits_refused_until_it_is_overruled(tmp_path):
    async with play(tmp_path) as show:
        await show.wall_appears()
        await show.stage.handle(cmd.AddCard(path=a_file(tmp_path / "small.png", size=(40, 40))))
        added = show.of(ev.CandidateAdded)[0]
        assert added.failed == ("size",)
        await show.stage.handle(cmd.Stage(request_id=added.request_id))
        with pytest.raises(CommandRefused, match="size"):
            await show.stage.handle(cmd.Take())
        await show.stage.handle(cmd.Overrule(request_id=added.request_id))
        assert show.of(ev.TakenLive)[0].request_id == added.request_id
        assert any(isinstance(record.event, ev.GateOverruled) for record in show.stage.journal.last())


async def test_what_is_no_picture_and_listed_words_are_no_card(tmp_path):
    async with play(tmp_path, options=LISTED) as show:
        (tmp_path / "no.png").write_text("<svg/>")
        for bad, why in (
            (cmd.AddCard(path=str(tmp_path / "no.png")), "no PNG"),
            (cmd.AddCard(path=str(tmp_path)), "cannot become"),
            (cmd.AddCard(path=str(tmp_path / "nothing.png")), "cannot become"),
            (cmd.AddCard(text="so Forbidden"), "list"),
            (cmd.AddCard(), "either"),
            (cmd.AddCard(path="a", text="b"), "either"),
        ):
            with pytest.raises(CommandRefused, match=why):
                await show.stage.handle(bad)
        assert show.of(ev.CardAdded) == show.of(ev.CandidateAdded) == []


async def test_a_caption_with_a_listed_word_is_refused_and_can_be_mended(tmp_path):
    async with play(tmp_path, options=LISTED) as show:
        await show.stage.handle(cmd.AddCard(text="Interval", caption="forbidden"))
        added = show.of(ev.CandidateAdded)[0]
        assert (added.failed, added.approved) == (("words",), False)
        await show.stage.handle(cmd.EditCaption(request_id=added.request_id, text="allowed"))
        assert show.of(ev.GateDecided)[-1].passed


async def test_painting_again_is_a_new_request_that_names_the_old_one(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        await show.painted(request)
        await show.stage.handle(cmd.Rerender(request_id=request.request_id, prompt="another hill"))
        again = show.of(ev.RenderRequested)[-1]
        assert (again.of, again.prompt, again.seed) == (request.request_id, "another hill", request.seed)
        assert again.request_id != request.request_id
        assert again.request_id in show.hub.requests
        await show.stage.handle(cmd.Rerender(request_id=request.request_id))
        assert show.of(ev.RenderRequested)[-1].seed != request.seed
        await show.stage.handle(cmd.Rerender(request_id=again.request_id, seed=5))
        assert show.of(ev.RenderRequested)[-1].seed == 5


async def test_a_picture_of_an_earlier_session_is_found_in_the_journal(tmp_path):
    async with play(tmp_path) as show:
        request = await show.picture_asked()
        show.stage.journal.flush()
        show.stage.pictures._orders.clear()
        await show.stage.handle(cmd.Rerender(request_id=request.request_id, seed=1))
        assert show.of(ev.RenderRequested)[-1].of == request.request_id
        with pytest.raises(CommandRefused, match="Nobody painted"):
            await show.stage.handle(cmd.Rerender(request_id="card-1"))


async def test_pins_are_kept_in_restore_json(tmp_path):
    async with play(tmp_path) as show:
        await show.stage.handle(cmd.AddCard(text="Interval"))
        request_id = show.of(ev.CandidateAdded)[0].request_id
        await show.stage.handle(cmd.Pin(request_id=request_id, on=True))
        await until(lambda: request_id in show.show.restore.read_text())
        assert show.of(ev.CandidatePinned)[0].on
        assert '"reel":{"card-' in show.show.restore.read_text()


def test_a_card_is_a_png_of_the_wanted_size():
    from textcraft_core.stage.pictures.card import paint_card

    assert Image.open(io.BytesIO(paint_card("x", 640, 360))).size == (640, 360)
