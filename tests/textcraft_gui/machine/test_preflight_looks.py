"""What only the console can look at before a house opens."""

import pytest

from textcraft_core.config import TextCraftCoreConfig
from textcraft_core.day.preflight import Preflight, ok
from textcraft_core.events import CheckState
from textcraft_core.record.stream import EventStream
from textcraft_gui.machine.preflight_looks import MIRRORED, add_looks, brain_key, notifications, screens, sleep
from textcraft_gui.state.show_state import ShowState


@pytest.mark.parametrize(
    ("names", "walls", "state"),
    [(("a", "b"), 1, "ok"), (("a",), 0, "ok"), (("a",), 1, "warn"), (("a", "b"), 2, "warn")],
)
async def test_there_is_a_screen_for_each_wall_and_the_console(names, walls, state):
    assert (await screens(lambda: names, lambda: walls)()).state.value == state


async def test_one_screen_where_walls_are_wanted_may_be_a_mirror():
    assert (await screens(lambda: ("a",), lambda: 1)()).advice == MIRRORED


@pytest.mark.parametrize(("granted", "state"), [(True, "ok"), (False, "warn"), (None, "unknown")])
async def test_whether_the_computer_stays_awake(granted, state):
    assert (await sleep(lambda: granted)()).state.value == state


async def test_notifications_are_nothing_a_program_knows():
    assert (await notifications()()).state is CheckState.UNKNOWN


@pytest.mark.parametrize(
    ("brain", "address", "line", "state"),
    [
        ("rehearsal", None, "", "ok"),
        ("live", "https://models.example/v1", "", "fail"),
        ("live", "https://models.example/v1", "LLM_API_KEY=abcdefgh12345678", "ok"),
        ("live", "http://127.0.0.1:9999/v1", "", "ok"),
    ],
)
async def test_a_paid_brain_needs_its_key(tmp_path, monkeypatch, brain, address, line, state):
    monkeypatch.delenv("LLM_API_KEY", raising=False)
    (tmp_path / ".env").write_text(line)
    config = TextCraftCoreConfig(brain=brain, llm={"base_url": address})
    finding = await brain_key(config, tmp_path / ".env")()
    assert finding.state.value == state
    assert "abcdefgh" not in finding.found + finding.advice


async def test_looks_come_before_anything_is_done_to_a_wall():
    preflight = Preflight(EventStream(None))

    async def well():
        return ok("well")

    for name in ("power", "walls", "picture"):
        preflight.add(name, well)
    add_looks(preflight, ShowState(), lambda: ["a", "b"], well)
    await preflight.run()
    assert list(preflight.findings) == ["power", "screens", "sleep", "notices", "key", "walls", "picture"]
