"""Asks the Architect until a plan can be carried out, and holds it to the operator's orders; dispatches nothing."""

from typing import Any, Final

from textcraft_core.ai_services import service
from textcraft_core.ai_services.client import BrainError, BrainFault
from textcraft_core.ai_services.runtime import Emit
from textcraft_core.engine.decisions import Action, DecisionPayload
from textcraft_core.engine.desk import Desk
from textcraft_core.engine.planning import Plan, Source, settle
from textcraft_core.engine.situation import Orders, Situation, planning_context
from textcraft_core.errors import DecisionError, EngineError
from textcraft_core.events import DecisionRejected

DEFAULT_ROLE: Final = "narrator"
NEEDED: Final = frozenset({"narrator", "editor"})


class Planner:
    """Makes the plan of one cycle."""

    def __init__(self, desk: Desk, situation: Situation, emit: Emit) -> None:
        self._desk = desk
        self._situation = situation
        self._emit = emit
        self._roles = frozenset(desk.bible.personas())

    async def ask(self) -> Plan:
        """Return the Architect's plan; raise DecisionError when none of its answers can be used.

        A forced target is enforced: against an Architect that cannot plan at all, the order itself is the plan.
        """
        rejected: tuple[str, ...] = ()
        turns = 0
        for attempt in range(self._desk.options.plan_attempts):
            report = await self._report(rejected, turns)
            turns += int(report["turns"])
            try:
                return self._plan(report)
            except DecisionError as refusal:
                rejected = (*rejected, str(refusal))
                cycle = self._situation.cycle
                self._emit(DecisionRejected(cycle=cycle, attempt=attempt, reason=str(refusal)))
        return self._last_resort(rejected)

    def settle(self, decision: DecisionPayload, source: Source) -> Plan:
        """Return what a decision comes to; raise DecisionError when it cannot be carried out.

        Raises PersonaError, with what to do, when the role is one no show can do without but its persona is unusable.
        """
        if decision.assigned_agent in NEEDED - self._roles:
            self._desk.bible.persona(decision.assigned_agent)
        return settle(
            decision,
            matrix=self._situation.matrix,
            following=self._situation.following,
            roles=self._roles,
            protected=self._desk.book.protected,
            source=source,
        )

    async def _report(self, rejected: tuple[str, ...], turns: int) -> dict[str, Any]:
        orders, cycle = self._situation.orders, self._situation.cycle
        task = {
            "task_id": f"c{cycle}-architect",
            "assigned_agent": "architect",
            "action_type": "plan",
            "target_file": orders.target if orders else "",
            "instructions": orders.instruction if orders else "",
            "characters": [],
        }
        context = planning_context(self._situation, rejected, turns)
        report = await service("architect")(task, context, runtime=self._desk.runtime(cycle, self._emit))
        raise_failure(report, "architect")
        return report

    def _plan(self, report: dict[str, Any]) -> Plan:
        if "decision" not in report:
            raise DecisionError(report["rejected"])
        decision = DecisionPayload.model_validate(report["decision"])
        orders = self._situation.orders
        if orders is None or not orders.target:
            return self.settle(decision, "architect")
        return self._obey(decision, orders)

    def _obey(self, decision: DecisionPayload, orders: Orders) -> Plan:
        """Hold a decision to the forced target; an Architect that would do something else is overruled."""
        forced = decision.model_copy(update={"target_file": orders.target})
        if not decision.dispatches:
            forced = forced.model_copy(update={"action_type": Action.GENERATE, "assigned_agent": DEFAULT_ROLE})
        plan = self.settle(forced, "architect")
        followed = decision.dispatches and self._place(decision) == plan.target
        return plan if followed else self.settle(forced, "operator")

    def _place(self, decision: DecisionPayload) -> str:
        try:
            return self.settle(decision, "architect").target
        except DecisionError:
            return ""

    def _last_resort(self, rejected: tuple[str, ...]) -> Plan:
        orders = self._situation.orders
        if orders is None or not orders.target:
            raise DecisionError(f"no usable plan in {len(rejected)} attempts: {rejected[-1]}")
        ordered = DecisionPayload(
            action_type=Action.GENERATE,
            target_file=orders.target,
            assigned_agent=DEFAULT_ROLE,
            context_notes=orders.instruction,
        )
        return self.settle(ordered, "operator")


def raise_failure(report: dict[str, Any], role: str) -> None:
    """Raise what ended a service, if its report says so: BrainError for a brain's fault, else EngineError."""
    if report["status"] != "error":
        return
    message, fault = str(report["message"]), str(report.get("fault", ""))
    if fault in set(BrainFault):
        raise BrainError(BrainFault(fault), f"{role}: {message}")
    raise EngineError(message)
