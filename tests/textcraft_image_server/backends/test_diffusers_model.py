"""The real library with a real, tiny model that is made here; not part of the usual run, for the library is large.

`pytest -m extra tests/textcraft_image_server` runs it where `textcraft[diffusers]` is installed.
"""

import asyncio
import json

import pytest

from tests.support.waiting import until
from textcraft_bus.pictures import check
from textcraft_image_server.backends import BackendError, Order, create_backend
from textcraft_image_server.config import ImageServerConfig

pytestmark = [pytest.mark.extra, pytest.mark.filterwarnings("default"), pytest.mark.timeout(300)]

ORDER = Order("a harbour at dusk", "people", 5, 99, 70)
STEPS = 4


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A Stable Diffusion of two thousandths of the usual size, its weights random but always the same."""
    import diffusers
    import torch
    import transformers

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("model")
    tokens = [*map(chr, range(33, 127)), *(f"{chr(n)}</w>" for n in range(33, 127)), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({token: number for number, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    start, end = len(tokens) - 2, len(tokens) - 1
    words = transformers.CLIPTextConfig(
        vocab_size=len(tokens), hidden_size=32, intermediate_size=37, num_attention_heads=4, num_hidden_layers=2,
        bos_token_id=start, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    unet = diffusers.UNet2DConditionModel(
        block_out_channels=(32, 64), layers_per_block=1, sample_size=32, cross_attention_dim=32,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )  # fmt: skip
    vae = diffusers.AutoencoderKL(
        block_out_channels=[32, 64], latent_channels=4,
        down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2,
    )  # fmt: skip
    pipeline = diffusers.StableDiffusionPipeline(
        vae=vae, unet=unet, scheduler=diffusers.DDIMScheduler(clip_sample=False),
        text_encoder=transformers.CLIPTextModel(words),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(str(folder), model_max_length=77),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    pipeline.save_pretrained(folder / "whole", safe_serialization=True)
    return folder / "whole"


@pytest.fixture
async def backend(model):
    made = create_backend("diffusers", ImageServerConfig(diffusers={"model": model, "steps": STEPS}))
    yield made
    await made.close()


async def test_a_model_paints_what_it_is_asked_and_the_same_seed_the_same(backend):
    told = []
    one = (await backend.paint(ORDER, told.append)).data
    info = check(one)
    assert (info.width, info.height, info.mime) == (96, 64, "image/png")
    assert told == [step / STEPS for step in range(STEPS + 1)]
    assert (await backend.paint(ORDER, told.append)).data == one
    assert (await backend.paint(Order(ORDER.prompt, "", 6, 99, 70), told.append)).data != one


async def test_a_cancelled_picture_ends_at_the_next_step_and_the_next_one_is_painted(backend):
    told = []
    async with asyncio.TaskGroup() as group:
        work = group.create_task(backend.paint(ORDER, told.append))
        await until(lambda: len(told) > 1, 120, "the first step")
        work.cancel()
    steps = len(told)
    assert check((await backend.paint(ORDER, lambda _share: None)).data).width == 96
    assert len(told) <= min(steps + 1, STEPS), "it went on after it was abandoned"


async def test_weights_that_would_have_to_be_unpickled_are_refused(model, tmp_path):
    import shutil

    folder = tmp_path / "pickled"
    shutil.copytree(model, folder)
    for path in folder.rglob("*.safetensors"):
        path.rename(path.with_suffix(".bin"))
    backend = create_backend("diffusers", ImageServerConfig(diffusers={"model": folder}))
    with pytest.raises(BackendError, match="the model failed"):
        await backend.paint(ORDER, lambda _share: None)
    await backend.close()
