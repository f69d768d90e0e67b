"""What goes on by itself in a SHOW that crashed, and what never does."""

import pytest

from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_core.events import StopName
from textcraft_core.show.folder import ShowFolder
from textcraft_core.stage.walls.restore import Restore
from textcraft_gui.session.session_plan import Plan


@pytest.mark.parametrize(
    ("mode", "crashed", "run", "stops", "goes_on"),
    [
        (Mode.SHOW, True, True, set(), True),
        (Mode.SHOW, True, True, {StopName.HOLD, StopName.PAUSE_AI}, True),
        (Mode.SHOW, True, True, {StopName.PANIC}, False),
        (Mode.SHOW, True, False, set(), False),
        (Mode.SHOW, False, True, set(), False),
        (Mode.REHEARSE, True, True, set(), False),
    ],
)
def test_run_resumes_only_in_a_show_that_crashed_without_a_panic(tmp_path, mode, crashed, run, stops, goes_on):
    kept = Restore(run=run)
    kept.playout.stops = stops
    brain = ev.BrainInUse(name="rehearsal")
    plan = Plan(mode, ShowFolder(tmp_path), kept, lambda *_: None, brain, crashed)
    assert plan.goes_on_running is goes_on
