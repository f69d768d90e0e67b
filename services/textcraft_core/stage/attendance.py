"""Whether an operator is there, and what every question does when nobody is: the written answers, and who gives them.

Knows no window and no clock on the wall: who notices that nobody touched anything for long says LeaveAlone.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final, Protocol

from textcraft_bus.channel.messages import Mode
from textcraft_bus.records import dataclass
from textcraft_bus.tasks import Tasks
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event
from textcraft_core.record.stream import EventStream
from textcraft_core.stage.walls.playout import Playout
from textcraft_core.stage.walls.wall_desk import WallDesk

Handle = Callable[[cmd.Command], Awaitable[None]]


class VisitorsPort(Protocol):
    """What is asked of the visitors' inbox."""

    def leave_alone(self, alone: bool) -> None:
        """Let their words take the written way, or ask again."""


class Question(StrEnum):
    """What would be asked of an operator."""

    APPROVAL = "approval"
    VISITORS = "visitors"
    STUCK = "stuck"
    STUCK_AGAIN = "stuck again"
    NO_BRAIN = "no brain"
    UNKNOWN_SCREEN = "unknown screen"


class Act(StrEnum):
    """What is done about one."""

    BY_GATE = "the gate alone decides"
    AUDIENCE_RULES = "screened or ignored, as the show's audience rules say"
    RUN_ON = "the stuck chapter is locked and RUN goes on with the next"
    RESERVE = "the reserve reel"
    BLACK = "black there"


@dataclass(frozen=True, slots=True)
class Answer:
    """The written answer of a question, and the one line that tells of it."""

    act: Act
    text: str


ANSWERS: Final[dict[Question, Answer]] = {
    Question.APPROVAL: Answer(Act.BY_GATE, "Unattended: what passes the gate goes up without approval."),
    Question.VISITORS: Answer(Act.AUDIENCE_RULES, "Unattended: visitors' words are screened or ignored."),
    Question.STUCK: Answer(Act.RUN_ON, "Unattended: the story was stuck, its chapter is locked, the next one begins."),
    Question.STUCK_AGAIN: Answer(Act.RESERVE, "Unattended: the story is stuck again, the reserve reel plays."),
    Question.NO_BRAIN: Answer(Act.RESERVE, "Unattended: no brain answers, the reserve reel plays."),
    Question.UNKNOWN_SCREEN: Answer(Act.BLACK, "Unattended: a screen that is not surely a wall's stays black."),
}


class AttendanceDesk:
    """Carries out LeaveAlone and Attend, and gives the written answers while nobody is there."""

    def __init__(
        self,
        playout: Playout,
        walls: WallDesk,
        visitors: VisitorsPort,
        handle: Handle,
        stream: EventStream,
        tasks: Tasks,
    ) -> None:
        self._playout = playout
        self._walls = walls
        self._visitors = visitors
        self._handle = handle
        self._stream = stream
        self._tasks = tasks
        self._told: set[Question] = set()
        self._target = ""
        self._stuck_before = False
        stream.subscribe(self._on_event)

    @property
    def attended(self) -> bool:
        """Whether an operator is there; only SHOW can be left alone."""
        return self._playout.state.attended or self._playout.state.mode is not Mode.SHOW

    def open(self) -> None:
        """Go on as it was before a crash; any other mode is attended."""
        self._playout.state.attended = self.attended
        if not self.attended:
            self._stream.announce(ev.AttendanceChanged(attended=False))  # as it is on record already
            self._visitors.leave_alone(True)

    async def handle(self, command: cmd.LeaveAlone | cmd.Attend) -> None:
        """The operator goes, or is back. Raises CommandRefused outside SHOW."""
        attended = isinstance(command, cmd.Attend)
        if self._playout.state.mode is not Mode.SHOW:
            raise CommandRefused("Only SHOW can be left alone.")
        if attended is self.attended:
            return
        self._told.clear()
        self._stuck_before = False
        self._playout.state.attended = attended
        await self._walls.record(ev.AttendanceChanged(attended=attended))
        self._visitors.leave_alone(not attended)
        if not attended:
            await self._approve()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, ev.DecisionMade):
            self._target = event.target
        if not self.attended:
            self._answer(event)

    def _answer(self, event: Event) -> None:
        match event:
            case ev.StuckDetected():
                self._tasks.start(self._unstick(), name="unattended: stuck")
            case ev.ReserveWanted(on=True):
                self._tasks.start(self._no_brain(), name="unattended: no brain")
            case ev.AudienceHeard():
                self._tell(Question.VISITORS)
            case ev.CandidateAdded(approved=False):
                self._tasks.start(self._approve(), name="unattended: approval")
            case ev.CycleFinished(changed=changed) if changed:
                self._stuck_before = False

    async def _approve(self) -> None:
        """What passed the gate and waits goes on."""
        waiting = [c.request_id for c in self._playout.state.candidates.values() if not c.approved and not c.failed]
        for request_id in waiting:
            await self._handle(cmd.Approve(request_id=request_id))
        if waiting:
            self._tell(Question.APPROVAL)

    async def _unstick(self) -> None:
        """The next chapter; where that was no way out, the reserve reel."""
        chapter = chapter_id(self._target)
        if self._stuck_before or not chapter:
            await self._play_reel(Question.STUCK_AGAIN)
            return
        self._stuck_before = True
        self._tell(Question.STUCK)
        await self._handle(cmd.LockChapter(chapter_id=chapter, locked=True))
        await self._handle(cmd.Run())

    async def _no_brain(self) -> None:
        if Question.NO_BRAIN not in self._told and Question.STUCK_AGAIN not in self._told:
            await self._play_reel(Question.NO_BRAIN)

    async def _play_reel(self, question: Question) -> None:
        """The reel plays while AUTO is on; it asks for pictures that somebody pinned."""
        self._tell(question)
        if question is Question.STUCK_AGAIN:
            self._stream.emit(ev.ReserveWanted(on=True, reason="the story is stuck"))
        if not any(c.approved and not c.failed for c in self._playout.state.reel.values()):
            text = "The reserve reel is empty: the walls keep their picture. Pin pictures to fill it."
            self._stream.emit(ev.Warned(text=text, source="unattended", fault=True))
        await self._handle(cmd.Auto(on=True))

    def _tell(self, question: Question) -> None:
        """Once for each question, however often it comes."""
        if question not in self._told:
            self._told.add(question)
            answer = ANSWERS[question]
            self._stream.emit(ev.AnsweredByPolicy(question=question.value, answer=answer.act.value, text=answer.text))


def chapter_id(target: str) -> str:
    """A file name or path of a chapter → its id: the stem up to the first underscore."""
    return target.rsplit("/", 1)[-1].removesuffix(".md").split("_", 1)[0]
