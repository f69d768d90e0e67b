"""The fixtures of the console's tests, for the panels too."""

from collections.abc import Callable

import pytest

from textcraft_core.events import Event
from textcraft_gui.window import ConsoleWindow


@pytest.fixture
def window(open_console) -> ConsoleWindow:
    return open_console()


@pytest.fixture
def tell(window, stage) -> Callable[..., None]:
    """Emit events and let the widgets look at once."""

    def emit(*events: Event) -> None:
        stage.emit(*events)
        window.feed.flush()

    return emit
