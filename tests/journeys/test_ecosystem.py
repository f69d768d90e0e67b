"""The headless core among programs of others: they paint, show and tell, and know nothing of us."""

import json
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import zmq

from tests.fakes.clock import FakeClock
from tests.interop.raw import RawPeer
from tests.support.ports import free_ports
from tests.support.programs import programs
from tests.support.waiting import wait_until
from textcraft_bus.pictures import check
from textcraft_bus.schemas_base import MessageType
from textcraft_core import events as ev
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import ShowFolder, new_show

CHANNELS = ("ours", "events", "updates", "agent", "image_requests", "image_results")
SCHEMAS = f"""
from textcraft_bus.schemas_base import MessageBase, StringComparableEnum

class MessageType(StringComparableEnum):
{"".join(f'    {kind.name} = "{kind.value}"{chr(10)}' for kind in MessageType)}    WEATHER = "Weather"

class Weather(MessageBase):
    type: MessageType = MessageType.WEATHER
    rain: bool
"""


@dataclass
class Place:
    """A show with code of its own, on ports nobody else uses."""

    show: ShowFolder
    ports: dict[str, int]


@pytest.fixture
def place(tmp_path, monkeypatch):
    show = new_show(tmp_path / "show")
    ports = dict(zip(CHANNELS, free_ports(len(CHANNELS)), strict=True))
    (show.root / "constants.py").write_text(f"DEFAULT_PORTS = {ports!r}\n")
    (show.root / "schemas.py").write_text(SCHEMAS)
    monkeypatch.setenv("PROJECT_ENV", str(show.root))
    return Place(show, ports)


PACE = ("--textcraft.cycle-seconds", "0", "--rehearsal.tokens-per-s", "400", "--textcraft.auto-seconds", "1")


class Display:
    """A display of somebody else's that remembers what it was told."""

    def __init__(self, port):
        self.peer = RawPeer(zmq.SUB).connect(port)
        for topic in ("DisplayMedia ", "DisplayText ", "RemoveText "):
            self.peer.socket.subscribe(topic)
        self.told = []

    def said(self, topic):
        self.told = [frames[0].partition(b" ") for frames in self.peer.read()]
        return [json.loads(body) for found, _, body in self.told if found == topic.encode()]


@pytest.mark.timeout(180)
def test_a_show_is_played_by_programs_that_know_nothing_of_us(place, tmp_path, textcraft_home):
    show, health = place.show, textcraft_home / "logs" / "health"
    agent, display = RawPeer(zmq.PUB), Display(place.ports["events"])
    agent.socket.bind(f"tcp://127.0.0.1:{place.ports['agent']}")
    with programs(tmp_path) as started, agent, display.peer:
        assert started.start("textcraft-core", "--project", str(show.root), "--trust-project", "--stubs").wait(30) == 0
        core = started.start("textcraft-core", "--project", str(show.root), *PACE)
        painter = started.start("textcraft-image-server", "--foreign", "--images", str(tmp_path / "their pictures"))
        told = [0.0]

        def is_played():
            if time.monotonic() - told[0] > 0.5:
                told[0] = time.monotonic()
                agent.send(b'StoryHeard {"content": "I once saw the bell move by itself", "speaker_id": "v1"}')
                agent.send(b'Weather {"rain": "soup"}')
            assert core.process.poll() is None, core.output
            return len({media["uri"] for media in display.said("DisplayMedia")}) >= 3 and display.said("RemoveText")

        wait_until(is_played, 100, "three scenes on the display")
        assert json.loads((health / "core.json").read_text())["overall_status"] in ("healthy", "warning")
        assert json.loads((health / "image_server.json").read_text())["overall_status"] == "healthy"
        shown = [media for media in display.said("DisplayMedia") if str(show.images) in media["uri"]]
        speakers = {text["speaker"] for text in display.said("DisplayText")}
        for program in (core, painter):
            program.process.send_signal(signal.SIGTERM)
            assert program.wait() == 0, program.output
    assert speakers == {"agent"}
    assert len({media["request_id"] for media in shown}) >= 2
    for media in shown:
        assert check(Path(media["uri"].removeprefix("file://")).read_bytes()).width == 1920
    told_events = events_of(show)
    assert {event.worker for event in told_events if isinstance(event, ev.ImageArrived)} == {"foreign"}
    assert [event for event in told_events if isinstance(event, ev.AudienceHeard)]
    assert [event.types for event in told_events if isinstance(event, ev.ProjectCodeTrusted)] == [("Weather",)]
    assert [event for event in told_events if isinstance(event, ev.SentToDisplays)]
    warned = [event.text for event in told_events if isinstance(event, ev.Warned)]
    assert any("wrong fields in Weather" in text for text in warned)


def events_of(show):
    journal = Journal(show.journal, FakeClock())
    try:
        return [record.event for record in journal.last(5000)]
    finally:
        journal.close()


def test_a_port_in_use_is_one_clear_line_that_names_its_holder(place, tmp_path):
    with zmq.Context() as context, programs(tmp_path) as started:
        holder = context.socket(zmq.REP)
        holder.bind(f"tcp://127.0.0.1:{place.ports['events']}")
        core = started.start("textcraft-core", "--project", str(place.show.root), "--trust-project")
        assert core.wait(60) == 1
        holder.close(linger=0)
    assert f"textcraft-core: port {place.ports['events']} is in use by " in core.output
    assert "(process " in core.output
    assert "Traceback" not in core.output


def test_untrusted_code_is_said_and_the_base_schemas_serve(place, tmp_path):
    with programs(tmp_path) as started:
        run = started.start("textcraft-core", "--project", str(place.show.root), "--run", "1")
        assert run.wait(60) == 0, run.output
    assert "the base schemas serve" in run.output
