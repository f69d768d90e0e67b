"""A wall by its frames only, in a process of its own: notes when each beat of the core came, and may ask for a picture.

Says one JSON line at its end: the times between beats, and whether the picture came whole.
"""

import hashlib
import itertools
import json
import sys
import time

import orjson
import zmq

ASK_AFTER = 3.0
NUMBERS = itertools.count(1)
"""Of what is said here; a number that comes again is a frame that comes again."""


def main(port: str, seconds: float, sha256: str) -> None:
    """Listen for so long; with a hash, ask for that picture after three seconds."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.setsockopt(zmq.ROUTING_ID, b"wall.bench")
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, 50)
    socket.connect(f"tcp://127.0.0.1:{port}")
    began, last_said, asked, whole = time.monotonic(), 0.0, False, False
    beats: list[float] = []
    while (now := time.monotonic()) - began < seconds:
        if now - last_said >= 1:
            last_said = now
            _say(socket, "Heartbeat" if beats else "ServiceHello", state="ok")
        if sha256 and not asked and now - began > ASK_AFTER and beats:
            asked = True
            socket.send(
                orjson.dumps(
                    {"type": "NeedBlob", "protocol": 1, "seq": next(NUMBERS), "sent_at": 0.0, "sha256": sha256}
                )
            )
        try:
            message = orjson.loads(socket.recv())
        except zmq.Again:
            continue
        if message["type"] in {"Heartbeat", "CoreSnapshot"}:
            beats.append(time.monotonic())
        elif message["type"] == "Blob":
            whole = _holds(message, sha256)
    gaps = [round((later - earlier) * 1000, 1) for earlier, later in itertools.pairwise(beats)]
    sys.stdout.write(json.dumps({"gaps_ms": gaps, "whole": whole}) + "\n")


def _say(socket: zmq.Socket[bytes], kind: str, **more: str) -> None:
    said = {"type": kind, "protocol": 1, "seq": next(NUMBERS), "sent_at": time.time(), **more}
    if kind == "ServiceHello":
        said |= {"role": "wall", "name": "bench", "version": "0", "host": "here", "capabilities": [], "slots": 1}
    socket.send(orjson.dumps(said))


def _holds(message: dict[str, str], sha256: str) -> bool:
    import base64

    return hashlib.sha256(base64.b64decode(message["data"])).hexdigest() == sha256


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else "")
