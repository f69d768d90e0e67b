"""The whole wall as a program, fed by a real hub: what it tells, what it survives, how it starts and ends."""

import asyncio
import contextlib
import time

import pytest

from tests.faults.bare_start import bare_start
from tests.support.programs import programs
from tests.support.screen import capture, mean
from tests.support.waiting import until
from tests.textcraft_display.rig import BLUE, GREEN, RED, flat, near
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import (
    Layer,
    Mode,
    PeerName,
    Picture,
    ShownPhase,
    Transition,
    WallCommand,
    WallMap,
    WallScene,
)
from textcraft_bus.clock import SystemClock
from textcraft_bus.pictures import check, sha256_of

AT, SIZE = (60, 80), (480, 270)
BOX = (*AT, AT[0] + SIZE[0], AT[1] + SIZE[1])
WALL = PeerName("wall.brick")


class Core:
    """A hub, what it heard, and how its wall is started."""

    def __init__(self, folder):
        self.folder, self.heard, self.port = folder, [], 0
        self.hub = self._hub()

    def _hub(self):
        loop = asyncio.get_running_loop()
        return Hub(
            self.heard.append,
            loop,
            SystemClock(),
            show_id="test",
            mode=Mode.SHOW,
            nonce_folder=self.folder,
            port=self.port,
        )

    async def start(self):
        self.port = await self.hub.start()

    async def restart(self):
        await self.hub.stop()
        self.heard.clear()
        self.hub = self._hub()
        await self.start()

    def arguments(self, *more):
        where = ["--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}"]
        core = ["--core", f"tcp://127.0.0.1:{self.port}", "--show", "test", "--images", str(self.folder)]
        return [*core, "--wall", "brick", *where, *more]

    def of(self, kind):
        return [fact for fact in self.heard if isinstance(fact, kind)]

    async def seen(self):
        await until(lambda: self.of(facts.PeerSeen), what="the wall's hello")

    def scene(self, number, colour=None, layer=Layer.PROGRAM, **more):
        picture = None
        if colour is not None:
            path = self.folder / f"{'-'.join(map(str, colour))}.png"
            flat(colour).save(path)
            sha = sha256_of(path.read_bytes())
            picture = Picture(sha256=sha, uri=path.as_uri(), mime="image/png", width=480, height=270)
        more.setdefault("layer_seconds", 0.0)
        self.hub.set_scene("brick", WallScene(scene=number, layer=layer, program=picture, **more))

    async def show(self, number, *what, **more):
        self.scene(number, *what, **more)
        await self.settled(number)

    async def settled(self, number):
        def is_settled():
            told = [fact.shown for fact in self.of(facts.WallShown)]
            return any(one.scene == number and one.phase is ShownPhase.SETTLED for one in told)

        await until(is_settled, what=f"scene {number} to settle")


@pytest.fixture
async def core(tmp_path):
    made = Core(tmp_path)
    await made.start()
    yield made
    await made.hub.stop()


def colour_is(colour):
    return near(capture(BOX).getpixel((240, 90)), colour)


async def test_what_a_wall_tells_and_how_it_ends(core, tmp_path):
    with programs(tmp_path) as started:
        began = time.monotonic()
        wall = started.start(
            "textcraft-display", *core.arguments("--log-level", "DEBUG", "--shots", str(tmp_path / "shots"))
        )
        await core.seen()
        assert time.monotonic() - began < 30
        hello = core.of(facts.PeerSeen)[0].hello
        assert (hello.width, hello.height, hello.dpr, hello.layer) == (480, 270, 1.0, Layer.SAFE_LOOK)
        assert {"cut", "fade", "through_black", "slide", "wipe"} <= set(hello.capabilities)

        await core.show(1, RED)
        assert colour_is(RED)
        await core.show(2, BLUE, transition=Transition(kind="wipe", seconds=0.5))
        assert colour_is(BLUE)
        await until(lambda: core.of(facts.WallThumbnail), what="a thumbnail")
        await until(lambda: any(fact.beat.worst_frame_ms > 0 for fact in core.of(facts.PeerBeat)), what="a figure")
        assert not core.of(facts.PeerBeat)[-1].beat.hidden
        await until(lambda: len(list((tmp_path / "shots").glob("*.png"))) == 2, what="two shots")
        shots = sorted((tmp_path / "shots").glob("*.png"))
        assert [check(path.read_bytes()).width for path in shots] == [SIZE[0]] * 2

        core.hub.command("brick", WallCommand(command="test_card", seconds=60))
        await until(lambda: not colour_is(BLUE), what="the test card")
        core.hub.command("brick", WallCommand(command="clear"))
        await until(lambda: colour_is(BLUE), what="the card to go")

        core.hub.quit(WALL)
        assert wall.wait() == 0
        assert "Traceback" not in wall.output
        assert "qml" not in wall.output


async def test_a_core_that_dies_changes_nothing_until_the_wall_is_lonely(core, tmp_path):
    flat(GREEN).save(tmp_path / "safe.png")
    with programs(tmp_path) as started:
        started.start("textcraft-display", *core.arguments("--safe-look", str(tmp_path / "safe.png")))
        await until(lambda: colour_is(GREEN), what="the safe look")
        await core.show(57, RED, lonely_minutes=0.005)
        port, samples = core.port, []
        await core.hub.stop()
        until_gone = time.monotonic() + 30
        while not colour_is(GREEN):
            samples.append(mean(capture(BOX)))
            assert time.monotonic() < until_gone
            await asyncio.sleep(0.1)
        assert min(samples) > 20  # never black on the way

        await core.restart()
        assert core.port == port
        core.scene(57, RED, lonely_minutes=10)
        await core.settled(57)
        assert colour_is(RED)

        await core.restart()  # a core that counts from the beginning
        await core.seen()
        await core.show(1, BLUE)
        assert colour_is(BLUE)


async def test_a_killed_wall_is_back_with_its_picture_in_two_seconds(core, tmp_path):
    with programs(tmp_path) as started:
        wall = started.start("textcraft-display", *core.arguments())
        await core.seen()
        await core.show(1, RED)
        wall.kill()
        core.heard.clear()
        began = time.monotonic()
        started.start("textcraft-display", *core.arguments())
        await core.settled(1)
        assert colour_is(RED)
        took = time.monotonic() - began
        assert took < max(6, 8 * await bare_start())  # 2 s alone on a machine; this one may be shared


@pytest.mark.parametrize("content", [None, b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
async def test_without_a_safe_look_a_plain_dark_ground_is_shown(core, tmp_path, content):
    path = tmp_path / "safe.jpg"
    if content is not None:
        path.write_bytes(content)
    with programs(tmp_path) as started:
        wall = started.start("textcraft-display", *core.arguments("--safe-look", str(path)))
        await core.seen()
        await core.show(1, layer=Layer.SAFE_LOOK)
        assert 10 < mean(capture(BOX)) < 60
        assert wall.process.poll() is None


async def test_a_wall_that_draws_in_software_shows_pictures_and_refuses_what_it_cannot(core, tmp_path, monkeypatch):
    monkeypatch.setenv("QT_QUICK_BACKEND", "software")
    with programs(tmp_path) as started:
        started.start("textcraft-display", *core.arguments())
        await core.seen()
        await core.show(1, RED, map=WallMap(brightness=0.5))
        assert "software" in core.of(facts.WallRefused)[0].refused.reason
        assert colour_is(RED)
        await core.show(2, BLUE, transition=Transition(kind="fade", seconds=0.3))
        assert colour_is(BLUE)
        await core.show(3, BLUE, layer=Layer.BLACK, layer_seconds=0.2)
        assert mean(capture(BOX)) < 0.5


WRONG = [
    (["--size", "12x9"], "size", 1),
    (["--size", "100x99999"], "size: ", 1),
    (["--core", "nonsense"], "core: ", 1),
    (["--wall", "a/b"], "wall: ", 1),
    (["--log-level", "LOUD"], "log_level: ", 1),
    (["--cache-mb", "0"], "cache_mb: ", 1),
    (["--no-such-flag"], "unrecognized", 2),
]


def test_a_wrong_setting_ends_with_one_clear_line(tmp_path):
    with programs(tmp_path) as started:
        running = [started.start("textcraft-display", *arguments) for arguments, _, _ in WRONG]
        for program, (_, said, code) in zip(running, WRONG, strict=True):
            assert program.wait() == code
            assert said in program.output.splitlines()[-1]
            assert "Traceback" not in program.output


def test_help_names_every_setting_and_no_display_is_said(tmp_path, monkeypatch):
    with programs(tmp_path) as started:
        asked = started.start("textcraft-display", "--help")
        assert asked.wait() == 0
        assert all(
            f"--{flag}" in asked.output for flag in ("wall", "core", "screen", "windowed", "safe-look", "log-level")
        )
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with programs(tmp_path) as started:
        blind = started.start("textcraft-display")
        assert blind.wait() == 1
        assert blind.output.count("\n") == 1
        assert "DISPLAY" in blind.output


def test_missing_fonts_end_with_one_clear_line(tmp_path, monkeypatch):
    site = tmp_path / "site"
    site.mkdir()
    code = "import pathlib, textcraft_bus.disk.assets as a\na.resources = lambda name: pathlib.Path('/nonexistent')\n"
    (site / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(site))
    with programs(tmp_path) as started:
        program = started.start("textcraft-display", "--windowed")
        assert program.wait() == 1
        assert program.output.count("\n") == 1
        assert "font" in program.output


async def test_noise_on_the_wire_never_changes_the_picture(core, tmp_path):
    with programs(tmp_path) as started:
        wall = started.start("textcraft-display", *core.arguments())
        await core.seen()
        await core.show(1, RED)
        for frame in (b"{", b"[]", b'{"type":"WallScene","scene":9,"transition":{"seconds":NaN}}', b"\0" * 4096):
            core.hub._thread.post(core.hub._board._pump.send, [WALL.encode(), frame])
        scene = b'{"type":"WallScene","scene":9,"layer":"program","transition":{"kind":"fade","seconds":99}}'
        core.hub._thread.post(core.hub._board._pump.send, [WALL.encode(), scene])
        with contextlib.suppress(AssertionError):
            await until(lambda: not colour_is(RED), 0.5)
        assert colour_is(RED)
        await core.show(2, BLUE)
        assert colour_is(BLUE)
        assert wall.process.poll() is None
