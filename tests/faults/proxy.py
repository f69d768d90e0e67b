"""A TCP proxy on loopback that can be cut and healed, on the loop of the case."""

import asyncio
import contextlib
from collections.abc import Callable

Look = Callable[[bool, bytes], int | None]
"""Sees what passes, up (to the target) or down: None lets it through, a number lets so much of it through and cuts."""


class Proxy:
    """Passes bytes on to a port until it is cut; while it is cut nothing gets in or through."""

    def __init__(self, target: int, look: Look = lambda _up, _data: None, *, host: str = "127.0.0.1") -> None:
        self._target = target
        self._look = look
        self._host = host
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._is_cut = False
        self.port = 0

    async def open(self) -> int:
        """Listen on a free port and return it."""
        self._server = await asyncio.start_server(self._serve, self._host, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self.port

    def cut(self) -> None:
        """Break every connection and take no new one."""
        self._is_cut = True
        for pipe in tuple(self._pipes):
            pipe.cancel()

    def heal(self) -> None:
        """Take connections again."""
        self._is_cut = False

    async def close(self) -> None:
        """End."""
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if self._is_cut or task is None:
            writer.close()
            return
        self._pipes.add(task)
        try:
            far_reader, far_writer = await asyncio.open_connection(self._host, self._target)
            with contextlib.closing(far_writer):
                await asyncio.gather(self._pipe(True, reader, far_writer), self._pipe(False, far_reader, writer))
        except (OSError, asyncio.CancelledError):
            return  # cut
        finally:
            self._pipes.discard(task)
            writer.close()

    async def _pipe(self, up: bool, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            if self._is_cut:
                break
            passes = self._look(up, data)
            writer.write(data if passes is None else data[:passes])
            if passes is not None:
                self.cut()
                break
            await writer.drain()
        raise ConnectionResetError
