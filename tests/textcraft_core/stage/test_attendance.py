"""Nobody is there: every question takes its written answer, told once; and it stays so over a crash."""

import pytest

from tests.fakes.clock import FakeClock
from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from textcraft_bus.channel.messages import Mode, Picture, RequestId
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.attendance import ANSWERS, Question, chapter_id
from textcraft_core.stage.stage import StageOptions
from textcraft_core.stage.walls import restore
from textcraft_core.stage.walls.playout_state import Candidate

SHOW = StageOptions(mode=Mode.SHOW, approve_by_hand=True)
PICTURE = Picture(sha256="a" * 64, uri="/a.jpg", mime="image/jpeg", width=64, height=64)


def candidate(name="one", **more):
    return Candidate(RequestId(name), PICTURE, "words", **{"approved": False, **more})


async def alone(show):
    await show.stage.handle(cmd.LeaveAlone())
    assert show.of(ev.AttendanceChanged)[-1].attended is False


def answers(show):
    return [event.question for event in show.of(ev.AnsweredByPolicy)]


def test_every_question_has_a_written_answer_and_one_line():
    assert set(ANSWERS) == set(Question)
    assert all(answer.text.startswith("Unattended: ") for answer in ANSWERS.values())


@pytest.mark.parametrize("mode", [Mode.EDIT, Mode.REHEARSE])
async def test_only_show_can_be_left_alone(tmp_path, mode):
    async with play(tmp_path, options=StageOptions(mode=mode)) as show:
        with pytest.raises(CommandRefused):
            await show.stage.handle(cmd.LeaveAlone())
        assert show.of(ev.AttendanceChanged) == []


async def test_said_twice_it_tells_once(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        await alone(show)
        await show.stage.handle(cmd.LeaveAlone())
        await show.stage.handle(cmd.Attend())
        await show.stage.handle(cmd.Attend())
        assert [event.attended for event in show.of(ev.AttendanceChanged)] == [False, True]


async def test_what_waits_for_approval_goes_by_the_gate_alone(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        await show.stage.walls.add(candidate("passed"))
        await show.stage.walls.add(candidate("refused", failed=("size",)))
        await alone(show)
        state = show.stage.playout.state.candidates
        assert state["passed"].approved
        assert not state["refused"].approved
        await show.stage.walls.add(candidate("later"))
        await until(lambda: state["later"].approved)
        assert answers(show) == [Question.APPROVAL]


async def test_visitors_take_their_written_way(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        await alone(show)
        assert show.of(ev.AudienceRules)[-1].attended is False
        await show.stage.handle(cmd.Attend())
        assert show.of(ev.AudienceRules)[-1].attended is True


async def test_a_stuck_story_goes_on_with_the_next_chapter_and_then_the_reel_plays(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        show.stage.playout.state.reel[RequestId("kept")] = candidate("kept", approved=True)
        await show.wall_appears()
        await alone(show)
        handled = []
        inner = show.stage.handle

        async def handle(command):
            handled.append(command)
            if isinstance(command, cmd.Approve):
                await inner(command)

        show.stage.attendance._handle = handle
        decided = ev.DecisionMade(cycle=1, action="edit", target="ch03_Sea.md", role="narrator", notes="")
        show.stage.stream.emit(decided)
        show.stage.stream.emit(ev.StuckDetected(cycles=3, reason="nothing changed"))
        await until(lambda: len(handled) == 2)
        assert handled == [cmd.LockChapter(chapter_id="ch03", locked=True), cmd.Run()]
        show.stage.stream.emit(ev.StuckDetected(cycles=3, reason="nothing changed"))
        await until(lambda: len(handled) == 3)
        assert handled[2] == cmd.Auto(on=True)
        assert show.of(ev.ReserveWanted)[-1].on
        assert answers(show) == [Question.STUCK, Question.STUCK_AGAIN]


async def test_without_a_brain_the_reserve_reel_plays_and_an_empty_one_is_a_fault(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        await alone(show)
        show.stage.stream.emit(ev.ReserveWanted(on=True, reason="401"))
        await until(lambda: any(event.fault for event in show.of(ev.Warned)))
        await until(lambda: show.stage.playout.state.auto)
        assert answers(show) == [Question.NO_BRAIN]
        show.stage.stream.emit(ev.ReserveWanted(on=True, reason="401"))
        assert answers(show) == [Question.NO_BRAIN]


async def test_attended_nothing_is_answered(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        show.stage.stream.emit(ev.StuckDetected(cycles=3, reason="nothing changed"))
        show.stage.stream.emit(ev.ReserveWanted(on=True, reason="401"))
        await show.stage.walls.add(candidate())
        assert answers(show) == []
        assert not show.stage.playout.state.candidates["one"].approved


async def test_it_survives_a_crash(tmp_path):
    async with play(tmp_path, options=SHOW) as show:
        await alone(show)
        kept = restore.load(show.show.restore, FakeClock())
    assert kept.playout.attended is False
    async with play(tmp_path, options=SHOW, kept=kept) as again:
        assert not again.stage.attendance.attended
        assert ev.AttendanceChanged(attended=False) in again.stage.opening_events()


def test_the_chapter_of_a_target():
    assert [chapter_id(t) for t in ("ch03_Sea.md", "manuscripts/ch10.md", "")] == ["ch03", "ch10", ""]
