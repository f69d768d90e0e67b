"""A key that reaches a real wall's window acts at the console, and is journalled by the wall's name."""

import subprocess
import time

import pytest

from tests.journeys.test_remote import put_up, start
from tests.support.desk import osc_desk
from tests.support.journal import told
from tests.support.programs import programs
from tests.support.waiting import wait_until
from textcraft_gui.session.working_copy import the_show

APART_SECONDS = 1.5
"""A second stroke of one verb that comes sooner is the same one: the guard this test is to pass, not to try."""


def xdotool(*arguments: str) -> str:
    return subprocess.run(["xdotool", *arguments], check=True, capture_output=True, timeout=60, text=True).stdout


@pytest.mark.timeout(150)
def test_a_clicker_before_a_wall_holds_and_takes(tmp_path):
    with programs(tmp_path) as started, osc_desk() as desk:
        start(started, desk, "--mode", "show")
        desk.see(mode="show")
        put_up(desk)
        (wall,) = xdotool("search", "--name", "TextCraft wall").split()
        show = the_show(None)
        takes = len(told(show, "TakenLive"))
        xdotool("key", "--window", wall, "h")
        desk.see(hold=1)
        xdotool("key", "--window", wall, "F5")
        time.sleep(APART_SECONDS)
        xdotool("key", "--window", wall, "h")
        desk.see(hold=0)
        desk.send("step")
        desk.see_word("next", 60)
        xdotool("key", "--window", wall, "Next")
        wait_until(lambda: len(told(show, "TakenLive")) == takes + 1, 60, "the take")
        used = [(one["verb"], one["who"]) for one in told(show, "VerbUsed") if one["how"] == "key"]
        assert used == [("hold", "wall wall"), ("hold", "wall wall"), ("take", "wall wall")]
