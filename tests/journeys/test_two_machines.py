"""The guide for two machines, step by step with the real programs: a picture crosses by value, a stranger does not.

Where the machine allows, core and services live in two network namespaces with a cable between them; else at two
loopback addresses. The test says which it was.
"""

import re
import socket
from pathlib import Path

import pytest

from tests.support.journal import told
from tests.support.machines import NO_NAMESPACES, Machine, two_machines
from tests.support.programs import programs
from tests.support.screen import apart_from_words, as_on_wall, capture, mean_difference
from tests.support.waiting import wait_until
from textcraft_core.show.folder import ShowFolder, new_show

AT, SIZE = (40, 60), (960, 540)
BOX = (*AT, AT[0] + SIZE[0], AT[1] + SIZE[1])
PACE = ("--textcraft.cycle-seconds", "3", "--rehearsal.tokens-per-s", "400", "--textcraft.auto-seconds", "15")


class Stage:
    """The programs on both machines."""

    def __init__(self, started, machines, folder: Path) -> None:
        self.started, self.machines, self.folder = started, machines, folder

    def run(self, machine: Machine, program: str, *arguments: str):
        return self.started.start_line(machine.line(program, *arguments))

    def keys(self, machine: Machine, *arguments: str) -> str:
        """`textcraft-core keys` there; returns that machine's public key."""
        asked = self.run(machine, "textcraft-core", "keys", *arguments)
        assert asked.wait() == 0, asked.output
        return re.search(r"public key: (\S+)", asked.output)[1]

    def service(self, machine: Machine, program: str, *arguments: str):
        core = f"tcp://{self.machines.core.address}:5558"
        return self.run(machine, program, "--core", core, *arguments)


def what_the_wall_shows(show: ShowFolder) -> list[Path]:
    """Which of the pictures taken last is on the wall, judged by the pixels of its middle."""
    wall = apart_from_words(capture(BOX))
    taken = [path for one in told(show, "TakenLive")[-3:] for path in show.images.glob(f"{one['sha256']}.*")]
    pictures = [path for path in taken if path.suffix != ".json"]
    return [path for path in pictures if mean_difference(wall, apart_from_words(as_on_wall(path, SIZE))) <= 2]


@pytest.mark.timeout(300)
def test_a_picture_painted_there_is_shown_there_and_who_has_no_leave_gets_nowhere(tmp_path, capsys, record_property):
    show = new_show(tmp_path / "show")
    with two_machines(tmp_path) as machines, programs(tmp_path) as started:
        record_property("between", machines.between)
        with capsys.disabled():
            print(f"\n  two machines: {machines.between}")  # noqa: T201 - never a silent step down
        stage = Stage(started, machines, tmp_path)
        stage.keys(machines.core, "--allow", "attic", stage.keys(machines.far))
        core_key = stage.keys(machines.core)
        stage.keys(machines.far, "--core", core_key)
        core = stage.run(
            machines.core, "textcraft-core", "--project", str(show.root), *PACE,
            "--network.listen", machines.core.address,
        )  # fmt: skip

        (tmp_path / "stranger").mkdir()
        stranger = machines.far.stranger(tmp_path / "stranger")
        stage.keys(stranger, "--core", core_key)
        knocks = stage.service(stranger, "textcraft-image-server", "--service-name", "stranger")
        refused = "a machine whose key is not allowed"
        wait_until(
            lambda: any(refused in event["text"] for event in told(show, "Warned")) or core.process.poll() is not None,
            60,
            "the refusal",
        )
        assert core.process.poll() is None, core.output
        assert not list(show.images.glob("*.jpg")), "the stranger painted"

        far = tmp_path / "painted"
        painter = stage.service(
            machines.far, "textcraft-image-server", "--service-name", "attic", "--images", str(far)
        )  # fmt: skip
        where = ("--windowed", "--position", f"{AT[0]},{AT[1]}", "--size", f"{SIZE[0]}x{SIZE[1]}")
        wall = stage.service(machines.far, "textcraft-display", "--wall", "attic", *where)
        on_wall: list[Path] = []
        wait_until(
            lambda: on_wall.extend(what_the_wall_shows(show)) or on_wall, 150, "a picture of the show on the wall"
        )
        assert (far / on_wall[0].name).read_bytes() == on_wall[0].read_bytes()

        heard = {service["service"] for service in told(show, "ServiceSeen")}
        assert heard == {"image_server.attic", "wall.attic"}
        assert "could open" not in painter.output
        assert knocks.process.poll() is None, "it goes on asking"
        assert all("Traceback" not in program.output for program in (core, painter, wall, knocks))


def test_the_way_of_machines_without_namespaces_can_be_asked_for_and_is_said(tmp_path, monkeypatch):
    """`TEXTCRAFT_TEST_MACHINES=loopback build/dev.py test tests/journeys/test_two_machines.py` goes it to its end."""
    monkeypatch.setenv(NO_NAMESPACES, "loopback")
    with two_machines(tmp_path) as machines:
        assert machines.between == f"two loopback addresses: {NO_NAMESPACES}=loopback asks for them"
        assert (machines.core.enter, machines.far.enter) == ((), ())
        assert machines.core.home != machines.far.home
        with socket.socket() as there:  # an address that is really this machine's, and not the first one
            there.bind((machines.core.address, 0))
        assert machines.core.address != machines.far.address
