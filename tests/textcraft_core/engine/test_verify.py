"""VERIFY looks again at what was touched since SCAN, whoever did it; what nobody is told of, the next SCAN finds."""

import os
from pathlib import Path

import pytest

from tests.fakes.brain import ScriptedBrain
from tests.fakes.engine import Bench, appends, decision, engine_on
from tests.fakes.show import make_show, words
from textcraft_bus.disk import news
from textcraft_core.events import Warned
from textcraft_core.show.folder import ShowFolder


def a_company(show: ShowFolder, act: dict[int, object]) -> ScriptedBrain:
    """Return a brain whose Narrator adds to ch01 while `act[cycle]` happens outside."""

    def narrate(purpose):
        if purpose.context["last"]:
            if purpose.cycle in act:
                act[purpose.cycle]()
            return ""
        return appends("ch01_One.md", words(30))

    brain = ScriptedBrain()
    brain.always("architect", lambda _purpose: decision(target="ch01_One.md"))
    brain.always("narrator", narrate)
    return brain


def told(bench: Bench) -> list[str]:
    return [event.text for event in bench.of(Warned) if event.source == "verify"]


@pytest.mark.parametrize("tells", [True, False])
async def test_what_others_did_in_place_meanwhile_is_told_in_the_same_cycle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    monkeypatch.setattr(news, "_IS_LINUX", tells and news._IS_LINUX)
    show = make_show(tmp_path, {"ch01_One.md": 60, "ch02_Two.md": 60, "ch03_Three.md": 60})
    other = show.manuscripts / "ch02_Two.md"

    def in_place() -> None:
        with other.open("a", encoding="utf-8") as file:
            file.write(" and more")

    async with engine_on(show, a_company(show, {3: in_place, 5: (show.manuscripts / "ch03_Three.md").unlink})) as bench:
        for _ in range(2):
            assert await bench.engine.step()
        assert told(bench) == []
        assert await bench.engine.step()
        assert told(bench) == ["ch02 changed on disk, but no service reported it"]
        assert bench.engine.matrix.content["ch02"].word_count == 62
        for _ in range(2):
            assert await bench.engine.step()
        assert str(bench.engine.matrix.content["ch03"].status) == "MISSING"


async def test_what_changes_unheard_is_seen_by_the_next_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = make_show(tmp_path, {"ch01_One.md": 60, "ch02_Two.md": 60})
    second_name = tmp_path / "elsewhere.md"
    os.link(show.manuscripts / "ch02_Two.md", second_name)

    def by_its_second_name() -> None:
        with second_name.open("a", encoding="utf-8") as file:
            file.write(" and more")

    async with engine_on(show, a_company(show, {3: by_its_second_name})) as bench:
        for _ in range(4):
            assert await bench.engine.step()
        assert bench.engine.matrix.content["ch02"].word_count == 62
        assert bench.saved().content["ch02"].word_count == 62
