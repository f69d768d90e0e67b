"""C2 and C3: hostile addresses and bombs as results: nothing outside is opened or deleted, nothing decodes large."""

import asyncio
import io
import os
import struct
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil
import zmq
from PIL import Image

from tests.faults.case import Case, Figure, Run, at_most, is_so, none_of
from tests.faults.show_rig import Play, play
from tests.interop.raw import RawPeer
from tests.support.waiting import until
from textcraft_bus.pictures import sha256_of
from textcraft_core import events as ev

MIB: Final = 1 << 20
OUTSIDE: Final = "outside-the-show.png"
_WATCHED: Final[list[set[str]]] = []


async def inject_uris(run: Run) -> list[Figure]:
    """Answer `run.count` requests with hostile addresses, as one of ours and as a foreign image server."""
    figures: list[Figure] = []
    for name, answer in (("ours", _as_ours), ("foreign", _as_foreign)):
        folder = run.folder / name
        folder.mkdir()
        figures += await answer(replace(run, folder=folder))
    return figures


async def _as_ours(run: Run) -> list[Figure]:
    """Watch every file that is opened meanwhile."""
    outside = run.folder / OUTSIDE
    outside.write_bytes(picture())
    secret = run.folder / "secret.txt"
    secret.write_text("not a picture")
    opened = _watched()
    async with _worker(run) as (show, worker):
        uris = hostile(run.folder, run.count)
        for number, uri in enumerate(uris):
            await _answer(show, worker, number, uri, sha256="0" * 64)
        candidates = _passed(show)
    return _verdict(run, "ours", candidates, opened)


async def _as_foreign(run: Run) -> list[Figure]:
    """The same from a stranger whose first, good picture has taught us its folder, the one it may name from then on."""
    theirs = run.folder / "theirs"
    theirs.mkdir()
    good = theirs / "good.png"
    for path in (good, run.folder / OUTSIDE):
        path.write_bytes(picture())
    (run.folder / "secret.txt").write_text("not a picture")
    (theirs / "link.png").symlink_to(run.folder / OUTSIDE)
    opened = _watched()
    async with play(run.folder, fixed_ports={"image_requests": 0, "image_results": 0}) as show:
        with _Stranger(show) as server:
            await server.answer(-1, good.as_uri())
            taught = _passed(show)
            for number, uri in enumerate([(theirs / "link.png").as_uri(), *hostile(run.folder, run.count)]):
                await server.answer(number, uri)
        candidates, copies = _passed(show) - taught, len(list(show.show.images.glob("*.png")))
    return [
        is_so("foreign: its own picture was opened, and is a candidate", taught == 1 and str(good) in opened),
        none_of("foreign: pictures copied but its own", copies - 1, run.count),
        *_verdict(run, "foreign", candidates, opened),
    ]


def _verdict(run: Run, whose: str, candidates: int, opened: set[str]) -> list[Figure]:
    odd = [path for path in opened if _is_outside(path, run.folder)]
    is_there = (run.folder / OUTSIDE).exists() and (run.folder / "secret.txt").exists()
    return [
        none_of(f"{whose}: hostile results that became candidates", candidates, run.count),
        none_of(f"{whose}: opened outside", odd, run.count),
        is_so(f"{whose}: what was named is still there", is_there),
    ]


class _Stranger:
    """A foreign image server: it takes plain JSON and names files, and says nothing else."""

    def __init__(self, show: Play) -> None:
        self._show = show
        self._requests = RawPeer(zmq.PULL).connect(show.hub.ports["image_requests"])
        self._results = RawPeer(zmq.PUSH).connect(show.hub.ports["image_results"])

    def __enter__(self) -> "_Stranger":
        return self

    def __exit__(self, *_error: object) -> None:
        self._requests.close()
        self._results.close()

    async def answer(self, number: int, uri: str) -> None:
        """Ask for one picture and name this address; returns when the gate, or nobody, said something."""
        name = f"f{number}"
        self._requests.frames.clear()
        _ask(self._show, name)
        await until(self._requests.read, 20.0, what="the request")
        self._results.say(type="ImageReady", request_id=self._requests.messages()[0]["request_id"], uri=uri)
        await until(
            lambda: any(_ends(event, name) for event in self._show.events), 20.0, what=f"an end of {uri[:60]!r}"
        )


async def inject_bombs(run: Run) -> list[Figure]:
    """Answer with pictures that are small as files and huge, or endless, as pictures."""
    process = psutil.Process()
    async with _worker(run) as (show, worker):
        before, worst = process.memory_info().rss, 0
        for number in range(run.count):
            data = BOMBS[number % len(BOMBS)]()
            path = show.show.images / f"bomb{number}.png"
            await asyncio.to_thread(path.write_bytes, data)
            await _answer(show, worker, number, path.as_uri(), sha256=sha256_of(data))
            worst = max(worst, process.memory_info().rss)
        return [
            none_of("bombs that may go up", _passed(show), run.count),
            at_most("memory it took", (worst - before) / MIB, 64.0, "MiB"),
        ]


def _passed(show: Play) -> int:
    return sum(isinstance(event, ev.CandidateAdded) and not event.failed for event in show.events)


def _is_outside(path: str, folder: Path) -> bool:
    """Whether a file that was opened is one of those the addresses named, none of the program's own."""
    named = ("passwd", "shadow", "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/mem", "id_rsa", "win.ini")
    return path.endswith(named) or path in {str(folder / OUTSIDE), str(folder / "secret.txt")}


class _Rig:
    def __init__(self, run: Run) -> None:
        self._playing = play(run.folder)

    async def __aenter__(self) -> tuple[Play, RawPeer]:
        show = await self._playing.__aenter__()
        self._worker = RawPeer(name=b"image_server.raw").connect(show.port)
        await self._worker.hello(show="faults")
        return show, self._worker

    async def __aexit__(self, *error: Any) -> None:
        self._worker.close()
        await self._playing.__aexit__(*error)


def _worker(run: Run) -> _Rig:
    return _Rig(run)


async def _answer(show: Play, worker: RawPeer, number: int, uri: str, *, sha256: str) -> None:
    """Ask for one picture and answer it so; returns when the gate, or nobody, said something."""
    name = f"r{number}"
    _ask(show, name)
    await until(lambda: any(m["request_id"] == name for m in worker.of("RenderRequest")), what="the request")
    worker.say(
        type="ImageReady", request_id=name, attempt=1, uri=uri, sha256=sha256, mime="image/png", width=64, height=64
    )
    worker.say(type="Heartbeat")
    await until(lambda: any(_ends(event, name) for event in show.events), what=f"an end of {uri[:60]!r}")
    worker.frames.clear()


def _ask(show: Play, name: str) -> None:
    show.stage.pictures.ask(
        ev.RenderRequested(request_id=name, prompt="p", seed=1, width=64, height=64, cycle=1, target="t")
    )


def _ends(event: ev.Event, name: str) -> bool:
    return isinstance(event, ev.GateDecided | ev.RenderFailed) and event.request_id == name


def _watched() -> set[str]:
    """Return a set that holds every path this process opens from now on, until the next one is asked for."""
    is_first, opened = not _WATCHED, set[str]()
    _WATCHED[:] = [opened]
    if is_first:
        sys.addaudithook(_note)  # for good: none can be taken away
    return opened


def _note(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and args and isinstance(args[0], str | bytes):
        _WATCHED[0].add(os.fsdecode(args[0]))


def hostile(folder: Path, count: int) -> list[str]:
    """Return `count` addresses that lead, or pretend to lead, out of where pictures may come from."""
    kinds = [
        "http://127.0.0.1:9/a.png", "https://example.org/a.png", "ftp://h/a.png", "data:image/png;base64,AAAA",
        "file:///etc/passwd", "file:///etc/shadow", "/etc/passwd", "file://localhost/etc/passwd", "file:etc/passwd",
        "file:///../../etc/passwd", f"file://{folder}/../../../../etc/passwd", "file:///etc%2fpasswd",
        "file:///dev/zero", "/dev/zero", "file:///dev/stdin", "/proc/self/environ", "file:///proc/self/mem",
        f"file://{folder}/{OUTSIDE}", f"{folder}/secret.txt", f"file://{folder}", "file:///", "", " ",
        "\t", "~/.ssh/id_rsa",
        "//server/share/a.png", "\\\\server\\share\\a.png", "C:\\Windows\\win.ini", "file:///C:/Windows/win.ini",
        "javascript:alert(1)", "qrc:/a.png", "image://provider/a", "jar:file:///a.jar!/b", "file:///a\x00.png",
        "file://[::1]/etc/passwd", "FILE:///etc/passwd", "file:////etc/passwd", "file:///./././etc/passwd",
        "file:///etc/passwd#a.png", "file:///etc/passwd?a.png", "a.png", "../a.png", "./a.png",
        "file:///" + "a/" * 2000 + "a.png", "file:///" + "é" * 300, "file:///tmp/*", "file:///tmp/$HOME",
        "%2e%2e/etc/passwd", "smb://h/s/a.png",
    ]  # fmt: skip
    return [kinds[number % len(kinds)] for number in range(count)]


def picture(size: tuple[int, int] = (80, 80)) -> bytes:
    """Return a small PNG that passes every check."""
    file = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(file, "PNG")
    return file.getvalue()


def _claims_too_much() -> bytes:
    data = picture()
    return data[:16] + struct.pack(">II", 60_000, 60_000) + data[24:]


def _inflates() -> bytes:
    """A PNG within the limits whose pixels are all of one kind: 4096 × 4096 of them in a few kilobytes."""
    row = b"\0" + b"\0" * (4096 // 8)
    body = zlib.compress(row * 4096, 9)
    head = struct.pack(">IIBBBBB", 4096, 4096, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _endless_text() -> bytes:
    data = picture()
    text = _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * (80 * MIB), 9))
    return data[:33] + text + data[33:]


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'


def _gif() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((80, 80), 80).save(file, "GIF")
    return file.getvalue()


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


BOMBS: Final = (_claims_too_much, _inflates, _endless_text, _svg, _gif)

CASES = (
    Case("C2", "picture bombs as results", inject_bombs, short=10, long=500),
    Case("C3", "hostile addresses as results", inject_uris, short=50, long=5_000),
)
