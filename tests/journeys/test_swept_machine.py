"""A console that can be used sweeps what killed programs left in the machine's own folders, and takes no show's."""

import os
import signal

import pytest

from tests.support.programs import programs
from tests.support.waiting import wait_until
from tests.textcraft_bus.disk.test_machine_leftovers import PLACES, left
from textcraft_bus.disk.folders import log_folder


@pytest.mark.timeout(120)
def test_a_console_sweeps_beside_itself_once_it_can_be_used(tmp_path, textcraft_home, qapp):
    with programs(tmp_path) as started:
        killed = started.start("textcraft", "--rehearse", "--ports", "free")
        os.kill(killed.pid, signal.SIGKILL)
        killed.process.wait()
        temps = [left(textcraft_home / place, killed.pid) for place in PLACES]
        others = left(textcraft_home / "data" / "shows" / "another", killed.pid)
        console = started.start("textcraft", "--rehearse", "--ports", "free")
        wait_until(lambda: not any(temp.exists() for temp in temps), 60, "the sweep")
        assert others.exists()
        log = (log_folder() / "textcraft.log").read_text()
        assert log.index("the console can be used") < log.index(f"swept {len(temps)} files that killed programs left")
        os.kill(console.pid, signal.SIGTERM)
        assert console.wait(40) == 0
