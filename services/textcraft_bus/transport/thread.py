"""The bus thread: a plain selector loop that owns every socket of a program; knows nothing of messages.

A program's own loop may stall, and Qt's on Windows cannot watch sockets at all: beats and leases must go on here.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

import zmq

from textcraft_bus import counts
from textcraft_bus.tasks import Tasks

log = logging.getLogger(__name__)

T = TypeVar("T")
Frames = list[bytes]

STOP_SECONDS: Final = 1.5
READS_PER_TURN: Final = 32
"""After so many messages of one socket the others, and the beats, have their turn."""


class Pump:
    """Reads and writes one socket on the bus thread's loop, and never waits for a peer.

    ZMQ's descriptor is edge-triggered: it tells of a change once, and a send uses that up as well. So each look goes
    on until there is nothing left to read, and each send is followed by one.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        socket: "zmq.Socket[bytes]",
        on_frames: Callable[[Frames], None] | None,
    ) -> None:
        """`on_frames` is None for a socket that only sends."""
        self._loop = loop
        self._socket = socket
        self._on_frames = on_frames
        self._looking = False
        self._fd = int(socket.get(zmq.FD))
        if on_frames is not None:
            loop.add_reader(self._fd, self._read)
            self._look_soon()

    def send(self, frames: Frames) -> bool:
        """Send at once; False when the peer is unreachable or its queue is full."""
        try:
            self._socket.send_multipart(frames, flags=zmq.DONTWAIT)
        except zmq.Again:
            return False
        except zmq.ZMQError as error:
            if error.errno == zmq.EHOSTUNREACH:
                return False
            raise
        finally:
            self._look_soon()
        return True

    def close(self, linger_ms: int = 0) -> None:
        """Stop reading and close the socket; what was not sent yet is gone, or has so long to leave."""
        if not self._socket.closed:
            self._loop.remove_reader(self._fd)
            self._socket.close(linger=linger_ms)

    def _look_soon(self) -> None:
        if not self._looking and self._on_frames is not None:
            self._looking = True
            self._loop.call_soon(self._read)

    def _read(self) -> None:
        self._looking = False
        for _ in range(READS_PER_TURN):
            if self._socket.closed:
                return
            try:
                frames = self._socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            self._handle(frames)
        self._look_soon()

    def _handle(self, frames: Frames) -> None:
        try:
            if self._on_frames is not None:
                self._on_frames(frames)
        except Exception:
            log.exception("a message could not be handled")


class BusThread:
    """One daemon thread with one selector loop, one ZMQ context and the tasks that run there."""

    def __init__(self, name: str = "bus") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._early: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ended: Future[None] = Future()
        self._thread: threading.Thread | None = None
        self.tasks = Tasks()
        self.context: zmq.Context[Any]
        """There from the start on."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The thread's own loop. Raises RuntimeError when it does not run."""
        if self._loop is None:
            raise RuntimeError("the bus thread does not run")
        return self._loop

    def start(self) -> None:
        """Start the thread; returns when its loop runs, within milliseconds."""
        if self._thread is not None:
            raise RuntimeError("a bus thread starts once")
        self.context = zmq.Context()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name=self._name, daemon=True)
        self._thread.start()
        ready.wait()

    def post(self, fn: Callable[..., Any], *args: Any) -> bool:
        """Have `fn(*args)` called on the bus thread; returns at once, from any thread.

        Before the start the call is kept. False after the end, when nothing will be called any more.
        """
        with self._lock:
            if self._ended.done():
                return False
            if self._loop is None:
                self._early.append((fn, args))
                return True
            try:
                self._loop.call_soon_threadsafe(self._call, fn, *args)
            except RuntimeError:  # closed in this very moment
                return False
        return True

    async def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the bus thread and wait for its result here. Raises RuntimeError when it does not run."""
        try:
            future = asyncio.run_coroutine_threadsafe(work, self.loop)
        except RuntimeError:
            work.close()
            raise
        return await asyncio.wrap_future(future)

    async def stop(self) -> bool:
        """End the thread, whatever the peers do; False when it would not end within STOP_SECONDS (also logged)."""
        if self._thread is None:
            return True
        self._request_stop()
        waiter = asyncio.wrap_future(self._ended)
        done, _ = await asyncio.wait([waiter], timeout=STOP_SECONDS)
        return self._told_ended(bool(done))

    def close(self) -> bool:
        """As `stop`, for a program whose loop has ended already."""
        if self._thread is None:
            return True
        self._request_stop()
        self._thread.join(STOP_SECONDS)
        return self._told_ended(not self._thread.is_alive())

    def _request_stop(self) -> None:
        self.post(lambda: self._stop.set() if self._stop else None)

    def _told_ended(self, ended: bool) -> bool:
        if not ended:
            log.error("the bus thread did not end within %.1f s", STOP_SECONDS)
        return ended

    def _run(self, ready: threading.Event) -> None:
        loop = asyncio.SelectorEventLoop()  # named: the default on Windows cannot watch sockets
        try:
            loop.run_until_complete(self._live(loop, ready))
        finally:
            with self._lock:
                self._loop = None
                loop.close()
                self._ended.set_result(None)

    async def _live(self, loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
        self._stop = asyncio.Event()
        with self._lock:
            self._loop = loop
            counts.watch(loop)
            early, self._early = self._early, []
        for fn, args in early:
            self._call(fn, *args)
        ready.set()
        await self._stop.wait()
        await self.tasks.stop(timeout=STOP_SECONDS / 3)
        await _cancel_rest()
        self.context.destroy(linger=0)  # before the loop forgets its readers, and with them the sockets

    def _call(self, fn: Callable[..., Any], *args: Any) -> None:
        try:
            fn(*args)
        except Exception:
            log.exception("a call on the bus thread failed")


async def _cancel_rest() -> None:
    """End what was asked for and is still under way, so that nobody waits for it in vain."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=STOP_SECONDS / 3)
