"""M2: a message of a gigabyte, sent by a peer that keeps no rules: memory stays, and the next message arrives."""

import asyncio
import os
import socket
import struct

import psutil

from tests.faults.case import Case, Figure, Run, at_most, is_so
from tests.faults.m01_fuzz import still_hears
from tests.faults.show_rig import play
from textcraft_bus.channel.messages import BadFrame, Blob, encode
from textcraft_bus.constants import MAX_MESSAGE_BYTES

GIGABYTE = 1 << 30
GREETING = b"\xff" + b"\0" * 8 + b"\x7f" + b"\x03\x00" + b"NULL" + b"\0" * 16 + b"\0" + b"\0" * 31
MIB = 1 << 20


async def inject(run: Run) -> list[Figure]:
    """Send `run.count` frames that claim a gigabyte, and as much of each as is taken."""
    async with play(run.folder) as show:
        process = psutil.Process()
        before, worst, taken = process.memory_info().rss, 0, 0
        for _ in range(run.count):
            taken += await asyncio.to_thread(_send_gigabyte, show.port)
            worst = max(worst, process.memory_info().rss)
        return [
            at_most("memory it took", (worst - before) / MIB, 64.0, "MiB"),
            at_most("bytes taken of each", taken / run.count / MIB, 64.0, "MiB"),
            is_so("the next message arrives", await still_hears(show)),
            is_so("our own sender refuses it before", _sender_refuses()),
        ]


def _send_gigabyte(port: int) -> int:
    """Speak the protocol by hand, announce a frame of a gigabyte, and send until the other side ends it."""
    sent, piece = 0, os.urandom(MIB)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as peer:
        peer.sendall(GREETING)
        _read(peer, 64)
        ready = b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
        ready += b"\x08Identity" + struct.pack(">I", 8) + b"wall.big"
        peer.sendall(b"\x04" + bytes([len(ready)]) + ready)
        try:
            peer.sendall(b"\x02" + struct.pack(">Q", GIGABYTE))
            while sent < GIGABYTE:
                peer.sendall(piece)
                sent += len(piece)
        except OSError:  # the other side hung up, as it should
            return sent
    return sent


def _read(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = peer.recv(size - len(data))
        if not piece:
            raise ConnectionError("the core hung up during the greeting")
        data += piece
    return data


def _sender_refuses() -> bool:
    data = "A" * (MAX_MESSAGE_BYTES + 1)
    try:
        encode(Blob.model_construct(sha256="0" * 64, mime="image/png", data=data))
    except BadFrame:
        return True
    return False


CASE = Case("M2", "messages of a gigabyte", inject, short=3, long=100)
