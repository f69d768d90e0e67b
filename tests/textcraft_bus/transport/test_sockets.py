import os

import pytest
import zmq

from textcraft_bus.transport import sockets
from textcraft_bus.transport.sockets import BindRefused, PortInUse, bind, connect, host_of, make_socket


@pytest.fixture
def make():
    """make_socket on one context; all of them are closed after the test."""
    context, made = zmq.Context(), []

    def make_one(kind, **options):
        made.append(make_socket(context, kind, **options))
        return made[-1]

    yield make_one
    context.destroy(linger=0)


@pytest.mark.parametrize("kind", [zmq.ROUTER, zmq.DEALER, zmq.XPUB, zmq.SUB, zmq.PUSH, zmq.PULL])
def test_every_socket_is_bounded_and_cannot_hang(make, kind):
    socket = make(kind)
    assert socket.get(zmq.LINGER) == 0
    assert socket.get(zmq.MAXMSGSIZE) == 64 * 1024 * 1024
    assert socket.get(zmq.SNDHWM) == socket.get(zmq.RCVHWM) == 64
    assert socket.get(zmq.HANDSHAKE_IVL) == 3000
    assert socket.get(zmq.TCP_KEEPALIVE) == 1
    assert (socket.get(zmq.TCP_KEEPALIVE_IDLE), socket.get(zmq.TCP_KEEPALIVE_INTVL)) == (5, 2)
    assert socket.get(zmq.TCP_KEEPALIVE_CNT) == 3
    assert socket.get(zmq.HEARTBEAT_IVL) == 0


def test_the_high_water_mark_can_be_chosen(make):
    assert make(zmq.PUSH, hwm=3).get(zmq.SNDHWM) == 3


@pytest.mark.parametrize("option", [zmq.HEARTBEAT_IVL, zmq.HEARTBEAT_TIMEOUT, zmq.HEARTBEAT_TTL])
def test_heartbeats_of_the_library_are_refused(make, option):
    socket = make(zmq.SUB)
    for change in (socket.set, socket.setsockopt):
        with pytest.raises(ValueError, match="beat yourself"):
            change(option, 1000)
    with pytest.raises(ValueError, match="beat yourself"):
        socket.heartbeat_ivl = 1000
    assert socket.get(zmq.HEARTBEAT_IVL) == 0


def test_a_router_tells_of_unreachable_peers(make):
    router = make(zmq.ROUTER)
    bind(router, "127.0.0.1", 0)
    with pytest.raises(zmq.ZMQError) as caught:
        router.send_multipart([b"wall.nobody", b"{}"], zmq.DONTWAIT)
    assert caught.value.errno == zmq.EHOSTUNREACH


def test_a_router_hands_an_id_over_to_the_newest_connection(make):
    router = make(zmq.ROUTER)
    port = bind(router, "127.0.0.1", 0)
    for text in (b"old", b"new"):
        peer = make(zmq.DEALER)
        peer.set(zmq.ROUTING_ID, b"wall.brick")
        connect(peer, f"tcp://127.0.0.1:{port}")
        peer.send(text)
        assert router.poll(5000)
        assert router.recv_multipart() == [b"wall.brick", text]
    router.send_multipart([b"wall.brick", b"to the newest"])
    assert peer.poll(5000)
    assert peer.recv() == b"to the newest"


def test_a_free_port_is_found_and_a_given_one_taken(make):
    with zmq.Context() as first, make_socket(first, zmq.PULL) as socket:
        port = bind(socket, "127.0.0.1", 0)
    assert 1024 < port < 65536
    assert bind(make(zmq.PULL), "127.0.0.1", port) == port


def test_a_port_in_use_names_its_holder(make):
    port = bind(make(zmq.PULL), "127.0.0.1", 0)
    with pytest.raises(PortInUse) as caught:
        bind(make(zmq.PULL), "127.0.0.1", port)
    assert caught.value.port == port
    assert f"(process {os.getpid()})" in caught.value.holder
    assert caught.value.holder in str(caught.value)


def test_a_holder_that_may_not_be_asked_is_another_program(make, monkeypatch):
    port = bind(make(zmq.PULL), "127.0.0.1", 0)

    def refuse(kind):
        raise sockets.psutil.AccessDenied

    monkeypatch.setattr(sockets.psutil, "net_connections", refuse)
    with pytest.raises(PortInUse, match="in use by another program"):
        bind(make(zmq.PULL), "127.0.0.1", port)


@pytest.mark.parametrize("host", ["0.0.0.0", "*", "192.168.1.4", "example.org", "::", ""])  # noqa: S104 - what is refused
def test_addresses_others_can_reach_are_refused(make, host):
    with pytest.raises(BindRefused, match="no keys"):
        bind(make(zmq.PULL), host, 0)


@pytest.mark.parametrize(
    "endpoint", ["", "tcp://", "tcp://h", "tcp://h:0", "ipc:///tmp/x", "tcp://h:99999", "tcp://h:1/x"]
)
def test_what_is_no_address_is_refused(make, endpoint):
    with pytest.raises(ValueError):
        host_of(endpoint)
    with pytest.raises(ValueError):
        connect(make(zmq.PUSH), endpoint)
