from tests.fakes.engine import FAST, engine_on
from textcraft_core.brains.rehearsal import Latency, RehearsalBrain
from textcraft_core.events import ChapterLocked, CycleFailed, RenderRequested
from textcraft_core.show.folder import new_show


class Rehearsal(RehearsalBrain):
    def release(self):
        pass


async def rehearse(folder, latency):
    show = new_show(folder)
    options = FAST.model_copy(update={"illustrate": True})
    async with engine_on(show, Rehearsal(show, seed=3, latency=latency), options) as bench:
        for _ in range(8):
            assert await bench.engine.step(), bench.of(CycleFailed)
        await bench.engine.settle()
        assert bench.of(RenderRequested)
        assert bench.of(ChapterLocked)
    return {path.name: path.read_bytes() for path in show.manuscripts.iterdir()}


async def test_the_sample_show_writes_the_same_bytes_at_any_speed(tmp_path):
    at_once = await rehearse(tmp_path / "a", Latency())
    slowly = await rehearse(tmp_path / "b", Latency(first_token_s=0.002, tokens_per_s=50_000))
    assert at_once == slowly
