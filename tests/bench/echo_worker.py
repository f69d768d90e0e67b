"""An image server that answers each request at once with the same picture, until it is killed."""

import asyncio
import hashlib
import sys
from pathlib import Path

from textcraft_bus.channel import facts
from textcraft_bus.channel.link import Link
from textcraft_bus.channel.messages import (
    Heartbeat,
    ImageReady,
    RenderAccepted,
    RenderRequest,
    Role,
    ServiceHello,
)
from textcraft_bus.clock import SystemClock


async def serve(port: int, uri: str, sha256: str) -> None:
    """Answer for ever."""

    def answer(fact: facts.LinkFact) -> None:
        if not isinstance(fact, facts.Arrived) or not isinstance(fact.message, RenderRequest):
            return
        request_id = fact.message.request_id
        link.send(RenderAccepted(request_id=request_id, attempt=1))
        link.send(_ready(request_id, uri, sha256))

    link = Link(
        f"tcp://127.0.0.1:{port}",
        hello=lambda: ServiceHello(role=Role.IMAGE_SERVER, name="echo", show="bench"),
        beat=Heartbeat,
        deliver=answer,
        loop=asyncio.get_running_loop(),
        clock=SystemClock(),
    )
    link.start()
    await asyncio.Event().wait()


def _ready(request_id: str, uri: str, sha256: str) -> ImageReady:
    known = {"mime": "image/png", "width": 64, "height": 64, "worker": "echo", "seed": 1, "backend": "echo"}
    return ImageReady.model_validate({"request_id": request_id, "uri": uri, "prompt": "p", "sha256": sha256, **known})


if __name__ == "__main__":
    path = Path(sys.argv[2])
    asyncio.run(serve(int(sys.argv[1]), path.as_uri(), hashlib.sha256(path.read_bytes()).hexdigest()))
