"""Makes the control of an action and keeps its look true to whether its verb works now; knows no particular band."""

from typing import Final

from textcraft_gui.theme import Colour
from textcraft_gui.verbs.actions import Action, action_of
from textcraft_gui.verbs.facade import Refused, Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.verb_button import Face, HoldButton, VerbButton
from textcraft_gui.words.i18n import tr

_FIGURE_FOR_CAP: Final = frozenset({Verb.AUTO, Verb.STEP})
"""There is room for the figure or for the key."""


class Controls:
    """The buttons of one band or panel, by verb."""

    def __init__(self, verbs: Verbs) -> None:
        self._verbs = verbs
        self._shapes: dict[Verb, Shape | None] = {}
        self.buttons: dict[Verb, VerbButton] = {}

    def make(
        self, verb: Verb, shape: Shape | None = None, *, tall: bool = False, flat: bool = False, small: bool = False
    ) -> VerbButton:
        """Make the button of a verb, wired to it."""
        action = self.action_of(verb)
        face = Face(action.label, shape, action.printed)
        if action.held:
            made = self._held(action, face, small=small)
        else:
            made = VerbButton(face, tall=tall, flat=flat, small=small)
            made.clicked.connect(lambda: self._verbs.fire(verb))
        made.explain(action.hint)
        self._shapes[verb] = shape
        self.buttons[verb] = made
        return made

    def action_of(self, verb: Verb) -> Action:
        """Return the action of a verb, with its key as this machine has it."""
        keymap = self._verbs.keymap
        return keymap.action_of(verb) if keymap is not None else action_of(verb)

    def works(self, verb: Verb) -> bool:
        """Whether a verb works now."""
        return not isinstance(self._verbs.availability(verb), Refused)

    def _held(self, action: Action, face: Face, *, small: bool) -> VerbButton:
        made = HoldButton(face, small=small)
        made.held.connect(lambda: self._verbs.fire(action.verb))
        return made

    def show(
        self,
        verb: Verb,
        *,
        colour: Colour = Colour.TEXT,
        lit: bool = False,
        dark: bool = False,
        figure: str = "",
        text: str = "",
        shape: Shape | None = None,
        bare: bool = False,
    ) -> None:
        """Show a verb's state; one that is refused now looks quiet and says why. `bare` leaves the key out."""
        action, refused = self.action_of(verb), self._verbs.availability(verb)
        button = self.buttons[verb]
        works = not isinstance(refused, Refused)
        shown = colour if works or lit else Colour.DIM
        cap = "" if bare or (figure and verb in _FIGURE_FOR_CAP) else action.printed
        button.show_face(Face(text or action.label, shape or self._shapes[verb], cap, figure, shown, lit, dark))
        button.explain(
            tr("{hint}. Now: {reason}", hint=action.hint, reason=refused.reason)
            if isinstance(refused, Refused)
            else action.hint
        )
