"""Who is there and who paints what: presence, leases, deadlines as one pure state; knows no sockets, threads or clock.

Each method takes the time in seconds and returns what is to be done. A job ends once: RenderDone or RenderGaveUp.
"""

from collections import Counter, OrderedDict, deque
from typing import Final

from textcraft_bus.channel.facts import (
    Fact,
    PeerBeat,
    PeerLost,
    PeerSeen,
    RenderDone,
    RenderGaveUp,
    RenderProgressed,
    RenderRetried,
    RenderStarted,
)
from textcraft_bus.channel.jobs import Action, Ignored, Job, Peer, Send, Tell, Welcome
from textcraft_bus.channel.messages import (
    CancelRender,
    Heartbeat,
    ImageReady,
    PeerName,
    RenderAccepted,
    RenderFailed,
    RenderProgress,
    RenderRequest,
    RequestId,
    Role,
    ServiceHello,
)
from textcraft_bus.channel.timing import Timing
from textcraft_bus.constants import MAX_ATTEMPTS

MAX_WAITING: Final = 64
STALE_SHARE: Final = 0.25
"""A job that waited for this share of its deadline lets newer ones pass: whoever paints slower than others ask would
else begin each picture just before its deadline, and finish none."""
MAX_PEERS: Final = 256
MAX_REMEMBERED: Final = 4_096
"""Ended jobs whose late results are told apart from unknown ones."""


class Dispatcher:
    """The state of the addressed channel, on the core's side."""

    def __init__(self, timing: Timing | None = None, *, max_waiting: int = MAX_WAITING) -> None:
        self._timing = timing or Timing()
        self._max_waiting = max_waiting
        self._peers: dict[PeerName, Peer] = {}
        self._jobs: dict[RequestId, Job] = {}
        self._waiting: deque[RequestId] = deque()
        self._ended: OrderedDict[RequestId, None] = OrderedDict()
        self._ticked: float | None = None
        self.ignored: Counter[Ignored] = Counter()

    # --- presence -------------------------------------------------------------------------------------------------

    @property
    def peers(self) -> tuple[PeerName, ...]:
        """The services that said hello and were not lost since."""
        return tuple(self._peers)

    def knows(self, peer: PeerName) -> bool:
        """Whether a message of this peer may have any effect."""
        return peer in self._peers

    def hello(self, now: float, peer: PeerName, hello: ServiceHello) -> list[Action]:
        """A service presents itself, for the first time, once more, or after a new start."""
        known = self._peers.get(peer)
        if known is not None and known.is_same(hello):
            known.meet(now, hello)
            return [Welcome(peer, known.accepted(self._jobs)), *self._ask_again(known), *self._lease(now)]
        if known is None and len(self._peers) >= MAX_PEERS:
            return self._ignore(Ignored.TOO_MANY_PEERS)
        actions = self._lose(now, known, f"{peer} started anew") if known else []
        self._peers[peer] = Peer(peer, hello, now)
        return [*actions, Welcome(peer, ()), Tell(PeerSeen(peer, hello)), *self._lease(now)]

    def beat(self, now: float, peer: PeerName, beat: Heartbeat) -> list[Action]:
        """A heartbeat came."""
        if peer not in self._peers:
            return self._ignore(Ignored.NO_HELLO)
        return [Tell(PeerBeat(peer, beat)), *self.heard(now, peer)]

    def heard(self, now: float, peer: PeerName) -> list[Action]:
        """Anything valid came from this peer: it lives, and may be given jobs again."""
        known = self._peers.get(peer)
        if known is None:
            return []
        known.heard_at = now
        was_reachable, known.reachable = known.reachable, True
        return [] if was_reachable else self._lease(now)

    def bye(self, now: float, peer: PeerName) -> list[Action]:
        """A service ends by itself: its jobs go to others at once."""
        known = self._peers.get(peer)
        if known is None:
            return self._ignore(Ignored.NO_HELLO)
        known.heard_at = now
        return [*self._lose(now, known, f"{peer} ended"), *self._lease(now)]

    def unreachable(self, now: float, peer: PeerName, request_id: RequestId) -> list[Action]:
        """A job could not be sent: it was never begun there, so the attempt does not count."""
        known, job = self._peers.get(peer), self._jobs.get(request_id)
        if known is None:
            return []
        known.reachable = False
        if job is not None and job.worker == peer:
            self._free(job)
            job.tried.discard(peer)
            job.attempt -= 1
            self._waiting.appendleft(request_id)
        return self._lease(now)

    def tick(self, now: float) -> list[Action]:
        """Time passed: silent peers are lost, jobs beyond their deadline end."""
        self._forgive_own_stall(now)
        actions: list[Action] = []
        for peer in [peer for peer in self._peers.values() if now - peer.heard_at >= self._timing.lease_s]:
            actions += self._lose(now, peer, f"{peer.name} was lost")
        for job in [job for job in self._jobs.values() if now >= job.deadline]:
            actions += self._expire(job)
        for job in [job for job in self._jobs.values() if self._is_hopeless(now, job)]:
            actions += self._give_up(job, f"no image server paints with {job.request.generator}")
        return [*actions, *self._lease(now)]

    # --- jobs -----------------------------------------------------------------------------------------------------

    @property
    def open_jobs(self) -> tuple[RequestId, ...]:
        """The jobs that have not ended, oldest first."""
        return tuple(self._jobs)

    @property
    def has_image_servers(self) -> bool:
        """Whether one of ours is there, busy or not."""
        return any(peer.role is Role.IMAGE_SERVER for peer in self._peers.values())

    def reclaim(self) -> list[RenderRequest]:
        """Forget, without a word, the jobs no server was ever given, and return them: somebody else will do them."""
        jobs = [self._jobs[request_id] for request_id in self._waiting if not self._jobs[request_id].tried]
        for job in jobs:
            del self._jobs[job.id]
            self._waiting.remove(job.id)
        return [job.request for job in jobs]

    def request(self, now: float, request: RenderRequest) -> list[Action]:
        """A new job; a request id that was used before is ignored, as its end was or will be told already."""
        request_id = RequestId(request.request_id)
        if request_id in self._jobs or request_id in self._ended:
            return self._ignore(Ignored.ID_USED_BEFORE)
        actions = self._clear() if request.clear_queue else []
        self._jobs[request_id] = Job(request, now, now + self._timing.job_s)
        self._waiting.append(request_id)
        actions += self._lease(now)
        if len(self._waiting) > self._max_waiting:
            last = self._by_age(now)[-1]
            actions += self._give_up(self._jobs[last], f"{self._max_waiting} pictures wait already")
        return actions

    def cancel(self, now: float, request_id: RequestId, reason: str = "cancelled") -> list[Action]:
        """End a job by its id; the worker is told."""
        job = self._jobs.get(request_id)
        if job is None:
            return self._ignore(self._why_unknown(request_id))
        return [*self._withdraw(job), *self._give_up(job, reason), *self._lease(now)]

    def allow(self, now: float, request_id: RequestId, usd: float) -> list[Action]:
        """More was set aside for each attempt of a job: dearer workers may have it now."""
        job = self._jobs.get(request_id)
        if job is None:
            return self._ignore(self._why_unknown(request_id))
        job.request = job.request.model_copy(update={"budget": usd})
        return self._lease(now)

    def accepted(self, now: float, peer: PeerName, message: RenderAccepted) -> list[Action]:
        """A worker has the job."""
        job = self._leased(peer, RequestId(message.request_id), message.attempt)
        if job is None or job.accepted:
            return self.heard(now, peer)
        job.accepted = True
        started = RenderStarted(RequestId(message.request_id), peer, job.attempt)
        return [Tell(started), *self.heard(now, peer)]

    def progress(self, now: float, peer: PeerName, message: RenderProgress) -> list[Action]:
        """A worker tells how far it is."""
        job = self._leased(peer, RequestId(message.request_id), message.attempt)
        told: list[Action] = (
            [Tell(RenderProgressed(RequestId(message.request_id), message.fraction))] if job is not None else []
        )
        return [*told, *self.heard(now, peer)]

    def ready(self, now: float, peer: PeerName, message: ImageReady) -> list[Action]:
        """A result: the first one wins, from whichever worker the job was ever given to."""
        request_id = RequestId(message.request_id)
        self._answered(peer)
        job = self._jobs.get(request_id)
        if job is None or peer not in job.tried:
            self.ignored[self._why_unknown(request_id)] += 1
            return self.heard(now, peer)
        if job.worker != peer:
            job.unseen -= 1  # an attempt that was given up answers after all
        others = [] if job.worker == peer else self._withdraw(job)
        told = self._end(job, RenderDone(request_id, message, job.unseen, job.cost))
        return [*told, *others, *self.heard(now, peer), *self._lease(now)]

    def failed(self, now: float, peer: PeerName, message: RenderFailed) -> list[Action]:
        """A worker could not do the job."""
        self._answered(peer)
        job = self._leased(peer, RequestId(message.request_id), message.attempt)
        if job is None:
            self.ignored[self._why_unknown(RequestId(message.request_id))] += 1
            return self.heard(now, peer)
        job.cost += message.cost
        told = self._retry(job, message.reason) if message.retryable else self._give_up(job, message.reason)
        return [*told, *self.heard(now, peer), *self._lease(now)]

    def unsendable(self, now: float, request_id: RequestId, reason: str) -> list[Action]:
        """A job that cannot be written as a message ends here."""
        job = self._jobs.get(request_id)
        return [*self._give_up(job, reason), *self._lease(now)] if job else []

    # --- inside ---------------------------------------------------------------------------------------------------

    def _ignore(self, why: Ignored) -> list[Action]:
        self.ignored[why] += 1
        return []

    def _why_unknown(self, request_id: RequestId) -> Ignored:
        late = request_id in self._ended or request_id in self._jobs
        return Ignored.LATE_OR_DOUBLE if late else Ignored.UNKNOWN_JOB

    def _forgive_own_stall(self, now: float) -> None:
        """While this process was stopped it heard nobody: that silence was its own."""
        gap = now - self._ticked if self._ticked is not None else 0.0
        self._ticked = now
        if gap > self._timing.lease_s / 2:
            for peer in self._peers.values():
                peer.heard_at = max(peer.heard_at, min(now, peer.heard_at + gap))
            for job in self._jobs.values():  # nobody painted meanwhile either: an early end would have it painted twice
                job.deadline += gap

    def _leased(self, peer: PeerName, request_id: RequestId, attempt: int) -> Job | None:
        job = self._jobs.get(request_id)
        return job if job is not None and job.worker == peer and job.attempt == attempt else None

    def _answered(self, peer: PeerName) -> None:
        if peer in self._peers:
            self._peers[peer].suspect = False

    def _lose(self, now: float, peer: Peer, reason: str) -> list[Action]:
        del self._peers[peer.name]
        actions: list[Action] = [Tell(PeerLost(peer.name, now - peer.heard_at))]
        for job in reversed(self._jobs_of(peer)):  # each goes to the front, so the oldest last
            job.unseen += 1
            actions += self._retry(job, reason)
        return actions

    def _jobs_of(self, peer: Peer) -> list[Job]:
        return sorted((self._jobs[request_id] for request_id in peer.leases), key=lambda job: job.asked_at)

    def _ask_again(self, peer: Peer) -> list[Action]:
        """Jobs whose acceptance was never heard may have been lost with the old connection."""
        return [Send(peer.name, job.message()) for job in self._jobs_of(peer) if not job.accepted]

    def _retry(self, job: Job, reason: str) -> list[Action]:
        if job.attempt >= MAX_ATTEMPTS:
            return self._give_up(job, reason)
        self._free(job)
        self._waiting.appendleft(job.id)
        return [Tell(RenderRetried(job.id, reason, job.attempt + 1))]

    def _expire(self, job: Job) -> list[Action]:
        waited = f"within {self._timing.job_s:g} s"
        worker = self._peers.get(job.worker) if job.worker else None
        if worker is None:
            painter = f" that paints with {job.request.generator}" if job.request.generator else ""
            return self._give_up(job, f"no image server{painter} took it {waited}")
        worker.suspect = True
        return [*self._withdraw(job), *self._give_up(job, f"{worker.name} did not answer {waited}")]

    def _is_hopeless(self, now: float, job: Job) -> bool:
        """Whether a job waits for a backend that none of the servers there has."""
        name = job.request.generator
        if not name or job.worker is not None or now - job.asked_at < self._timing.backend_s:
            return False
        servers = [peer for peer in self._peers.values() if peer.role is Role.IMAGE_SERVER]
        return bool(servers) and all(name not in peer.hello.capabilities for peer in servers)

    def _clear(self) -> list[Action]:
        actions: list[Action] = []
        for job in list(self._jobs.values()):
            actions += [*self._withdraw(job), *self._give_up(job, "cleared by a newer request")]
        return actions

    def _withdraw(self, job: Job) -> list[Action]:
        if job.worker is None:
            return []
        job.unseen += 1
        return [Send(job.worker, CancelRender(request_id=job.id, attempt=job.attempt))]

    def _give_up(self, job: Job, reason: str) -> list[Action]:
        return self._end(job, RenderGaveUp(job.id, reason, job.attempt, job.unseen, job.cost))

    def _end(self, job: Job, fact: Fact) -> list[Action]:
        self._free(job)
        del self._jobs[job.id]
        if job.id in self._waiting:
            self._waiting.remove(job.id)
        self._ended[job.id] = None
        if len(self._ended) > MAX_REMEMBERED:
            self._ended.popitem(last=False)
        return [Tell(fact)]

    def _free(self, job: Job) -> None:
        worker = self._peers.get(job.worker) if job.worker else None
        if worker is not None:
            worker.leases.discard(job.id)
        job.worker = None
        job.accepted = False

    def _lease(self, now: float) -> list[Action]:
        """Give waiting jobs to idle workers; a job that needs another worker lets others pass."""
        actions: list[Action] = []
        for request_id in self._by_age(now) if self._waiting else ():
            worker = self._worker_for(self._jobs[request_id])
            if worker is not None:
                self._waiting.remove(request_id)
                actions.append(self._give(now, self._jobs[request_id], worker))
        return actions

    def _by_age(self, now: float) -> list[RequestId]:
        """Those that wait, oldest first; after them those that waited for long, the newest of these first."""
        stale = now - STALE_SHARE * self._timing.job_s
        fresh = [waiting for waiting in self._waiting if self._jobs[waiting].asked_at > stale]
        late = [waiting for waiting in self._waiting if self._jobs[waiting].asked_at <= stale]
        return [*fresh, *sorted(late, key=lambda waiting: -self._jobs[waiting].asked_at)]

    def _worker_for(self, job: Job) -> Peer | None:
        """A trusted worker before one that let a deadline pass, the one longest without a job first.

        A second attempt goes to another worker, unless none is there.
        """
        servers = (peer for peer in self._peers.values() if peer.role is Role.IMAGE_SERVER)
        workers = [peer for peer in servers if peer.paints(job.request)]
        fresh = [peer for peer in workers if peer.name not in job.tried]
        idle = [peer for peer in fresh or workers if peer.is_idle]
        return min(idle, key=lambda peer: (peer.suspect, peer.given_at), default=None)

    def _give(self, now: float, job: Job, worker: Peer) -> Send:
        job.worker = worker.name
        job.attempt += 1
        job.tried.add(worker.name)
        worker.leases.add(job.id)
        worker.given_at = now
        return Send(worker.name, job.message())
