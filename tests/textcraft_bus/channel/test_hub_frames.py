"""What strangers, liars and broken frames do to a core: nothing."""

import asyncio
import json
import random

from tests.interop.raw import until
from tests.support.core import BUSY, Beating, a_request, counted, say_ready
from textcraft_bus.channel.facts import (
    FramesDropped,
    PeerBeat,
    PeerLost,
    PeerSeen,
    RenderDone,
    WallKeyPressed,
    WallShown,
)
from textcraft_bus.channel.messages import WallScene


async def test_services_of_another_show_are_ignored(core, join):
    stranger, ours = join(core, "wall.stairs"), join(core, "wall.brick")
    stranger.say(type="ServiceHello", role="wall", name="stairs", show="another")
    await ours.hello(show="show")
    assert (await core.one(FramesDropped)).reason == "a service of another show (1)"
    assert [fact.peer for fact in core.told(PeerSeen)] == ["wall.brick"]
    assert stranger.messages() == []


async def test_a_message_that_comes_again_is_refused_and_counted(core, join):
    wall = join(core, "wall.brick")
    await wall.hello(seq=1, instance="one")
    for number, key in ((3, 65), (2, 66), (3, 65), (2, 66), (4, 67)):
        wall.say(type="WallKey", key=key, seq=number)
    await until(lambda: [fact for fact in core.told(WallKeyPressed) if fact.key.key == 67])
    assert [fact.key.key for fact in core.told(WallKeyPressed)] == [65, 66, 67]
    assert (await core.one(FramesDropped)).reason == "a message that was heard before (2)"
    await wall.hello(seq=1, instance="another start")
    wall.say(type="WallKey", key=68, seq=2)
    await until(lambda: [fact for fact in core.told(WallKeyPressed) if fact.key.key == 68])


async def test_who_said_no_hello_has_no_effect(core, join):
    stranger, wall = join(core, "wall.stairs"), join(core, "wall.brick")
    await wall.hello()
    stranger.say(type="Shown", scene=1, layer="program", phase="settled", painted_at=1)
    stranger.say(type="Heartbeat")
    wall.say(type="WallKey", key=65)
    await core.one(WallKeyPressed)
    assert await counted(core, "no hello before") == 2
    assert core.told(WallShown) == []


async def test_a_stranger_says_little(core, join):
    stranger = join(core, "wall.brick")
    stranger.say(type="ServiceHello", role="wall", name="brick", padding="x" * 70_000)
    assert (await core.one(FramesDropped)).reason == "too large for a stranger (1)"
    assert core.told(PeerSeen) == []


async def test_nobody_speaks_for_another(core, join):
    liar = join(core, "wall.brick")
    liar.say(type="ServiceHello", role="wall", name="stairs")
    liar.say(type="ServiceHello", role="image_server", name="brick")
    dropped = await core.one(FramesDropped)
    assert dropped.reason.startswith("a hello under another name")
    assert core.told(PeerSeen) == []


async def test_a_role_says_only_what_is_its_own(core, join):
    wall = join(core, "wall.brick")
    await wall.hello()
    wall.say(type="ImageReady", request_id="r", uri="u", sha256="0" * 64, mime="m", width=1, height=1)
    wall.say(type="CoreSnapshot")
    await until(lambda: sum(fact.count for fact in core.told(FramesDropped)) == 2)


async def test_a_mebibyte_passes_and_too_much_cuts_only_its_sender_off(open_core, join):
    core = await open_core(timing=BUSY)
    big, other = join(core, "wall.big"), join(core, "image_server.other")
    await other.hello()
    async with Beating(other):
        await big.hello()
        big.say(type="Heartbeat", padding="y" * 2**20)
        beat = (await until(lambda: [fact for fact in core.told(PeerBeat) if fact.peer == "wall.big"]))[0].beat
        assert len(beat.padding) == 2**20
        big.send(b'{"type":"Heartbeat","padding":"' + b"z" * 64 * 2**20 + b'"}')
        core.hub.request(a_request())
        say_ready(other, (await until(lambda: other.of("RenderRequest")))[0])
        await core.one(RenderDone)
        await core.one(PeerLost)
        await big.hello()
    assert [fact.peer for fact in core.told(PeerLost)] == ["wall.big"]
    assert [fact for fact in core.told(PeerBeat) if fact.peer == "wall.big"][1:] == []


def mutants(count, seed=7):
    """Frames that are almost messages, and some that are nothing."""
    dice = random.Random(seed)
    whole = [
        {"type": "Shown", "scene": 1, "layer": "program", "phase": "settled", "painted_at": 1.0},
        {"type": "Heartbeat", "rss": 1},
        {"type": "WallThumb", "data": "AAAA"},
        {"type": "ServiceHello", "role": "wall", "name": "brick"},
        {"type": "NeedBlob", "sha256": "0" * 64},
    ]
    values = [None, -1, 1e308, "", "x" * 300, [], {}, [[]] * 50, True, "\ud800", 10**40]
    for _ in range(count):
        message = dict(dice.choice(whole))
        message[dice.choice([*message, "new"])] = dice.choice(values)
        frame = bytearray(json.dumps(message).encode())
        for _ in range(dice.randrange(4)):
            frame[dice.randrange(len(frame))] = dice.randrange(256)
        yield bytes(frame[: dice.choice([len(frame), dice.randrange(len(frame) + 1)])])
    yield from (b"", b"null", b"[" * 100_000, b'{"type":' * 5_000, b"\xff" * 50, b"NaN")


async def test_thousands_of_broken_frames_change_nothing(core, join, caplog):
    vandal, worker = join(core, "wall.brick"), join(core, "image_server.a")
    vandal.socket.sndhwm = 0
    await vandal.hello()
    await worker.hello()
    core.hub.request(a_request())
    request = (await until(lambda: worker.of("RenderRequest")))[0]
    async with Beating(worker, vandal):
        for number, frame in enumerate(mutants(4000)):
            vandal.send(frame)
            if number % 100 == 0:
                await asyncio.sleep(0.002)
        vandal.say(type="WallKey", key=99)
        await until(lambda: [fact for fact in core.told(WallKeyPressed) if fact.key.key == 99])
        say_ready(worker, request)
        await core.one(RenderDone)
        refused = (await core.hub.counts())["refused"]
        await until(lambda: sum(fact.count for fact in core.told(FramesDropped)) == refused)
    assert refused > 2000
    assert len(core.told(FramesDropped)) < 10
    assert "could not be handled" not in caplog.text
    assert core.told(PeerLost) == []


async def test_several_frames_in_one_message_are_refused(core, join):
    peer = join(core, "wall.brick")
    peer.send(b"{}", b"{}")
    assert "more or less than one frame" in (await core.one(FramesDropped)).reason


async def test_a_reader_that_stopped_costs_no_memory_and_nobody_else(core, join):
    """It connects, says hello, beats, and never reads: its queue fills, the others get theirs."""
    deaf, wall = join(core, "wall.deaf", rcvhwm=1), join(core, "wall.brick")
    await wall.hello()
    deaf.say(type="ServiceHello", role="wall", name="deaf")
    await until(lambda: len(core.told(PeerSeen)) == 2)
    async with Beating(deaf, wall):
        for number in range(1, 400):
            core.hub.set_scene("deaf", WallScene(scene=number, padding="z" * 100_000))
        core.hub.set_scene("brick", WallScene(scene=5))
        assert (await until(lambda: wall.of("WallScene")))[0]["scene"] == 5
        await until(lambda: deaf.of("WallScene") and deaf.of("WallScene")[-1]["scene"] == 399)
        assert len(deaf.of("WallScene")) < 399, "its queue never filled: the test shows nothing"
