"""P12: the procedural painter at 1920×1080 with its JPEG, on one core, over the prompts of the contact sheet."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.measure import Figure, Measure, Run, p50, timed
from textcraft_image_server.painting import encode, paint

SIZE = (1920, 1080)
MAX_MS = 1000.0
PROMPTS = Path(__file__).with_name("contact_prompts.json")


def measure(run: Run) -> list[Figure]:
    """Measure each prompt with its first seed, by the core's own time; bare is the JPEG alone."""
    data = json.loads(PROMPTS.read_text(encoding="utf-8"))
    prompts, seed = data["prompts"], data["seeds"][0]
    prompts = prompts[:: run.rounds(1, 3)]
    whole: list[float] = []
    jpeg: list[float] = []
    with _one_core():
        encode(paint(prompts[0], seed, 320, 180), "jpeg")  # loads what it needs
        for prompt in prompts:
            whole.append(timed(lambda prompt=prompt: encode(paint(prompt, seed, *SIZE), "jpeg"), time.process_time))
            picture = paint(prompt, seed, *SIZE)
            jpeg.append(timed(lambda picture=picture: encode(picture, "jpeg"), time.process_time))
    first, again = (encode(paint(prompts[0], seed, *SIZE), "jpeg") for _ in range(2))
    count = f"{len(prompts)} prompts"
    return [
        Figure(f"1920×1080 with JPEG, p50 of {count}", p50(whole), MAX_MS, "absolute; bare is the JPEG", p50(jpeg)),
        Figure(f"1920×1080 with JPEG, slowest of {count}", max(whole), MAX_MS, "absolute; bare is the JPEG", max(jpeg)),
        Figure("same seed, same bytes", float(first == again), 1.0, "always", unit="1", at_least=True),
    ]


@contextmanager
def _one_core() -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


MEASURE = Measure("P12", "procedural painter, one core", "≤ 1.0 s; same seed, same bytes", measure)
