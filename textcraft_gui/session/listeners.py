"""Who hears the events of what stands before the operator, in order; knows no event."""

from collections.abc import Callable

from textcraft_core.events import Event
from textcraft_gui.session.ports import Listener


class Listeners:
    """Any number of them; one may go while events are told."""

    def __init__(self) -> None:
        self._listeners: dict[object, Listener] = {}

    def add(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each event from now on; the result ends that, and may be called twice."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._forget(key)

    def _forget(self, key: object) -> None:
        self._listeners.pop(key, None)

    def tell(self, event: Event) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners.values()):
            listener(event)
