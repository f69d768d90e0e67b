"""Carries out OSC orders through the facade: finds what they name in the state, then asks.

Fires nothing the facade would not: its rules and the stage's own refusals are heard like those of a button.
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from textcraft_core import commands as cmd
from textcraft_gui.remote.addresses import Order
from textcraft_gui.remote.arguments import Value
from textcraft_gui.remote.finder import Finder, NotFound
from textcraft_gui.remote.orders import MADE, Bible, Orders
from textcraft_gui.remote.pending import Pending
from textcraft_gui.remote.table import Kind
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.verbs.reasons import no_take_of
from textcraft_gui.verbs.verb import Verb

Deed = Callable[[], object]
BARE: Final[dict[Verb, Callable[[], cmd.Command]]] = {
    Verb.START_PARKED: cmd.StartParked,
    Verb.STOP_TRIAL: cmd.StopTrial,
    Verb.CANCEL_BENCH_WORK: cmd.CancelBenchWork,
    Verb.LEAVE_REPLAY: cmd.LeaveReplay,
    Verb.CANCEL_BUNDLE: cmd.CancelBundle,
}
"""Presses that have a control of their own in some page, and no action."""


class Deeds:
    """One for a remote; `how` is what the journal calls it, `now` gives monotonic seconds."""

    def __init__(
        self, verbs: Verbs, state: ShowState, how: str, files: Callable[[], Bible], now: Callable[[], float]
    ) -> None:
        self._verbs, self._state, self._how = verbs, state, how
        self._pictures = PictureVerbs(verbs, state)
        self._orders = Orders(Finder(state), files, Pending(now))

    def do(self, order: Order) -> None:
        """Carry it out now; what is not there is refused, and told."""
        if deed := self.prepare(order):
            deed()

    def prepare(self, order: Order) -> Deed | None:
        """Find what is named now and return what to do with it, for a hand that holds; None: refused, and told."""
        verb = order.address.verb
        try:
            if order.address.name == "take_picture":
                return self._take(order.values[0])
            refused = self._verbs.availability(verb)
            if isinstance(refused, Refused) and order.down is None:  # what is held may work when it has been
                raise NotFound(refused.reason)
            return self._deed(order)
        except NotFound as why:
            self._verbs.on_refused(verb, str(why))
            return None

    def _deed(self, order: Order) -> Deed:
        address, verbs, how = order.address, self._verbs, self._how
        if address.name in MADE:
            return partial(verbs.ask, address.verb, *self._orders.commands(address.name, order.values), how=how)
        if address.kind is Kind.SWITCH:
            return partial(verbs.switch, address.verb, how, on=bool(order.values[0]))
        if address.verb is Verb.NUDGE:
            return partial(verbs.nudge, str(order.values[0]), how=how)
        if address.verb is Verb.UNDO:
            return partial(self._pictures.undo, how=how)
        if address.verb in BARE:
            return partial(verbs.ask, address.verb, BARE[address.verb](), how=how)
        return partial(verbs.fire, address.verb, how)

    def _take(self, which: Value) -> Deed:
        """Put one picture into NEXT and onto the walls, under the rules of TAKE."""
        request_id = self._orders.find.picture(which)
        if request_id == self._state.next_id:
            return partial(self._verbs.fire, Verb.TAKE, self._how)
        if reason := no_take_of(self._state, self._state.candidates.get(request_id)):
            raise NotFound(reason)
        return partial(self._verbs.ask, Verb.STAGE, cmd.Stage(request_id=request_id), cmd.Take(), how=self._how)
