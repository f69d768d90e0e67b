"""The connection to a server: bounded, uncompressed, and with no header but ours; knows no model and no money."""

import ssl
from collections.abc import AsyncIterator
from typing import Final

import httpx2

from textcraft_core.errors import BrainError, BrainFault

MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
"""A streamed token takes some 250 bytes: room for 32,000 of them."""
MAX_ERROR_BYTES: Final = 64 * 1024
_SENT: Final = frozenset(
    {"host", "accept", "content-type", "content-length", "transfer-encoding", "authorization", "user-agent"}
)
_OK: Final = 300


class CappedTransport(httpx2.AsyncBaseTransport):
    """Sends only the headers a call needs, and stops reading where an answer becomes too large.

    An answer that is too large raises BrainError; an error's text merely ends there.
    """

    def __init__(self, context: "ssl.SSLContext", most: int = MAX_ANSWER_BYTES) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=context, trust_env=False)
        self._most = most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request; raise BrainError for a compressed answer, whose true size nobody can bound."""
        headers = [(name, value) for name, value in request.headers.multi_items() if name.lower() in _SENT]
        headers += [("accept-encoding", "identity"), ("connection", "close")]
        # A request of its own: the library reads back from the one it made.
        sent = httpx2.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        response = await self._inner.handle_async_request(sent)
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            await response.aclose()
            raise BrainError(BrainFault.GARBAGE, "the server compressed its answer though it was asked not to")
        stream = response.stream
        if not isinstance(stream, httpx2.AsyncByteStream):
            raise TypeError("an asynchronous transport gave a synchronous stream")
        most = self._most if response.status_code < _OK else MAX_ERROR_BYTES
        capped = _CappedStream(stream, most, cut=response.status_code >= _OK)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=capped, extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


class _CappedStream(httpx2.AsyncByteStream):
    """A body that ends, or fails, after so many bytes."""

    def __init__(self, inner: httpx2.AsyncByteStream, most: int, *, cut: bool) -> None:
        self._inner = inner
        self._most = most
        self._cut = cut

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._most
        async for piece in self._inner:
            left -= len(piece)
            if left >= 0:
                yield piece
            elif self._cut:
                return
            else:
                raise BrainError(BrainFault.GARBAGE, f"the answer is larger than {self._most >> 20} MiB")

    async def aclose(self) -> None:
        await self._inner.aclose()
