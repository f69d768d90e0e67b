"""A script asks the real image server for a picture and puts it on a real wall; the pixels are judged from outside."""

import asyncio
from pathlib import Path

import pytest

from tests.support.programs import programs
from tests.support.screen import apart_from_words, as_on_wall, capture, mean, mean_difference
from tests.support.waiting import until
from textcraft_bus.channel import facts
from textcraft_bus.channel.hub import Hub
from textcraft_bus.channel.messages import (
    Caption,
    ImageReady,
    Layer,
    Mode,
    PeerName,
    Picture,
    RenderRequest,
    ShownPhase,
    Transition,
    TransitionKind,
    WallScene,
)
from textcraft_bus.clock import SystemClock
from textcraft_bus.disk.uris import path_of
from textcraft_bus.processes import EXIT_NAME_TAKEN

SIZE = (960, 540)
AT = (40, 60)
BOX = (*AT, AT[0] + SIZE[0], AT[1] + SIZE[1])
WALL, PAINTER = PeerName("wall.brick"), PeerName("image_server.painter")


class Script:
    """A core without a story: the hub, and all facts it told."""

    def __init__(self, folder: Path) -> None:
        self.facts: list[facts.Fact] = []
        self.images = folder / "images"
        self.images.mkdir()
        self.hub = Hub(
            self.facts.append,
            asyncio.get_running_loop(),
            SystemClock(),
            show_id="journey",
            mode=Mode.REHEARSE,
            nonce_folder=folder,
        )
        self.port = 0

    def arguments(self) -> list[str]:
        return ["--core", f"tcp://127.0.0.1:{self.port}", "--show", "journey", "--images", str(self.images)]

    def wall(self) -> list[str]:
        where = ["--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}"]
        return [*self.arguments(), "--wall", "brick", "--windowed", *where]

    def of(self, kind):
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def seen(self, *peers: PeerName) -> None:
        await until(lambda: set(peers) <= {fact.peer for fact in self.of(facts.PeerSeen)}, what=f"hello of {peers}")

    async def paint(self, prompt: str, seed: int) -> ImageReady:
        request = RenderRequest(prompt=prompt, seed=seed, width=1920, height=1080)
        self.hub.request(request)
        await until(lambda: request.request_id in {done.request_id for done in self.of(facts.RenderDone)})
        return next(done.ready for done in self.of(facts.RenderDone) if done.request_id == request.request_id)

    async def show(self, number: int, layer: Layer, ready: ImageReady | None, **more) -> None:
        picture = None
        if ready is not None:
            size = {"width": ready.width, "height": ready.height}
            picture = Picture(sha256=ready.sha256, uri=ready.uri, mime=ready.mime, **size)
        self.hub.set_scene("brick", WallScene(scene=number, layer=layer, program=picture, layer_seconds=0.2, **more))

    def frames(self) -> int:
        """Frames the wall says it painted, by its last beat."""
        return max((fact.beat.frames_painted for fact in self.of(facts.PeerBeat) if fact.peer == WALL), default=0)

    async def settled(self, number: int) -> None:
        def is_settled():
            shown = [fact.shown for fact in self.of(facts.WallShown)]
            return any(one.scene == number and one.phase is ShownPhase.SETTLED for one in shown)

        await until(is_settled, what=f"scene {number} to settle")


@pytest.fixture
async def script(tmp_path):
    made = Script(tmp_path)
    made.port = await made.hub.start()
    yield made
    await made.hub.stop()


def painted_is(ready: ImageReady) -> float:
    """Mean difference of what is on the screen from what should be."""
    wall = apart_from_words(capture(BOX))
    return mean_difference(wall, apart_from_words(as_on_wall(path_of(ready.uri), SIZE)))


def words_are_on(ready: ImageReady) -> bool:
    """Whether something bright stands on something dark where the caption goes."""
    foot = (SIZE[0] // 3, SIZE[1] * 7 // 8, SIZE[0] * 2 // 3, SIZE[1] * 15 // 16)
    painted, plain = capture(BOX).crop(foot), as_on_wall(path_of(ready.uri), SIZE).crop(foot)
    return mean_difference(painted, plain) > 3 and painted.convert("L").getextrema()[1] > 240


async def test_a_picture_is_painted_shown_and_cross_faded(script, tmp_path):
    with programs(tmp_path) as started:
        started.start("textcraft-image-server", *script.arguments())
        wall = started.start("textcraft-display", *script.wall())
        await script.seen(WALL, PAINTER)

        one, two = await script.paint("a harbour at dusk", 1), await script.paint("a forest in the snow", 2)
        assert (one.worker, one.backend, one.cost) == ("painter", "procedural", 0.0)
        await script.show(1, Layer.PROGRAM, one, caption=Caption(text="One."))
        await script.settled(1)
        assert painted_is(one) <= 2
        assert words_are_on(one)

        await script.show(2, Layer.PROGRAM, two, transition=Transition(kind=TransitionKind.FADE, seconds=0.6))
        await script.settled(2)
        assert painted_is(two) <= 2
        phases = [fact.shown.phase for fact in script.of(facts.WallShown) if fact.shown.scene == 2]
        assert phases == [ShownPhase.FIRST_FRAME, ShownPhase.SETTLED]

        await script.show(3, Layer.BLACK, two)
        await script.settled(3)
        assert mean(capture(BOX)) < 0.5
        await script.show(4, Layer.PROGRAM, two)
        await script.settled(4)
        assert painted_is(two) <= 2

        path = path_of(one.uri)
        path.write_bytes(path.read_bytes()[:-4000])
        await script.show(5, Layer.PROGRAM, one)
        await until(lambda: script.of(facts.WallRefused))
        assert painted_is(two) <= 2

        frames = script.frames()
        await until(lambda: script.frames() > frames, what="a pulse while nothing changes")

        script.hub.quit(WALL)
        assert wall.wait() == 0
        assert "Traceback" not in wall.output


async def test_a_second_wall_of_one_name_ends_with_a_clear_line(script, tmp_path):
    with programs(tmp_path) as started:
        first = started.start("textcraft-display", *script.wall())
        await script.seen(WALL)
        second = started.start("textcraft-display", *script.wall())
        assert second.wait() == EXIT_NAME_TAKEN
        assert str(first.pid) in second.output
        assert first.process.poll() is None


async def test_a_killed_image_server_is_noticed_and_its_job_ends_once(script, tmp_path):
    with programs(tmp_path) as started:
        painter = started.start("textcraft-image-server", *script.arguments())
        await script.seen(PAINTER)
        request = RenderRequest(prompt="p", width=1920, height=1080)
        script.hub.request(request)
        await until(lambda: script.of(facts.RenderStarted))
        painter.kill()
        await until(lambda: script.of(facts.PeerLost), 30, "the loss")
        started.start("textcraft-image-server", *script.arguments())
        await until(lambda: script.of(facts.RenderDone) or script.of(facts.RenderGaveUp))
        ends = [*script.of(facts.RenderDone), *script.of(facts.RenderGaveUp)]
        assert [end.request_id for end in ends] == [request.request_id]
