"""A process that reads one socket, for a case to stop: `python -m tests.faults.reader KIND ENDPOINT NAME FILE`.

KIND is SUB or DEALER (connecting), or PULL or ROUTER (binding): a ROUTER is a core, which greets whoever speaks.
The last number it read, from a frame with `#N`, goes to FILE.
"""

import json
import re
import sys
from pathlib import Path

import zmq

SNAPSHOT = json.dumps({"type": "CoreSnapshot", "show": "faults"}).encode()
LAST = re.compile(rb"#(\d+)")


def read(kind: str, endpoint: str, name: str, file: Path) -> None:
    """Read until killed."""
    context = zmq.Context()
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 0
    if kind == "SUB":
        socket.subscribe(b"")
    if kind == "DEALER":
        socket.routing_id = name.encode()
    (socket.bind if kind in {"PULL", "ROUTER"} else socket.connect)(endpoint)
    if kind == "DEALER":
        hello = {"type": "ServiceHello", "role": "wall", "name": name.split(".")[1], "show": "faults"}
        socket.send(json.dumps(hello).encode())
    file.write_text("-1")
    beat = json.dumps({"type": "Heartbeat"}).encode()
    while True:
        if socket.poll(250):
            frames = socket.recv_multipart()
            found = LAST.findall(b" ".join(frames))
            if found:
                file.write_text(found[-1].decode())
            elif kind == "ROUTER":  # a hello or a beat: both are answered
                socket.send_multipart([frames[0], SNAPSHOT], zmq.DONTWAIT)
        if kind == "DEALER":
            socket.send(beat, zmq.DONTWAIT)


if __name__ == "__main__":
    read(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
