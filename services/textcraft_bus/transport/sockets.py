"""The one place where sockets are made and bound; knows nothing of what is sent through them."""

import contextlib
import errno
from collections.abc import Iterator
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import psutil
import zmq

from textcraft_bus.constants import MAX_MESSAGE_BYTES
from textcraft_bus.errors import BusError

HIGH_WATER: Final = 64
HANDSHAKE_MS: Final = 3_000
MAX_RETRANSMIT_MS: Final = 10_000
KEEPALIVE_IDLE_S, KEEPALIVE_INTERVAL_S, KEEPALIVE_COUNT = 5, 2, 3
ZAP_DOMAIN: Final = b"textcraft"
"""Named exactly, by the sockets with keys and by who answers for them: a socket without a domain asks nobody."""
ZAP_ENDPOINT: Final = "inproc://zeromq.zap.01"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

_FORBIDDEN: Final = frozenset({zmq.HEARTBEAT_IVL, zmq.HEARTBEAT_TIMEOUT, zmq.HEARTBEAT_TTL})


class PortInUse(BusError):
    """A port is taken; `holder` names the program and its process id, or is empty where the system does not tell."""

    def __init__(self, port: int, holder: str) -> None:
        super().__init__(f"port {port} is in use by {holder or 'another program'}")
        self.port = port
        self.holder = holder


class BindRefused(BusError):
    """An address other machines can reach was asked for on a channel that has no keys."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} can be reached from other machines and the channel has no keys: use 127.0.0.1")
        self.host = host


class BusSocket(zmq.Socket[bytes]):
    """A socket that refuses the library's own heartbeats.

    With libzmq 4.3.5 they abort the whole process when a subscriber's queue is full; liveness is our own beat.
    """

    def set(self, option: int, optval: int | bytes) -> None:
        """Set an option. Raises ValueError for ZMQ_HEARTBEAT_*."""
        if option in _FORBIDDEN:
            raise ValueError("ZMQ_HEARTBEAT_* aborts the process when a queue is full: beat yourself")
        super().set(option, optval)

    setsockopt = set


def make_socket(context: "zmq.Context[Any]", kind: int, *, hwm: int = HIGH_WATER) -> BusSocket:
    """A socket that cannot hang the exit, eat the memory or keep a dead connection; neither bound nor connected.

    `hwm` is in messages, for both directions. A ROUTER reports unreachable peers and hands a routing id over to the
    newest connection that claims it.
    """
    # Made by the context, which so knows it and can close it.
    socket: BusSocket = context.socket(kind, socket_class=BusSocket)
    socket.set(zmq.LINGER, 0)
    socket.set(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
    socket.set(zmq.SNDHWM, hwm)
    socket.set(zmq.RCVHWM, hwm)
    socket.set(zmq.HANDSHAKE_IVL, HANDSHAKE_MS)
    _watch_connections(socket)
    if kind == zmq.ROUTER:
        socket.set(zmq.ROUTER_MANDATORY, 1)
        socket.set(zmq.ROUTER_HANDOVER, 1)
    return socket


def bind(socket: "zmq.Socket[bytes]", host: str, port: int, *, lan: bool = False) -> int:
    """Bind to `host`:`port` (0: any free port) and return the port; `lan` allows hosts others can reach.

    Raises PortInUse or BindRefused; the socket is closed then.
    """
    with _closed_on_error(socket), _told_in_use(port):
        if host not in LOOPBACK and not lan and not socket.get(zmq.CURVE_SERVER):
            raise BindRefused(host)
        return _bind(socket, host, port)


def lock(socket: "zmq.Socket[bytes]", secret: str) -> None:
    """Let in only who has a key: before it is bound. Who decides is asked under ZAP_DOMAIN, and nobody means no."""
    socket.set(zmq.CURVE_SERVER, 1)
    socket.set(zmq.CURVE_SECRETKEY, secret.encode())
    socket.set(zmq.ZAP_DOMAIN, ZAP_DOMAIN)
    with contextlib.suppress(AttributeError, zmq.ZMQError):  # older libraries have no strict domains
        socket.set(zmq.ZAP_ENFORCE_DOMAIN, 1)


def show_key(socket: "zmq.Socket[bytes]", public: str, secret: str, server: str) -> None:
    """Connect with keys, and only to who has the secret half of `server`: before it is connected."""
    socket.set(zmq.CURVE_PUBLICKEY, public.encode())
    socket.set(zmq.CURVE_SECRETKEY, secret.encode())
    socket.set(zmq.CURVE_SERVERKEY, server.encode())


def bind_zap(socket: "zmq.Socket[bytes]") -> None:
    """Bind where the library asks, within this process, whether a key may enter."""
    with _closed_on_error(socket):
        socket.bind(ZAP_ENDPOINT)


class Place(Protocol):
    """Where a channel is, as a configuration says it."""

    @property
    def address(self) -> str:
        """As `tcp://HOST`."""

    @property
    def port(self) -> int:
        """The port; 0 is any free one."""


def bind_to(socket: "zmq.Socket[bytes]", place: Place, *, lan: bool = False) -> int:
    """As `bind`, at a configured place."""
    return bind(socket, place.address.removeprefix("tcp://").strip("[]"), place.port, lan=lan)


def bind_also(socket: "zmq.Socket[bytes]", host: str, port: int) -> None:
    """Let a bound socket be reached at one more port; it goes on as it was when that is refused.

    Raises PortInUse or BindRefused.
    """
    if host not in LOOPBACK:
        raise BindRefused(host)
    with _told_in_use(port):
        _bind(socket, host, port)


def host_of(endpoint: str) -> str:
    """The host of `tcp://host:port`. Raises ValueError for anything else."""
    with contextlib.suppress(ValueError):  # a port that is no number
        parts = urlsplit(endpoint)
        if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path:
            return parts.hostname
    raise ValueError(f"{endpoint} is not an address of the form tcp://host:port")


def connect(socket: "zmq.Socket[bytes]", endpoint: str) -> None:
    """Connect to `tcp://host:port`; nobody needs to listen there yet. Raises ValueError, the socket closed."""
    with _closed_on_error(socket):
        if ":" in host_of(endpoint):
            socket.set(zmq.IPV6, 1)
        socket.connect(endpoint)


def holder_of(port: int) -> str:
    """`name (process 123)` of the program that listens on `port`, empty where the system does not tell."""
    with contextlib.suppress(psutil.Error, OSError):
        for found in psutil.net_connections(kind="tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid:
                return f"{psutil.Process(found.pid).name()} (process {found.pid})"
    return ""


def _watch_connections(socket: BusSocket) -> None:
    socket.set(zmq.TCP_KEEPALIVE, 1)
    with contextlib.suppress(zmq.ZMQError):  # Windows and macOS lack some of these
        socket.set(zmq.TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S)
        socket.set(zmq.TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S)
        socket.set(zmq.TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT)
    with contextlib.suppress(zmq.ZMQError):
        socket.set(zmq.TCP_MAXRT, MAX_RETRANSMIT_MS)


def _bind(socket: "zmq.Socket[bytes]", host: str, port: int) -> int:
    if ":" in host:
        socket.set(zmq.IPV6, 1)
        host = f"[{host}]"
    socket.bind(f"tcp://{host}:{port or '*'}")
    endpoint = socket.get(zmq.LAST_ENDPOINT)
    return int(bytes(endpoint).rstrip(b"\0").rsplit(b":", 1)[1])


@contextlib.contextmanager
def _closed_on_error(socket: "zmq.Socket[bytes]") -> Iterator[None]:
    try:
        yield
    except BaseException:
        socket.close(linger=0)
        raise


@contextlib.contextmanager
def _told_in_use(port: int) -> Iterator[None]:
    try:
        yield
    except zmq.ZMQError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port, holder_of(port)) from error
        raise
