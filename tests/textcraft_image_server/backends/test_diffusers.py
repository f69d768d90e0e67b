"""The adapter to the optional library, tried with a stand-in of the same calling convention."""

import asyncio
import importlib
import sys

import pytest

from tests.support.waiting import until
from textcraft_bus.pictures import check
from textcraft_image_server.backends import BackendError, Order, create_backend
from textcraft_image_server.config import ImageServerConfig

ORDER = Order("a harbour", "", -5, 99, 70)


def config(folder, steps=4):
    return ImageServerConfig(diffusers={"model": folder, "steps": steps})


@pytest.mark.parametrize("absent", ["diffusers", "torch"])
def test_without_the_extra_it_names_the_extra(monkeypatch, fake_libraries, tmp_path, absent):
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(BackendError, match=r"textcraft\[diffusers\]") as caught:
        create_backend("diffusers", config(tmp_path))
    assert not caught.value.retryable


def test_a_model_folder_that_is_not_there_is_never_fetched(fake_libraries, tmp_path):
    with pytest.raises(BackendError, match="no model folder"):
        create_backend("diffusers", config(tmp_path / "nothing"))


async def test_sides_are_multiples_of_eight_each_step_is_told_and_the_model_is_loaded_once(fake_libraries, tmp_path):
    backend = create_backend("diffusers", config(tmp_path))
    told = []
    info = check((await backend.paint(ORDER, told.append)).data)
    await backend.paint(ORDER, print)
    assert (info.width, info.height) == (96, 64)
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert importlib.import_module("diffusers").loaded == [str(tmp_path)]
    await backend.close()


async def test_what_the_library_raises_is_a_failure(fake_libraries, tmp_path):
    backend = create_backend("diffusers", config(tmp_path))
    with pytest.raises(BackendError, match="out of memory"):
        await backend.paint(Order("memory", "", 1, 64, 64), print)
    await backend.close()


async def test_cancelling_ends_the_model_at_its_next_step(fake_libraries, tmp_path):
    backend = create_backend("diffusers", config(tmp_path, steps=30))
    told = []
    async with asyncio.TaskGroup() as group:
        work = group.create_task(backend.paint(ORDER, told.append))
        await until(lambda: len(told) > 2)
        work.cancel()
    after = Order("after", "", 1, 64, 64)
    await backend.paint(after, print)  # by the same thread, so the first has come to its end, whichever that was
    library = importlib.import_module("diffusers")
    assert library.begun == [ORDER.prompt, after.prompt]
    assert library.ended == [after.prompt]
    await backend.close()
