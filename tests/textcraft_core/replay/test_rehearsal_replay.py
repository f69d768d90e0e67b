"""A whole rehearsal of the sample show, with faults and visitors' words, played again by the program itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from textcraft_bus.clock import SystemClock
from textcraft_core import commands as cmd
from textcraft_core.brains.faults import load_profile
from textcraft_core.brains.faulty import FaultyBrain, ProfilePace
from textcraft_core.brains.rehearsal import RehearsalBrain
from textcraft_core.options import EngineOptions
from textcraft_core.record.journal import Journal
from textcraft_core.record.stream import EventStream
from textcraft_core.show.folder import ShowFolder, new_show, rehearsals_of
from textcraft_core.stage.stage import engine_of

from .test_player import is_the_same, manuscripts, matrix


async def record(show: ShowFolder, profile: str, cycles: int) -> None:
    journal, clock = Journal(show.journal, SystemClock()), SystemClock()
    stream, faults = EventStream(journal), load_profile(profile)
    brain = FaultyBrain(RehearsalBrain(show, 3, ProfilePace(faults, 3, 0.0)), faults, 3, stream.emit, scale=0.0)
    options = EngineOptions(seed=3, stuck_after=99, fail_after=99, fail_backoff_seconds=0)
    engine = engine_of(show, brain, stream, journal, clock, options)
    await engine.start()
    for number in range(cycles):
        if number % 4 == 2:
            await engine.queue_line(f"a visitor saw a lantern, {number} times", "visitor")
        if number == 5:
            await engine.handle(cmd.Override(instruction="let it end in the rain"))
        await engine.step()
    await engine.close()
    journal.close()


@pytest.mark.parametrize("profile", ["calm", "storm"])
async def test_a_rehearsal_is_the_same(tmp_path, profile):
    show = new_show(tmp_path / "show")
    await record(show, profile, 16)
    player = await is_the_same(show)
    assert player.length == 16
    assert sum(map(len, manuscripts(show).values())) > 2000


def run(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "textcraft_core", *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


async def test_the_program_plays_a_recording_and_says_what_differs(tmp_path: Path) -> None:
    show = new_show(tmp_path / "show")
    await record(show, "garbage", 9)
    before, kept = manuscripts(show), matrix(show)
    done = run("--brain", "replay", "--project", str(show.root))
    assert done.returncode == 0, done.stderr
    *cycles, last = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(cycles) == 9
    assert (last["replay"], last["cycles"], last["of"]) == ("as recorded", 9, 9)
    copy = rehearsals_of(show)[0]
    assert (manuscripts(copy), matrix(copy)) == (before, kept)
    part = run("--brain", "replay", "--project", str(show.root), "--run", "4")
    assert json.loads(part.stdout.splitlines()[-1])["cycles"] == 4


async def test_the_program_shows_the_difference_of_a_prompt(tmp_path: Path) -> None:
    show = new_show(tmp_path / "show")
    await record(show, "calm", 4)
    journal = Journal(show.journal, SystemClock())
    journal._writer.post(
        lambda connection: connection.execute(
            "UPDATE calls SET request = replace(CAST(request AS TEXT), 'system', 'sistem') WHERE cycle = 3"
        ),
        urgent=True,
    ).result(5)
    journal.close()
    done = run("--brain", "replay", "--project", str(show.root))
    assert done.returncode == 1
    assert "-[sistem]" in done.stderr
    assert "+[system]" in done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["replay"], last["cycles"], last["of"]) == ("another prompt than the recorded one", 2, 4)


def test_without_a_recording_the_program_says_what_to_do(tmp_path: Path) -> None:
    show = new_show(tmp_path / "show")
    done = run("--brain", "replay", "--project", str(show.root))
    assert (done.returncode, "no recording" in done.stderr) == (1, True)
