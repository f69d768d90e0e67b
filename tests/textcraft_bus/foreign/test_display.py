"""A display's side of the ecosystem: it hears its three messages, counts the rest, and its alerts reach who listens."""

import asyncio
import json

import pytest
import zmq

from tests.interop.raw import RawPeer, until
from textcraft_bus.foreign.display import MAX_ALERT_CHARS, ForeignEvents
from textcraft_bus.schemas_base import DisplayMedia, DisplayText, RemoveText


@pytest.fixture
async def display():
    with RawPeer(zmq.XPUB) as core, RawPeer(zmq.SUB) as listener:
        events, updates = core.bind(), listener.bind()
        heard = []
        made = ForeignEvents(
            heard.append,
            asyncio.get_running_loop(),
            events=f"tcp://127.0.0.1:{events}",
            updates=f"tcp://127.0.0.1:{updates}",
        )
        await made.start()
        await until(lambda: len(core.read()) == 3)
        yield made, core, listener, heard
        await made.stop()


async def test_only_what_a_display_shows_is_delivered_and_the_rest_is_counted(display):
    made, core, _listener, heard = display
    core.send(b'DisplayMedia {"content_type": "clear", "fade_out": null, "more": 1}')
    core.send(b'RenderRequest {"prompt": "never subscribed to"}')
    core.send(b'DisplayText {"text_id": "a", "content": "words", "style": {"color": [1, 2, 3]}}')
    for frame in (b"DisplayMedia ", b"DisplayMedia {}", b"DisplayText []", b'RemoveText {"type": "Alert"}'):
        core.send(frame)
    core.send(b'RemoveText {"text_id": "a"}')
    await until(lambda: len(heard) == 3)
    assert [type(message) for message in heard] == [DisplayMedia, DisplayText, RemoveText]
    await until(lambda: made.dropped == 4)


async def test_alerts_wait_for_the_first_who_listens(display):
    made, _core, listener, _heard = display
    made.alert("said early", "r1")
    made.alert("x" * 5000)
    listener.socket.subscribe = b"Alert "
    await until(lambda: len(listener.read()) == 2)
    first, second = (json.loads(frames[0].partition(b" ")[2]) for frames in listener.frames)
    assert (first["message"], first["request_id"], first["severity"]) == ("said early", "r1", "warning")
    assert len(second["message"]) == MAX_ALERT_CHARS


async def test_an_address_that_is_none_is_told_at_once():
    made = ForeignEvents(print, asyncio.get_running_loop(), events="nowhere", updates="tcp://127.0.0.1:1")
    with pytest.raises(ValueError, match="nowhere"):
        await made.start()
