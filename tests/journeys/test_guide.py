"""A service written by the guide lives in this ecosystem: exactly the code of its page in the manual is run."""

import json
import re
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest
import zmq
from PIL import Image

from tests.interop.raw import RawPeer
from tests.support.ports import free_ports
from tests.support.programs import Programs, programs
from tests.support.screen import mean_difference
from tests.support.waiting import wait_until
from textcraft_bus.pictures import check
from textcraft_bus.processes import command

GUIDE = (Path(__file__).parents[2] / "resources" / "manual" / "core_service.md").read_text()
FILES = dict(re.findall(r"\*\*File: `([^`]+)`\*\*\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
CHANNELS = ("events", "updates", "agent", "image_requests", "image_results")
COMMANDS = re.findall(r"^PROJECT_ENV=your_project_name (.+)$", GUIDE, re.MULTILINE)


class Installation:
    """A folder with the files of the guide, on ports nobody else uses."""

    def __init__(self, folder: Path, started: Programs) -> None:
        self.folder = folder
        self.started = started
        self.ports = dict(zip(CHANNELS, free_ports(len(CHANNELS)), strict=True))
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        constants = folder / "projects/your_project_name/constants.py"
        moved = re.sub(r'"(\w+)": \d+', lambda found: f'"{found[1]}": {self.ports[found[1]]}', constants.read_text())
        constants.write_text(moved)

    def start(self, line: str):
        """One command of the guide, as it stands there."""
        first, *rest = shlex.split(line)
        program = [sys.executable] if first == "python" else command(first)
        return self.started.start_line([*program, *rest], cwd=self.folder)

    def run(self, line: str) -> str:
        program = self.start(line)
        assert program.wait(60) == 0, program.output
        return program.output


def on_the_wall(picture: Path, shots: Path) -> bool:
    """Whether the newest shot of the wall shows the picture: compared by pixels."""
    newest = max(shots.glob("*.png"), key=lambda path: path.stat().st_mtime)
    try:
        with Image.open(newest) as shot, Image.open(picture) as wanted:
            small = shot.convert("RGB").resize((64, 36)), wanted.convert("RGB").resize((64, 36))
    except OSError:  # it is being written
        return False
    return mean_difference(*small) < 4


@pytest.fixture
def installation(tmp_path, monkeypatch):
    monkeypatch.setenv("PROJECT_ENV", "your_project_name")
    folder = tmp_path / "installation"
    folder.mkdir()
    with programs(tmp_path) as started:
        yield Installation(folder, started)


def test_the_guide_holds_every_file_and_every_command():
    assert {Path(name).name for name in FILES} == {
        "schemas.py", "constants.py", "config.py", "your_project_core.py", "__main__.py", "__init__.py", "core.toml",
        "pyproject.toml",
    }  # fmt: skip
    assert [shlex.split(line)[0] for line in COMMANDS] == ["textcraft-core", "python", "python", "python"]


def test_the_guide_s_commands_do_what_it_says(installation):
    trust, imports, usage, _start = COMMANDS
    refused = installation.start(imports)
    assert refused.wait(60) == 1
    assert "nobody trusted them yet" in refused.output
    assert installation.run(trust).strip().endswith("schemas.pyi")
    assert "Import successful" in installation.run(imports)
    told = installation.run(usage)
    for flag in ("--log-level", "--config", "--your-project.param1", "--zmq.workers.image-server.push-config.port"):
        assert flag in told
    stubs = (installation.folder / "projects/your_project_name/schemas.pyi").read_text()
    assert "your_field: Optional[YourEnum]" in stubs
    assert "YOUR_NEW_MESSAGE = 'YourNewMessage'" in stubs


def test_the_guide_s_script_has_its_main(installation):
    installation.run(COMMANDS[0])
    module, _, function = re.search(r'^your-project-core = "(.+)"$', FILES["pyproject.toml"], re.MULTILINE)[
        1
    ].partition(":")
    line = f"import {module} as m; print(callable(m.{function}))"
    assert "True" in installation.run(shlex.join(["python", "-c", line]))


def test_a_message_of_the_project_becomes_a_picture_on_a_display(installation):
    installation.run(COMMANDS[0])
    agent = RawPeer(zmq.PUB)
    agent.socket.bind(f"tcp://127.0.0.1:{installation.ports['agent']}")
    display = RawPeer(zmq.SUB).connect(installation.ports["events"])
    display.socket.subscribe("DisplayMedia ")
    with agent, display:
        service = installation.start(COMMANDS[3])
        images = installation.folder / "pictures"
        painter = installation.start(f"textcraft-image-server --foreign --images {images}")
        shots = installation.folder / "shots"
        where = f"--windowed --size 640x360 --position 40,60 --shots {shots}"
        wall = installation.start(f"textcraft-display --foreign --images {images} {where}")
        wait_until(lambda: len(list(shots.glob("*.png"))) >= 1, 60, "the wall")

        told = [0.0]

        def a_story_is_heard():
            if time.monotonic() - told[0] > 0.5:
                told[0] = time.monotonic()
                agent.send(b'YourNewMessage {"content": "a lighthouse in snow", "unknown": [1]}')
            assert service.process.poll() is None, service.output
            return "Received YourNewMessage: a lighthouse in snow" in service.output

        wait_until(a_story_is_heard, 60, "the message")
        wait_until(display.read, 60, "a picture on the display")
        wait_until(lambda: "generating → idle" in service.output, 30, "the end of the request")
        topic, _, body = display.frames[0][0].partition(b" ")
        shown = json.loads(body)
        picture = Path(shown["uri"].removeprefix("file://"))
        wait_until(lambda: on_the_wall(picture, shots), 30, f"the picture on the wall: {wall.output}")
        service.process.send_signal(signal.SIGINT)
        assert service.wait() == 0, service.output
        painter.process.send_signal(signal.SIGTERM)
        painter.wait()
    assert (topic, shown["content_type"], picture.parent) == (b"DisplayMedia", "image", images)
    assert (check(picture.read_bytes()).width, check(picture.read_bytes()).height) == (640, 360)
    for line in (
        "DEBUG",
        "State transition: processing → generating",
        "State: idle",
        "State transition: generating → idle",
    ):
        assert line in service.output, service.output


def test_an_edited_schema_is_to_be_trusted_anew(installation):
    installation.run(COMMANDS[0])
    schemas = installation.folder / "projects/your_project_name/schemas.py"
    schemas.write_text(schemas.read_text().replace('    ALERT = "Alert"\n', ""))
    again = installation.start(COMMANDS[1])
    assert again.wait(60) == 1
    assert "nobody trusted them yet" in again.output
    broken = installation.start(COMMANDS[0])
    assert broken.wait(60) == 1
    assert 'MessageType lacks ALERT = "Alert"' in broken.output
    assert "Traceback" not in broken.output
