"""One cycle: SCAN, PLAN, DISPATCH, EXECUTE, VERIFY; knows nothing of RUN, pauses or what follows a failure."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from textcraft_bus.records import dataclass
from textcraft_core.ai_services import service
from textcraft_core.engine.book import with_facts, with_task
from textcraft_core.engine.decisions import Action
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.illustrations import Illustrations
from textcraft_core.engine.planner import Planner, raise_failure
from textcraft_core.engine.planning import Plan, is_complete
from textcraft_core.engine.situation import Orders, Situation, passage, service_context
from textcraft_core.engine.verdicts import failed, passed
from textcraft_core.errors import DecisionError
from textcraft_core.events import (
    ChapterLocked,
    ChapterOpened,
    DecisionMade,
    Event,
    FactRemembered,
    InputDone,
    InputUsed,
    OrderCarriedOut,
    OrdersTaken,
    Phase,
    PhaseEntered,
    ReportReturned,
    ScanFinished,
    TaskDispatched,
    VerdictGiven,
    Warned,
)
from textcraft_core.options import AfterComplete
from textcraft_core.scanner import chapter_id
from textcraft_core.show.matrix import ActiveTask, Entry, Matrix
from textcraft_core.show.touched import touched

CRITIC: Final = "critic"


@dataclass(frozen=True, slots=True)
class CycleEnd:
    """How a cycle ended: ids that changed, whether work was dispatched, what was planned, and if the book is done."""

    changed: tuple[str, ...] = ()
    dispatched: bool = False
    action: Action | None = None
    notes: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Dispatched:
    """A task on its way: its payload, and the target's text before it."""

    plan: Plan
    task: dict[str, Any]
    before: str
    matrix: Matrix


class Cycle:
    """One turn of the engine, run once. `phase` is where it is, `changed` what its work changed, None before VERIFY."""

    def __init__(self, desk: Desk, illustrations: Illustrations, number: int) -> None:
        self.number = number
        self.phase = Phase.SCAN
        self.changed: tuple[str, ...] | None = None
        self._desk = desk
        self._illustrations = illustrations
        self._standing = desk.standing.copy()
        self._facts: dict[str, tuple[str, ...]] = {}
        self._active = False
        self._told: Mapping[str, str] = {}

    async def run(self) -> CycleEnd:
        """Run the phases; raise what ended them. Follow a failure or a cancel with `abandon`."""
        await self._scan()
        situation = self._situation()
        if self._is_over(situation):
            return CycleEnd(complete=True)
        plan, situation = await self._plan(situation)
        if not plan.dispatches:
            await self._desk.book.save()
            return CycleEnd(action=plan.action, notes=plan.notes)
        sent = await self._dispatch(plan, situation)
        report = await self._execute(sent, situation)
        after = await self._verify(sent, report)
        raise_failure(report, plan.role)
        self._close_input()
        self._illustrate(sent, after, report, situation)
        return CycleEnd(self.changed or (), dispatched=True, action=plan.action)

    async def abandon(self) -> None:
        """Put down what a cycle that failed or was stopped had in hand; the files stay as they are."""
        if self._active:
            self._desk.book.change(with_task(None))
        self._keep_facts()
        await self._desk.book.save_changes()
        self._desk.book.tell()

    # SCAN

    async def _scan(self) -> None:
        self._enter(Phase.SCAN)
        book = self._desk.book
        look = await book.scan()
        for warned in self._desk.bible.take_warnings():
            self._emit(warned)
        for problem in look.problems:
            self._emit(Warned(text=problem, source="scan"))
        self._emit(ScanFinished(cycle=self.number, chapters=look.chapters, words=look.words, seconds=look.seconds))
        book.tell()
        self._told = await self._desk.summaries()

    def _situation(self) -> Situation:
        return self._desk.situation(self.number, self._standing.orders, self._told)

    def _is_over(self, situation: Situation) -> bool:
        """Whether the book is done and nothing else is to follow; an order of the operator still counts."""
        goes_on = self._desk.options.after_complete is AfterComplete.CONTINUE
        if goes_on or self._standing.orders or self._standing.assigned:
            return False
        return is_complete(situation.survey, situation.following)

    # PLAN

    async def _plan(self, situation: Situation) -> tuple[Plan, Situation]:
        self._enter(Phase.PLAN, "architect")
        standing = self._standing
        if standing.recovered is not None or standing.assigned is not None:
            # A plan that was made already is carried out as it stands: an order waits for the next one to be made.
            standing.orders = None
            situation = self._situation()
        self._tell_orders()
        if standing.recovered is not None:
            plan = standing.recovered
        elif standing.assigned is not None:
            plan = self._settle_assigned(situation)
        else:
            await self._take_input()
            situation = self._situation()
            plan = await Planner(self._desk, situation, self._take).ask()
        self._emit(_decision(self.number, plan))
        if not plan.dispatches and standing.assigned is not None:
            self._desk.standing.carried_out(standing)
        return plan, situation

    def _tell_orders(self) -> None:
        """Leave on record what this plan was told beside the book, wherever it came from."""
        standing, room = self._standing, self._desk.standing.room
        if standing.orders is None and standing.assigned is None and not room:
            return
        orders = standing.orders or Orders("")
        self._emit(
            OrdersTaken(
                cycle=self.number,
                instruction=orders.instruction,
                target=orders.target,
                source=orders.source,
                wanted=orders.wanted,
                assigned=None if standing.assigned is None else standing.assigned.model_dump(mode="json"),
                room=dict(room),
            )
        )

    def _settle_assigned(self, situation: Situation) -> Plan:
        """Return the operator's plan; one that cannot be carried out is dropped, or it would fail for ever."""
        assigned = self._standing.assigned
        if assigned is None:
            raise DecisionError("no plan was assigned")
        try:
            return Planner(self._desk, situation, self._take).settle(assigned, "operator")
        except DecisionError:
            self._desk.standing.carried_out(self._standing)
            raise

    async def _take_input(self) -> None:
        async with self._desk.queue_turn:
            for line in self._desk.queue.next_lines(self._desk.options.operator_chars):
                await self._desk.commit(InputUsed(input_id=line.id, cycle=self.number))

    def _close_input(self) -> None:
        for line in self._desk.queue.used_in(self.number):
            self._emit(InputDone(input_id=line.id, cycle=self.number))

    # DISPATCH

    async def _dispatch(self, plan: Plan, situation: Situation) -> Dispatched:
        self._enter(Phase.DISPATCH, plan.role, plan.target)
        before = await self._desk.read(plan.target)
        task = self._payload(plan, situation)
        self._active = True
        self._desk.book.change(with_task(_active_task(task, before, self.number)))
        await self._desk.book.save()
        dispatched = TaskDispatched(
            cycle=self.number, task_id=task["task_id"], role=plan.role, target=plan.target, action=plan.action
        )
        await self._desk.commit(dispatched)
        self._desk.standing.carried_out(self._standing)
        self._tell_order(situation.orders)
        return Dispatched(plan, task, before, self._desk.book.matrix)

    def _tell_order(self, orders: Orders | None) -> None:
        if orders is not None:
            self._emit(
                OrderCarriedOut(
                    instruction=orders.instruction, wanted=orders.wanted, source=orders.source, cycle=self.number
                )
            )

    def _payload(self, plan: Plan, situation: Situation) -> dict[str, Any]:
        orders = situation.orders
        instructions = plan.notes
        if orders is not None and orders.instruction not in instructions:
            instructions = "\n".join(filter(None, (instructions, orders.instruction)))
        return {
            "task_id": f"c{self.number}-{plan.role}-{plan.chapter_id}",
            "assigned_agent": plan.role,
            "action_type": str(plan.action),
            "target_file": plan.target,
            "instructions": instructions,
            "characters": list(plan.characters),
        }

    # EXECUTE

    async def _execute(self, sent: Dispatched, situation: Situation) -> dict[str, Any]:
        plan = sent.plan
        self._enter(Phase.EXECUTE, plan.role, plan.target)
        context = service_context(situation, plan, sent.before)
        runtime = self._desk.runtime(self.number, self._take)
        report = await service(plan.role)(sent.task, context, runtime=runtime)
        self._emit(
            ReportReturned(
                cycle=self.number,
                role=plan.role,
                status=report["status"],
                modified=tuple(report["modified"]),
                cost=report["cost"],
                message=str(report["message"])[:2000],
            )
        )
        return report

    # VERIFY

    async def _verify(self, sent: Dispatched, report: Mapping[str, Any]) -> str:
        """Scan, let the verdict count, save, and tell; return the target's text now."""
        plan = sent.plan
        self._enter(Phase.VERIFY, plan.role, plan.target)
        book = self._desk.book
        look = await book.scan(again=True)
        after = await self._desk.read(plan.target) if report["modified"] else sent.before
        verdict = self._verdict(sent, report)
        book.change(with_task(None))
        self._active = False
        self._keep_facts()
        await book.save()
        book.tell()
        for problem in look.problems:
            self._emit(Warned(text=problem, source="scan"))
        self.changed = _changes(sent, book.matrix, rewritten=after != sent.before)
        self._tell_outcome(sent, verdict, report)
        return after

    def _verdict(self, sent: Dispatched, report: Mapping[str, Any]) -> VerdictGiven | None:
        if "verdict" not in report or report["status"] == "error":
            return None
        chapter, notes = sent.plan.chapter_id, tuple(report["notes"])
        if report["verdict"] == "PASS":
            self._desk.book.change(passed(chapter))
        elif report["verdict"] == "FAIL":
            self._desk.book.change(failed(chapter, notes))
        return VerdictGiven(cycle=self.number, chapter_id=chapter, verdict=report["verdict"], notes=notes)

    def _tell_outcome(self, sent: Dispatched, verdict: VerdictGiven | None, report: Mapping[str, Any]) -> None:
        matrix = self._desk.book.matrix
        for name in matrix.content.keys() - sent.matrix.content.keys():
            entry = matrix.content[name]
            self._emit(ChapterOpened(chapter_id=name, path=entry.path, title=entry.title))
        if verdict is not None:
            self._emit(verdict)
        if verdict is not None and verdict.verdict == "PASS":
            self._emit(ChapterLocked(chapter_id=verdict.chapter_id, locked=True, by=sent.plan.role))
        self._compare(report)

    def _compare(self, report: Mapping[str, Any]) -> None:
        """Say what changed on disk without being reported, and the other way round."""
        reported = {chapter_id(name.rpartition("/")[2]) for name in report["modified"] if not name.startswith("data/")}
        found = set(self.changed or ())
        for name in sorted(found - reported) if "verdict" not in report else ():
            self._emit(Warned(text=f"{name} changed on disk, but no service reported it", source="verify"))
        for name in sorted(reported - found):
            self._emit(Warned(text=f"{name} was reported as written, but it is as before", source="verify"))

    # ILLUSTRATE

    def _illustrate(self, sent: Dispatched, after: str, report: Mapping[str, Any], situation: Situation) -> None:
        plan = sent.plan
        if "picture" in report:
            self._illustrations.request(self.number, plan.target, report["picture"])
            return
        if after == sent.before or self._is_critic(plan.role) or not self._illustrations.wanted:
            return
        task = {**sent.task, "task_id": f"c{self.number}-illustrator-{plan.chapter_id}", "action_type": "illustrate"}
        task["assigned_agent"] = "illustrator"
        context = service_context(situation, plan, after)
        context["passage"] = {"text": passage(sent.before, after, self._desk.options.text_chars)}
        self._illustrations.start(self.number, task, context)

    def _is_critic(self, role: str) -> bool:
        return self._desk.bible.persona(role).role_type.lower() == CRITIC

    # Telling

    def _enter(self, phase: Phase, role: str = "", target: str = "") -> None:
        self.phase = phase
        self._emit(PhaseEntered(cycle=self.number, phase=phase, role=role, target=target))

    def _emit(self, event: Event) -> None:
        self._desk.stream.emit(event)

    def _take(self, event: Event) -> None:
        """Emit what a service tells; a fact is also kept for the matrix, under the chapter's id."""
        if isinstance(event, FactRemembered):
            event = event.model_copy(update={"chapter_id": self._id_of(event.chapter_id)})
            self._facts[event.chapter_id] = (*self._facts.get(event.chapter_id, ()), event.fact)
        self._emit(event)

    def _id_of(self, target: str) -> str:
        known = self._desk.book.matrix.resolve(target)
        return known if known is not None else chapter_id(target.rpartition("/")[2])

    def _keep_facts(self) -> None:
        if self._facts:
            self._desk.book.change(with_facts(self._facts))
            self._facts = {}


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text, by which a task in hand knows whether it was done already."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _decision(cycle: int, plan: Plan) -> DecisionMade:
    return DecisionMade(
        cycle=cycle,
        action=plan.action,
        role=plan.role,
        target=plan.target,
        notes=plan.notes,
        characters=plan.characters,
        source=plan.source,
    )


def _active_task(task: Mapping[str, Any], before: str, cycle: int) -> ActiveTask:
    """Return the task as the matrix keeps it: its usual keys, and what a recovery needs to do the same again."""
    return ActiveTask.model_validate(
        {
            "assigned_to": task["assigned_agent"],
            "target": task["target_file"],
            "action": task["action_type"],
            "task_id": task["task_id"],
            "instructions": task["instructions"],
            "characters": list(task["characters"]),
            "cycle": cycle,
            "before_sha256": fingerprint(before),
        }
    )


def _changes(sent: Dispatched, matrix: Matrix, *, rewritten: bool) -> tuple[str, ...]:
    """Return the ids whose entry says something else than before the task; a mere new date is no change."""
    before, after = sent.matrix.content, matrix.content
    changed = {name for name in touched(before, after) if _says_else(before.get(name), after[name])}
    return tuple(sorted(changed | {sent.plan.chapter_id} if rewritten else changed))


def _says_else(before: Entry | None, after: Entry) -> bool:
    return before is None or before.model_copy(update={"last_modified": after.last_modified}) != after
