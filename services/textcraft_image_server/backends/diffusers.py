"""Runs a model of a local folder in this process, with the optional library; downloads and unpickles nothing."""

import asyncio
import importlib
import importlib.util
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from textcraft_image_server.backends import Backend, BackendError, Order, Painted, Progress
from textcraft_image_server.config import DiffusersOptions, ImageServerConfig

EXTRA: Final = "textcraft[diffusers]"
SIDE_STEP: Final = 8
"""Sides must be multiples of it: the latent picture is eight times smaller."""
MAX_SEED: Final = 2**63


class _Abandoned(Exception):
    """Ends a pipeline from within its callback."""


class Diffusers:
    """One model, loaded with the first order and kept."""

    name = "diffusers"

    def __init__(self, options: DiffusersOptions, model: Path) -> None:
        self._options = options
        self._model = model
        self._pipeline: Any = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="diffusers")

    async def paint(self, order: Order, progress: Progress) -> Painted:
        """Return a PNG, its sides rounded down to multiples of eight. Raises BackendError."""
        progress(0.0)
        loop, abandoned = asyncio.get_running_loop(), threading.Event()

        def after_step(_pipeline: Any, step: int, _timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            if abandoned.is_set():
                raise _Abandoned
            loop.call_soon_threadsafe(progress, (step + 1) / self._options.steps)
            return tensors

        try:
            return Painted(await loop.run_in_executor(self._thread, self._paint, order, after_step))
        except asyncio.CancelledError:
            abandoned.set()
            raise
        except (RuntimeError, ValueError, OSError) as error:  # what the library raises, out of memory included
            raise BackendError(f"the model failed: {error}"[:500]) from error

    async def close(self) -> None:
        """Begin nothing more; a step under way goes on to its end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _paint(self, order: Order, after_step: Any) -> bytes:
        torch = importlib.import_module("torch")
        if self._pipeline is None:
            self._pipeline = self._load(torch)
        picture = self._pipeline(
            prompt=order.prompt,
            negative_prompt=order.negative_prompt or None,
            width=_side(order.width),
            height=_side(order.height),
            num_inference_steps=self._options.steps,
            guidance_scale=self._options.guidance,
            generator=torch.Generator("cpu").manual_seed(order.seed % MAX_SEED),
            callback_on_step_end=after_step,
        ).images[0]
        target = io.BytesIO()
        picture.save(target, "PNG")
        return target.getvalue()

    def _load(self, torch: Any) -> Any:
        device = self._device(torch)
        kind = torch.float32 if device == "cpu" else torch.float16
        library = importlib.import_module("diffusers")
        pipeline = library.AutoPipelineForText2Image.from_pretrained(
            str(self._model), torch_dtype=kind, local_files_only=True, use_safetensors=True
        )
        return pipeline.to(device)

    def _device(self, torch: Any) -> str:
        if self._options.device != "auto":
            return self._options.device
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"


def create(config: ImageServerConfig) -> Backend:
    """Return the backend. Raises BackendError when the extra is not installed or no model folder is there."""
    if any(importlib.util.find_spec(name) is None for name in ("diffusers", "torch")):
        raise BackendError(f"this backend needs an extra that is not installed: {EXTRA}", retryable=False)
    if config.diffusers.model is None:
        raise BackendError("no model is set: give diffusers.model", retryable=False)
    model = config.resolve(config.diffusers.model)
    if not model.is_dir():
        raise BackendError(f"there is no model folder {model}", retryable=False)
    return Diffusers(config.diffusers, model)


def _side(pixels: int) -> int:
    return max(SIDE_STEP, pixels // SIDE_STEP * SIDE_STEP)
