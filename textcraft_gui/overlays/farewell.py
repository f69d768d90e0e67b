"""The question that SHOW asks before its console ends: what becomes of the walls."""

from collections.abc import Callable

from textcraft_gui.overlays.question import Answer, Question
from textcraft_gui.session.session import Farewell
from textcraft_gui.words.i18n import tr


def ask_farewell(question: Question, quit_with: Callable[[Farewell], None]) -> None:
    """Ask in the window; nothing ends before it is answered."""
    question.ask(
        tr("END THE CONSOLE"),
        tr("The walls show the show. What is to be on them when this console is closed?"),
        [
            Answer(
                tr("keep the picture"),
                tr("The walls stay as they are; without a console they go to the safe look after some minutes"),
                lambda: quit_with(Farewell.KEEP),
            ),
            Answer(
                tr("safe look"), tr("The walls stay open with the safe look"), lambda: quit_with(Farewell.SAFE_LOOK)
            ),
            Answer(
                tr("close the walls"),
                tr("The walls end: the desktop of their machine may be seen"),
                lambda: quit_with(Farewell.CLOSE),
                held=True,
            ),
        ],
        away=tr("stay (esc)"),
    )
