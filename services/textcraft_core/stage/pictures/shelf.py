"""CANDIDATES, NEXT and the reserve reel: which pictures wait, and which of them may go up; pure, knows no walls.

Every method changes the state and returns the events that tell of it.
"""

from dataclasses import replace
from typing import Final, Literal

from textcraft_bus.channel.messages import RequestId
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused
from textcraft_core.events import Event
from textcraft_core.stage.walls.playout_state import Candidate, PlayoutState

MAX_CANDIDATES: Final = 12
MAX_REFUSED: Final = 4
"""Pictures the gate refused that stay among the candidates, so that an operator may overrule it."""
WORDS: Final = "words"
"""The gate's check of a caption; the one an edit can change."""


class CandidateShelf:
    """The rules of CANDIDATES and NEXT; the playout adds what they mean for the walls and for AUTO."""

    state: PlayoutState

    def _plan_auto(self) -> list[Event]:
        raise NotImplementedError

    def _may_change_program(self) -> None:
        raise NotImplementedError

    def add(self, candidate: Candidate) -> list[Event]:
        """A picture passed the gate; it is staged when NEXT is empty and it is approved."""
        self.state.candidates[candidate.request_id] = candidate
        return [added(candidate), *self._drop_old(), *self._stage_if_empty()]

    def _drop_old(self) -> list[Event]:
        """The oldest fall out; pictures the gate refused take no place away from good ones."""
        refused = [c for c in self.state.candidates.values() if c.failed]
        good = [c for c in self.state.candidates.values() if not c.failed]
        return [
            *self._drop_beyond(refused, MAX_REFUSED, "older than the newest refused ones"),
            *self._drop_beyond(good, MAX_CANDIDATES, "older than the newest twelve"),
        ]

    def _drop_beyond(self, kept: list[Candidate], most: int, reason: str) -> list[Event]:
        droppable = [c.request_id for c in kept if not c.pinned and c.request_id != self.state.next_id]
        return [self._drop(request_id, reason) for request_id in droppable[: max(0, len(kept) - most)]]

    def _drop(self, request_id: RequestId, reason: str) -> Event:
        del self.state.candidates[request_id]
        return ev.CandidateDropped(request_id=request_id, reason=reason)

    def _waiting(self) -> list[RequestId]:
        return [c.request_id for c in self.state.candidates.values() if c.approved and not c.taken and not c.failed]

    def _stage_if_empty(self) -> list[Event]:
        if self.state.next_id is not None:
            return []
        waiting = self._waiting()
        return self.stage(waiting[0]) if waiting else []

    def stage(self, request_id: str) -> list[Event]:
        """Put an approved candidate into NEXT, or one the gate refused, to be looked at and maybe overruled."""
        candidate = self._known(request_id)
        if not candidate.approved and not candidate.failed:
            raise CommandRefused("This picture waits for approval: approve it first.")
        self.state.next_id = candidate.request_id
        return [ev.NextStaged(request_id=candidate.request_id), *self._plan_auto()]

    def stage_neighbour(self, direction: Literal["next", "previous"]) -> list[Event]:
        """Put the neighbour of the present NEXT among the approved candidates into NEXT."""
        order = [c.request_id for c in self.state.candidates.values() if c.approved and not c.failed]
        if not order:
            raise CommandRefused("No approved picture waits.")
        step = 1 if direction == "next" else -1
        here = order.index(self.state.next_id) if self.state.next_id in order else -step
        return self.stage(order[(here + step) % len(order)])

    def approve(self, request_id: str, by: str = "operator") -> list[Event]:
        """Let a candidate pass by hand."""
        candidate = self._known(request_id)
        if candidate.failed:
            raise CommandRefused("The gate refused this picture: it can only be overruled.")
        self._set(replace(candidate, approved=True))
        return [ev.CandidateApproved(request_id=request_id, by=by), *self._stage_if_empty()]

    def reject(self, request_id: str) -> list[Event]:
        """Take a candidate out; when it stood in NEXT, the next approved one moves up."""
        candidate = self._known(request_id)
        unpinned = self.pin(request_id, False)
        dropped = [*unpinned, self._drop(candidate.request_id, "rejected")]
        if self.state.next_id != candidate.request_id:
            return dropped
        self.state.next_id = None
        return [*dropped, *(self._stage_if_empty() or [ev.NextStaged(request_id=None), *self._plan_auto()])]

    def edit_caption(self, request_id: str, text: str, refusal: str = "") -> list[Event]:
        """Change the words of a candidate; `refusal` says why the gate refuses the new ones."""
        candidate = self._known(request_id)
        others = tuple(check for check in candidate.failed if check != WORDS)
        failed = (*others, WORDS) if refusal else others
        self._set(replace(candidate, caption=text, failed=failed))
        edited = ev.CaptionEdited(request_id=request_id, text=text)
        if failed == candidate.failed and not failed:
            return [edited]
        checks = dict.fromkeys(failed, False) | ({} if refusal else {WORDS: True})
        return [
            edited,
            ev.GateDecided(request_id=request_id, passed=not failed, checks=checks, reason=refusal),
            *self._plan_auto(),
        ]

    def overrule(self, request_id: str, allowed: frozenset[str], *, then_take: bool) -> list[Event]:
        """Let a refused candidate pass. Raises CommandRefused for checks nobody may overrule, before any change."""
        candidate = self._known(request_id)
        if not candidate.failed:
            raise CommandRefused("The gate did not refuse this picture: there is nothing to overrule.")
        if forbidden := [check for check in candidate.failed if check not in allowed]:
            raise CommandRefused(f"The gate's check “{forbidden[0]}” cannot be overruled.")
        if then_take:
            self._may_change_program()
        self._set(replace(candidate, approved=True, failed=()))
        overruled = ev.GateOverruled(request_id=request_id, checks=candidate.failed)
        return [overruled, *(self.stage(request_id) if then_take else self._stage_if_empty() or self._plan_auto())]

    def pin(self, request_id: str, on: bool) -> list[Event]:
        """Pin a candidate, or the picture that is LIVE, to the reserve reel, or let it go; twice tells nothing."""
        reel, known = self.state.reel, self.state.candidates.get(RequestId(request_id))
        if on == (request_id in reel):
            return []
        picture = known or reel.get(RequestId(request_id)) or self._live_candidate(request_id)
        if on and picture.failed:
            raise CommandRefused("The gate refused this picture: it cannot serve in the reserve reel.")
        if known is not None:
            self.state.candidates[known.request_id] = replace(known, pinned=on)
        if on:
            reel[picture.request_id] = replace(picture, pinned=True)
        else:
            del reel[picture.request_id]
        return [pinned(picture, on)]

    def _live_candidate(self, request_id: str) -> Candidate:
        program = self.state.program
        if program is None or program.request_id != request_id:
            raise CommandRefused("This picture is no longer among the candidates.")
        return Candidate(program.request_id, program.picture, program.caption, approved=True, taken=True)

    def _set(self, candidate: Candidate) -> None:
        """Keep a changed candidate, in the reel too when it is pinned."""
        self.state.candidates[candidate.request_id] = candidate
        if candidate.request_id in self.state.reel:
            self.state.reel[candidate.request_id] = candidate

    def _known(self, request_id: str) -> Candidate:
        candidate = self.state.candidates.get(RequestId(request_id))
        if candidate is None:
            raise CommandRefused("This picture is no longer among the candidates.")
        return candidate


def added(candidate: Candidate) -> Event:
    """Tell that a picture joined the candidates."""
    picture = candidate.picture
    return ev.CandidateAdded(
        request_id=candidate.request_id,
        path=picture.uri,
        sha256=picture.sha256,
        caption=candidate.caption,
        approved=candidate.approved,
        width=picture.width,
        height=picture.height,
        mime=picture.mime,
        pinned=candidate.pinned,
        failed=candidate.failed,
        flags=candidate.flags,
    )


def pinned(candidate: Candidate, on: bool) -> Event:
    """Tell that a picture joined the reel or left it."""
    return ev.CandidatePinned(
        request_id=candidate.request_id,
        on=on,
        path=candidate.picture.uri,
        sha256=candidate.picture.sha256,
        caption=candidate.caption,
    )
