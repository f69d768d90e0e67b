"""A pipeline with the real one's calling convention that draws stripes instead of running a model."""

import random
import time
from types import SimpleNamespace

from PIL import Image

STEP_SECONDS = 0.01
begun = []
ended = []


class Pipeline:
    def __init__(self, path, options):
        self.path, self.options, self.device = path, options, None

    def to(self, device):
        self.device = device
        return self

    def __call__(self, *, prompt, negative_prompt, width, height, num_inference_steps, guidance_scale, generator,
                 callback_on_step_end):  # fmt: skip
        if width % 8 or height % 8:
            raise ValueError("`height` and `width` have to be divisible by 8")
        if "memory" in prompt:
            raise RuntimeError("out of memory")
        begun.append(prompt)
        for step in range(num_inference_steps):
            time.sleep(STEP_SECONDS)
            callback_on_step_end(self, step, None, {})
        ended.append(prompt)
        draw = random.Random(f"{prompt}{negative_prompt}{generator.seed}{guidance_scale}")
        image = Image.new("RGB", (width, height))
        image.putdata([(draw.randrange(256), 0, 0) for _ in range(width * height)])
        return SimpleNamespace(images=[image])


loaded = []


class AutoPipelineForText2Image:
    @staticmethod
    def from_pretrained(path, **options):
        assert options["local_files_only"]
        assert options["use_safetensors"]
        loaded.append(path)
        return Pipeline(path, options)
