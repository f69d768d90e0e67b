"""M1: fuzzed frames of every schema, from strangers, a known wall and a known worker: all counted, nothing changed."""

from typing import Final

import zmq

from tests.faults.case import Case, Figure, Run, at_least, is_so, none_of
from tests.faults.flood import Sender, mutants
from tests.faults.samples import ECOSYSTEM, OURS
from tests.faults.show_rig import Play, play
from tests.support.waiting import until
from textcraft_core import events as ev

LAST_WORD: Final = "the end"


async def inject(run: Run) -> list[Figure]:
    """Send `run.count` spoilt frames in three voices and on the updates port."""
    async with play(run.folder, fixed_ports={"updates": 0}) as show:
        before = _state(show)
        senders = [Sender(show.endpoint, name) for name in ("wall.fuzz", "image_server.fuzz", "")]
        updates = Sender(f"tcp://127.0.0.1:{show.hub.ports['updates']}", kind=zmq.PUB)
        try:
            for role, sender in zip(("wall", "image_server"), senders[:2], strict=True):
                sender.say(type="ServiceHello", role=role, name="fuzz", show="faults")
            await until(lambda: len(show.of(ev.ServiceSeen)) >= 2, what="the hello of the fuzzing peers")
            sent = 0
            for number, sender in enumerate(senders):
                sent += await sender.flood(mutants(OURS, run.count // 4, number))
            spoilt = mutants(ECOSYSTEM, run.count - 3 * (run.count // 4), 4)
            topics = ([b" ".join((b"StoryHeard", frame[0]))] for frame in spoilt)
            sent += await updates.flood(topics)
            counts = await _settled(show, senders[:2])
            return [
                Figure("frames sent", f"{sent:,}", f"{run.count:,}", sent == run.count),
                at_least("counted as refused", counts.get("refused", 0), 0.6 * 0.75 * run.count),
                none_of("picture or matrix changed", int(_state(show) != before), sent),
                is_so("the next message arrives", await still_hears(show)),
            ]
        finally:
            for sender in (*senders, updates):
                sender.close()


def _state(show: Play) -> tuple[object, ...]:
    playout = show.stage.playout.state
    return playout.program, playout.next_id, show.stage.engine.matrix.model_dump_json()


async def _settled(show: Play, known: list[Sender]) -> dict[str, int]:
    """Wait until the last word of each known peer was heard: what it sent before it was read by then."""
    for role, sender in zip(("wall", "image_server"), known, strict=True):
        sender.say(type="ServiceHello", role=role, name="fuzz", show="faults")  # a goodbye is a valid message too
        sender.say(type="Heartbeat", state=LAST_WORD)
    await until(lambda: len(_last_words(show)) == len(known), 30.0, what="the last beat of each peer")
    return await show.hub.counts()


def _last_words(show: Play) -> set[str]:
    return {e.service for e in show.events if isinstance(e, ev.ServiceBeat) and e.state == LAST_WORD}


async def still_hears(show: Play) -> bool:
    """Wait until one more service was heard; fails when it is not."""
    last = Sender(show.endpoint, f"wall.last{len(show.events)}")
    try:
        name = f"last{len(show.events)}"
        last.say(type="ServiceHello", role="wall", name=name, show="faults")
        await until(
            lambda: any(isinstance(e, ev.ServiceSeen) and e.service == f"wall.{name}" for e in show.events), 30.0
        )
    finally:
        last.close()
    return True


CASE = Case("M1", "fuzzed frames, every schema", inject, short=5_000, long=100_000, seconds=60.0)
