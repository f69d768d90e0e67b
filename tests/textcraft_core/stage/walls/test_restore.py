"""What walls come back from survives a restart, and a broken file is set aside, never in the way."""

from tests.fakes.clock import FakeClock
from textcraft_bus.channel.messages import Picture, RequestId, ScreenInfo, Transition, WallMap
from textcraft_core.events import RenderRequested, StopName
from textcraft_core.stage.walls import restore
from textcraft_core.stage.walls.house import Program, WallSettings
from textcraft_core.stage.walls.playout_state import Candidate, PlayoutState
from textcraft_core.stage.walls.restore import Restore

PICTURE = Picture(sha256="a" * 64, uri="/p/a.jpg", mime="image/jpeg", width=1, height=1)


async def test_everything_comes_back(tmp_path):
    state = PlayoutState(
        candidates={RequestId("r1"): Candidate(RequestId("r1"), PICTURE, "words", True, taken=True)},
        program=Program(RequestId("r1"), PICTURE, "words"),
        history=[Program(RequestId("r0"), PICTURE, "")],
        stops={StopName.HOLD, StopName.BLACK},
        black_walls=("stairs",),
        auto=True,
    )
    state.house.walls["brick"] = WallSettings(
        False, Program(RequestId("r0"), PICTURE, ""), WallMap(rotate=180), "Brick"
    )
    state.house.walls["brick"].screen = ScreenInfo(connector="DP-1", width=1, height=2)
    state.house.transition = Transition(kind="wipe", seconds=2.0)
    state.house.of_the_show = {"brick"}
    wanted = RenderRequested(request_id="r2", prompt="p", seed=1, width=2, height=3, cycle=4, target="t")
    kept = Restore(port=5, scene=9, run=True, playout=state, open_renders=[wanted])
    await restore.save(tmp_path / "restore.json", kept)
    assert restore.load(tmp_path / "restore.json", FakeClock()) == kept


def test_without_a_file_everything_is_fresh(tmp_path):
    assert restore.load(tmp_path / "restore.json", FakeClock()) == Restore()


def test_a_broken_file_is_set_aside(tmp_path, caplog):
    for broken in (b"{", b'{"playout": 3}', b"\xff\xfe", b'{"scene": "many"}'):
        path = tmp_path / "restore.json"
        path.write_bytes(broken)
        assert restore.load(path, FakeClock()) == Restore()
        assert not path.exists()
    assert len(list(tmp_path.glob("restore.json.bad-*"))) >= 1
    assert "set aside" in caplog.text
