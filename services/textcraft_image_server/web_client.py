"""The HTTP client of the backends that ask other servers: bounded answers, no redirects, no proxies; knows no API."""

import functools
import ssl
from collections.abc import AsyncIterator
from typing import Final

import httpx2

from textcraft_image_server.errors import BackendError

MAX_ANSWER_BYTES: Final = 48 * 1024 * 1024
"""A picture of 32 MiB in base64, and what a server says around it."""
MAX_SAID: Final = 300
"""Characters of a server's own words that are passed on."""


class AnswerRefused(httpx2.TransportError):
    """An answer that is not read to its end: too large, or packed so that its size is unknown."""


class _Capped(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._inner:
            read += len(piece)
            if read > self._limit:
                raise AnswerRefused(f"the answer is larger than {self._limit} bytes")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


class _CappedTransport(httpx2.AsyncHTTPTransport):
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        stream = response.stream
        if response.headers.get("content-encoding", "identity") != "identity" or not isinstance(
            stream, httpx2.AsyncByteStream
        ):
            await response.aclose()
            raise AnswerRefused("the answer is packed, though that was not asked for")
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_Capped(stream, MAX_ANSWER_BYTES),
            extensions=response.extensions,
        )


def make_client(timeout: float) -> httpx2.AsyncClient:
    """Return a client that gives up after `timeout` seconds of silence; the caller bounds the whole and closes it."""
    return httpx2.AsyncClient(
        transport=_CappedTransport(verify=_certificates()),
        timeout=timeout,
        follow_redirects=False,
        trust_env=False,
        headers={"accept-encoding": "identity"},
    )


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Reading all certificates takes 50 ms of processor time, once."""
    return httpx2.create_ssl_context()


def status_error(server: str, status: int, said: str) -> BackendError:
    """Return the error for an HTTP status that is no success; overload and faults of the server may be retried."""
    words = f": {said}" if said else ""
    if 300 <= status < 400:
        return BackendError(f"{server} redirects elsewhere ({status}), which is never followed", retryable=False)
    if status in {401, 403}:
        return BackendError(f"{server} refuses the key ({status}){words}", retryable=False)
    if status == 429:
        return BackendError(f"{server} is asked too often (429){words}")
    return BackendError(f"{server} answers {status}{words}", retryable=status >= 500 or status in {408, 409})


def connection_error(server: str, error: BaseException) -> BackendError:
    """Return the error for a request without an answer; of the chain of causes only what is known to be harmless."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, AnswerRefused):
            return BackendError(f"{server}: {cause}")
        if isinstance(cause, httpx2.TimeoutException):
            return BackendError(f"{server} is silent ({type(cause).__name__})")
        if isinstance(cause, httpx2.TransportError):
            return BackendError(f"{server} cannot be reached or broke off ({type(cause).__name__})")
        cause = cause.__cause__ or cause.__context__
    return BackendError(f"{server} cannot be asked ({type(error).__name__})")


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    return httpx2.URL(url).host in {"127.0.0.1", "localhost", "::1"}
