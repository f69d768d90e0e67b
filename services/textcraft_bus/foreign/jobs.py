"""Who was asked for what among workers without identity: one pure state; knows no sockets, threads or clock.

Foreign workers tell neither that they are there nor that they failed. So each job has a deadline of its own, at most
one is outstanding for each worker that is connected, and whatever ends without a result ends as an Alert. Each method
takes the time in seconds and returns what is to be done.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from textcraft_bus.records import dataclass
from textcraft_bus.schemas_base import Alert, MessageBase, RenderRequest

MAX_WAITING: Final = 64
MAX_REMEMBERED: Final = 4_096
LAST_WORDS_S: Final = 5.0
"""When the last worker is gone, its result may still be on the way for so long."""
_NOT_IN_IDS: Final = frozenset("/\\\0")

OnEnd = Callable[[MessageBase], None]


class WorkRefused(ValueError):
    """A request no worker of the ecosystem could do; the message says why."""


class Late(StrEnum):
    """Why a result had no effect."""

    ENDED = "late or double result"
    UNKNOWN = "result nobody asked for"


@dataclass(frozen=True, slots=True)
class Push:
    """A request is to be sent; `unsent` is said when it could not be."""

    request: RenderRequest


@dataclass(frozen=True, slots=True)
class End:
    """A job ended: with its result, or with an Alert."""

    message: MessageBase
    on_end: OnEnd | None


Action = Push | End


@dataclass(slots=True)
class _Job:
    request: RenderRequest
    taken_by: float
    on_end: OnEnd | None
    answered_by: float | None = None
    """Set when it was sent."""

    @property
    def sent(self) -> bool:
        """Whether a worker was given it."""
        return self.answered_by is not None

    @property
    def deadline(self) -> float:
        """When it has failed."""
        return self.taken_by if self.answered_by is None else self.answered_by


def check_request(request: RenderRequest) -> None:
    """Refuse what foreign workers would fall over in silence. Raises WorkRefused."""
    if _NOT_IN_IDS & set(request.request_id):
        raise WorkRefused("a request id is used as a file name: it may hold no slash")
    if not request.prompt.strip():
        raise WorkRefused("a prompt may not be blank")


class ForeignJobs:
    """The open requests of one kind of worker."""

    def __init__(self, timeout_s: float, *, max_waiting: int = MAX_WAITING) -> None:
        self._timeout_s = timeout_s
        self._max_waiting = max_waiting
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._ended: OrderedDict[str, None] = OrderedDict()
        self.workers = 0
        """Connected ones; none known counts as one that may come."""
        self.ignored: Counter[Late] = Counter()

    @property
    def open_jobs(self) -> tuple[str, ...]:
        """The ids of what has not ended, oldest first."""
        return tuple(self._jobs)

    def request(self, now: float, request: RenderRequest, on_end: OnEnd | None = None) -> list[Action]:
        """A new job. Raises WorkRefused for one that cannot be done or whose id was used before."""
        check_request(request)
        if request.request_id in self._jobs or request.request_id in self._ended:
            raise WorkRefused("this request id was used before: each request needs a fresh one")
        actions = self._end_all("cleared by a newer request") if request.clear_queue else []
        if sum(not job.sent for job in self._jobs.values()) >= self._max_waiting:
            raise WorkRefused(f"{self._max_waiting} requests wait already")
        self._jobs[request.request_id] = _Job(request, now + self._timeout_s, on_end)
        return [*actions, *self._next(now)]

    def unsent(self, request_id: str) -> None:
        """A push did not go out: the job waits on, and its time goes on."""
        if request_id in self._jobs:
            self._jobs[request_id].answered_by = None

    def connected(self, now: float, workers: int) -> list[Action]:
        """So many workers are connected now."""
        self.workers = workers
        if not workers:
            for job in self._jobs.values():
                if job.answered_by is not None:
                    job.answered_by = min(job.answered_by, now + LAST_WORDS_S)
        return self._next(now)

    def answered(self, now: float, message: MessageBase) -> list[Action]:
        """A result, or an Alert, came; the first one ends its job, anything else is counted."""
        request_id = getattr(message, "request_id", None)
        if not isinstance(request_id, str) or request_id not in self._jobs:
            self.ignored[Late.ENDED if request_id in self._ended else Late.UNKNOWN] += 1
            return []
        return [self._end(request_id, message), *self._next(now)]

    def cancel(self, now: float, request_id: str, reason: str = "cancelled") -> list[Action]:
        """End a job by its id; its worker cannot be told, a later result is ignored."""
        if request_id not in self._jobs:
            return []
        return [self._fail(request_id, reason), *self._next(now)]

    def withdraw_waiting(self) -> list[RenderRequest]:
        """Forget, without a word, what no worker was given yet, and return it: somebody else will do it."""
        waiting = [job.request for job in self._jobs.values() if not job.sent]
        for request in waiting:
            del self._jobs[request.request_id]
        return waiting

    def tick(self, now: float) -> list[Action]:
        """Time passed: silence is failure."""
        late = [request_id for request_id, job in self._jobs.items() if now >= job.deadline]
        ends: list[Action] = [self._fail(request_id, self._silence(request_id)) for request_id in late]
        return [*ends, *self._next(now)]

    def _silence(self, request_id: str) -> str:
        who = "no foreign worker answered" if self._jobs[request_id].sent else "no foreign worker took it"
        return f"{who} within {self._timeout_s:g} s"

    def _next(self, now: float) -> list[Action]:
        """Requests for as many workers as are free."""
        free = max(1, self.workers) - sum(job.sent for job in self._jobs.values())
        waiting = [job for job in self._jobs.values() if not job.sent][: max(0, free)]
        for job in waiting:
            job.answered_by = now + self._timeout_s
        return [Push(job.request) for job in waiting]

    def _end_all(self, reason: str) -> list[Action]:
        return [self._fail(request_id, reason) for request_id in tuple(self._jobs)]

    def _fail(self, request_id: str, reason: str) -> End:
        return self._end(request_id, Alert(request_id=request_id, severity="error", message=reason))

    def _end(self, request_id: str, message: MessageBase) -> End:
        job = self._jobs.pop(request_id)
        self._ended[request_id] = None
        if len(self._ended) > MAX_REMEMBERED:
            self._ended.popitem(last=False)
        return End(message, job.on_end)
