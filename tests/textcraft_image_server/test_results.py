import json

import pytest

from tests.textcraft_image_server.pictures import picture
from textcraft_bus.errors import PictureRefused
from textcraft_bus.pictures import sha256_of
from textcraft_image_server import results
from textcraft_image_server.backends import Order, Painted
from textcraft_image_server.results import keep

DATA = picture()


def order(prompt):
    return Order(prompt, "none", 1, 64, 48)


def sidecar(result):
    return json.loads(result.path.with_suffix(".json").read_text())


def test_the_sidecar_says_how_the_picture_came_to_be(tmp_path):
    result = keep(tmp_path / "new", order("one"), Painted(DATA, 0.25, cost_estimated=True), "openai")
    told = sidecar(result)
    assert told.pop("painted_at").endswith("+00:00")
    assert told == {
        "sha256": sha256_of(DATA), "prompt": "one", "negative_prompt": "none", "seed": 1, "width": 64, "height": 48,
        "backend": "openai", "cost": 0.25, "cost_estimated": True,
    }  # fmt: skip


def test_one_picture_for_several_orders_forgets_none_of_them(tmp_path):
    for prompt in ("one", "two", "three"):
        result = keep(tmp_path, order(prompt), Painted(DATA, 0.25), "folder")
    told = sidecar(result)
    assert [told["prompt"], *(earlier["prompt"] for earlier in told["earlier"])] == ["three", "two", "one"]
    assert sum(one["cost"] for one in (told, *told["earlier"])) == 0.75
    assert all("earlier" not in one for one in told["earlier"])


def test_what_it_remembers_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "MAX_EARLIER", 3)
    for number in range(6):
        result = keep(tmp_path, order(str(number)), Painted(DATA), "folder")
    assert [earlier["prompt"] for earlier in sidecar(result)["earlier"]] == ["4", "3", "2"]


@pytest.mark.parametrize("broken", ["soup", "[]", '{"earlier": 3}', ""])
def test_a_broken_sidecar_is_no_reason_to_lose_a_picture(tmp_path, broken):
    (tmp_path / f"{sha256_of(DATA)}.json").write_text(broken)
    result = keep(tmp_path, order("one"), Painted(DATA), "folder")
    assert sidecar(result)["prompt"] == "one"
    assert result.path.read_bytes() == DATA


def test_two_answers_of_one_picture_may_have_two_files(tmp_path):
    one, two = (keep(tmp_path, order("one"), Painted(DATA), "folder", name) for name in ("n1", "n2"))
    assert one.path != two.path
    assert one.path.read_bytes() == two.path.read_bytes() == DATA


def test_what_is_no_picture_is_not_kept(tmp_path):
    with pytest.raises(PictureRefused):
        keep(tmp_path, order("one"), Painted(b"<svg/>"), "openai")
    assert list(tmp_path.iterdir()) == []
