"""What spends money at once, by calls and by pictures, until its cap or a kill ends it: for B9, also as a program.

`python -m tests.faults.spender FOLDER PORT CAP KILLS` forks such spenders on one journal and kills them at random.
"""

import asyncio
import contextlib
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from tests.fakes.live_brain import Bench, live
from textcraft_bus.channel.facts import PeerSeen
from textcraft_bus.channel.messages import PeerName, Role, ServiceHello
from textcraft_bus.constants import MAX_ATTEMPTS
from textcraft_core.ai_services.client import BrainError
from textcraft_core.stage.pictures.purse import Purse

CALLS, PAINTERS = 3, 2
PICTURE_USD: Final = 0.02
MAX_TOKENS: Final = 500
FIRST_SECONDS: Final = 60.0
LONGEST_LIFE_S: Final = 0.12


def whole_price(heard: dict[str, Any]) -> float:
    """Return the most a call can cost, as a server would bill it at worst, USD."""
    return (len(json.dumps(heard["messages"])) * 5 + MAX_TOKENS * 15) / 1e6


async def spend_on(bench: Bench, url: str, goes_on: Callable[[], bool], told: Callable[[], object]) -> int:
    """Ask and paint side by side while it may; returns how often a cap refused."""
    purse = Purse(bench.ledger)
    hello = ServiceHello(
        role=Role.IMAGE_SERVER, name="paid", generator="paid", capabilities=["paid"], prices={"paid": PICTURE_USD}
    )
    purse.on_fact(PeerSeen(PeerName("image_server.paid"), hello))
    refused = [0]
    workers = [_ask_on(bench, goes_on, told, refused) for _ in range(CALLS)]
    workers += [_paint_on(purse, url, goes_on, told, refused) for _ in range(PAINTERS)]
    await asyncio.gather(*workers)
    return refused[0]


async def _ask_on(bench: Bench, goes_on: Callable[[], bool], told: Callable[[], object], refused: list[int]) -> None:
    while goes_on():
        try:
            await bench.ask(max_tokens=MAX_TOKENS)
        except BrainError as fault:
            if "cap" in str(fault):
                refused[0] += 1
                return
        told()


async def _paint_on(
    purse: Purse, url: str, goes_on: Callable[[], bool], told: Callable[[], object], refused: list[int]
) -> None:
    """A picture: set aside for all its attempts, made in one or two, the first of them perhaps unseen."""
    while goes_on():
        name = uuid4().hex
        try:
            await purse.set_aside(name, purse.price("paid"))
        except BrainError:
            refused[0] += 1
            return
        attempts = random.randint(1, MAX_ATTEMPTS)
        for _ in range(attempts):
            await _paint(url)
        purse.settle(name, PICTURE_USD, unseen=attempts - 1)
        told()


async def _paint(url: str) -> None:
    port = int(url.rpartition(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /paint HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}")
    with contextlib.suppress(ConnectionError):
        await reader.read()
    writer.close()


# The program that is killed


def main() -> None:
    """Fork spenders and kill them; prints how many were killed while they spent, as JSON."""
    folder, port, cap, kills = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    (folder / "load").mkdir()
    asyncio.run(_load(folder / "load"))
    chance, spending = random.Random(kills), 0
    for _ in range(kills):
        spending += _kill_one(folder, port, cap, chance.uniform(0.0, LONGEST_LIFE_S))
    sys.stdout.write(json.dumps({"spending": spending}))


def _kill_one(folder: Path, port: int, cap: float, seconds: float) -> bool:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _spend_until_killed(folder, port, cap, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], FIRST_SECONDS)
    if not ready:
        raise TimeoutError("nothing was spent")
    begun = os.read(reading, 1) != b""
    time.sleep(seconds)  # the moment of the kill is what is tried
    alive = os.waitpid(child, os.WNOHANG)[0] == 0
    if alive:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    os.close(reading)
    return begun and alive


def _spend_until_killed(folder: Path, port: int, cap: float, pipe: int) -> None:
    try:
        random.seed(os.getpid())
        asyncio.run(_spend(folder, f"http://127.0.0.1:{port}/v1", cap, lambda: os.write(pipe, b"x")))
    finally:
        os._exit(0)


async def _spend(folder: Path, url: str, cap: float, begun: Callable[[], object]) -> None:
    async with live(None, folder, base_url=url, cap_show=cap, max_retries=2) as bench:
        await spend_on(bench, url, lambda: True, begun)


async def _load(folder: Path) -> None:
    """Import what a call needs once, before the forks."""
    async with live(None, folder, base_url="http://127.0.0.1:1/v1") as bench:
        await bench.brain.prepare()


if __name__ == "__main__":
    main()
