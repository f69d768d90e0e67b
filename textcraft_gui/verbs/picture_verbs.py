"""What may be done to one picture, as verbs that carry an id or words; each goes through the one facade."""

from textcraft_core import commands as cmd
from textcraft_gui.state.show_state import ShowState
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb


class PictureVerbs:
    """The verbs of candidates, gallery and cards."""

    def __init__(self, verbs: Verbs, state: ShowState) -> None:
        self._verbs = verbs
        self._state = state

    def pin(self, request_id: str, on: bool) -> bool:
        """Keep a candidate for the reserve reel, or let it go."""
        return self._verbs.ask(Verb.PIN, cmd.Pin(request_id=request_id, on=on))

    def again(self, request_id: str, prompt: str, seed: int | None) -> bool:
        """Paint a picture again; without a seed the stage chooses one."""
        return self._verbs.ask(Verb.AGAIN, cmd.Rerender(request_id=request_id, prompt=prompt or None, seed=seed))

    def cancel(self, request_id: str) -> bool:
        """Cancel one picture that is being painted."""
        return self._verbs.ask(Verb.CANCEL_RENDER, cmd.CancelRender(request_id=request_id))

    def overrule(self, request_id: str, *, take: bool = False) -> bool:
        """Let a picture pass that the gate refused, and put it onto the walls when `take`."""
        return self._verbs.ask(Verb.OVERRULE, cmd.Overrule(request_id=request_id, take=take), how="held")

    def add_picture(self, path: str, caption: str) -> bool:
        """Bring in a picture file of one's own, through the same gate."""
        return self._verbs.ask(Verb.CARD, cmd.AddCard(path=path, caption=caption))

    def add_text(self, text: str) -> bool:
        """Bring in words of one's own as a painted card, through the same gate."""
        return self._verbs.ask(Verb.CARD, cmd.AddCard(text=text))

    def undo(self, *, how: str = "button") -> bool:
        """Take the last take or reject back: the picture before is live again, the taken one stands in NEXT again."""
        last = self._state.undoable
        if last is None:
            return self._verbs.ask(Verb.UNDO, how=how)  # refused, and told
        if last.what == "reject":
            return self._verbs.ask(Verb.UNDO, cmd.Readmit(request_id=last.request_id), how=how)
        return self._verbs.ask(Verb.UNDO, cmd.Back(), cmd.Stage(request_id=last.request_id), how=how)
