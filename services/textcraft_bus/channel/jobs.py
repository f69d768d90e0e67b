"""What the dispatcher keeps of peers and jobs, and what it asks to be done; knows no rules."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from textcraft_bus.channel.facts import Fact
from textcraft_bus.channel.messages import Envelope, PeerName, RenderRequest, RequestId, Role, ServiceHello
from textcraft_bus.records import dataclass


@dataclass(frozen=True, slots=True)
class Send:
    """A message is to go to a peer."""

    peer: PeerName
    message: Envelope


@dataclass(frozen=True, slots=True)
class Tell:
    """The program is to hear a fact."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Welcome:
    """A hello is to be answered with a CoreSnapshot that names these jobs, which the worker has accepted."""

    peer: PeerName
    open_jobs: tuple[RequestId, ...]


Action = Send | Tell | Welcome


class Ignored(StrEnum):
    """Why a valid message or call had no effect; each is counted."""

    NO_HELLO = "no hello before"
    TOO_MANY_PEERS = "too many services"
    ID_USED_BEFORE = "request id used before"
    LATE_OR_DOUBLE = "late or double result"
    UNKNOWN_JOB = "unknown job"


@dataclass(slots=True)
class Peer:
    """A service that said hello; `leases` are the jobs it was given and has not ended."""

    name: PeerName
    hello: ServiceHello
    heard_at: float
    leases: set[RequestId] = field(default_factory=set)
    given_at: float = float("-inf")
    reachable: bool = True
    suspect: bool = False
    """It let a deadline pass without an answer: others come first until it answers anything."""

    @property
    def role(self) -> Role:
        """What kind of service it is."""
        return self.hello.role

    @property
    def is_idle(self) -> bool:
        """Whether it can be given one more job."""
        return self.reachable and len(self.leases) < self.hello.slots

    def paints(self, request: RenderRequest) -> bool:
        """Whether it has the backend a request names, for no more than is set aside for it."""
        hello = self.hello
        if request.generator and request.generator not in hello.capabilities:
            return False
        price = hello.prices.get(request.generator or hello.generator, 0.0)
        return request.budget is None or price <= request.budget

    def is_same(self, hello: ServiceHello) -> bool:
        """Whether this hello comes from the same start of the service; another start has none of its jobs."""
        return (hello.instance, hello.pid) == (self.hello.instance, self.hello.pid)

    def meet(self, now: float, hello: ServiceHello) -> None:
        """It said hello again, maybe over a new connection."""
        self.hello = hello
        self.heard_at = now
        self.reachable = True

    def accepted(self, jobs: Mapping[RequestId, "Job"]) -> tuple[RequestId, ...]:
        """The jobs it said it has."""
        return tuple(sorted(request_id for request_id in self.leases if jobs[request_id].accepted))


@dataclass(slots=True)
class Job:
    """A picture that was asked for; waiting while `worker` is None."""

    request: RenderRequest
    asked_at: float
    deadline: float
    attempt: int = 0
    worker: PeerName | None = None
    accepted: bool = False
    tried: set[PeerName] = field(default_factory=set)
    unseen: int = 0
    """Attempts whose end nobody saw: each may have cost what a picture costs there."""
    cost: float = 0.0
    """USD that attempts without a picture said they cost."""

    @property
    def id(self) -> RequestId:
        """Its request id."""
        return RequestId(self.request.request_id)

    def message(self) -> RenderRequest:
        """The request as this attempt's worker gets it."""
        return self.request.model_copy(update={"attempt": self.attempt, "clear_queue": False})
