"""What only the show knows of a picture is written beside it, and what was rejected may come back."""

import json

import pytest

from tests.support.waiting import until
from textcraft_core import events as ev
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.pictures.picture_notes import PictureNotes


@pytest.fixture
def told():
    return []


@pytest.fixture
async def stream(tmp_path, told):
    made = EventStream(None)
    made.subscribe(told.append)
    notes = PictureNotes(made, tmp_path)
    yield made
    await notes.close()


def _asked(request_id="r1"):
    return ev.RenderRequested(
        request_id=request_id, prompt="p", caption="a lamp", alt="a", seed=1, width=64, height=64, cycle=3,
        target="ch04_x.md",
    )  # fmt: skip


def _arrived(path, request_id="r1"):
    return ev.ImageArrived(
        request_id=request_id, path=str(path), sha256="0" * 64, width=64, height=64, worker="w", backend="b", seconds=1
    )


def _noted(told):
    return [event for event in told if isinstance(event, ev.PictureNoted)]


async def test_words_and_chapter_join_what_the_image_server_wrote(stream, tmp_path, told):
    path = tmp_path / "a.png"
    path.with_suffix(".json").write_text('{"prompt": "p", "seed": 7, "own": [1]}')
    stream.emit(_asked())
    stream.emit(_arrived(path))
    await until(lambda: _noted(told))
    beside = json.loads(path.with_suffix(".json").read_text())
    assert (beside["caption"], beside["target"], beside["cycle"], beside["request_id"]) == (
        "a lamp",
        "ch04_x.md",
        3,
        "r1",
    )
    assert (beside["seed"], beside["own"]) == (7, [1])


async def test_edited_words_are_kept_too(stream, tmp_path, told):
    path = tmp_path / "a.png"
    stream.emit(_asked())
    stream.emit(_arrived(path))
    await until(lambda: _noted(told))
    stream.emit(ev.CaptionEdited(request_id="r1", text="other words"))
    await until(lambda: len(_noted(told)) == 2)
    assert json.loads(path.with_suffix(".json").read_text())["caption"] == "other words"


async def test_a_broken_sidecar_is_replaced_and_a_foreign_folder_left_alone(stream, tmp_path, told):
    path, elsewhere = tmp_path / "a.png", tmp_path / "other"
    path.with_suffix(".json").write_text("{broken")
    elsewhere.mkdir()
    stream.emit(_asked())
    stream.emit(_asked("r2"))
    stream.emit(_arrived(elsewhere / "b.png", "r2"))
    stream.emit(_arrived(path))
    await until(lambda: _noted(told))
    assert json.loads(path.with_suffix(".json").read_text())["caption"] == "a lamp"
    assert list(elsewhere.iterdir()) == []


async def test_what_cannot_be_written_is_told(stream, tmp_path, told):
    (tmp_path / "a.json").mkdir()
    stream.emit(_asked())
    stream.emit(_arrived(tmp_path / "a.png"))
    await until(lambda: [event for event in told if isinstance(event, ev.Warned)])
    assert _noted(told) == []
