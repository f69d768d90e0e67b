"""A rehearsal that was left is compared, kept or thrown away: asked in the window, and nothing waits for the answer."""

import asyncio

from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.errors import CommandRefused, EngineError
from textcraft_core.show import rehearsals
from textcraft_core.show.folder import ShowFolder
from textcraft_core.show.rehearsals import Difference
from textcraft_gui.overlays.question import Answer, Question
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.words.i18n import tr

MOST_LINES = 6


class RehearsalEnd:
    """Carries out KeepRehearsal and ThrowAwayRehearsal on the rehearsals of one show."""

    def __init__(self, show: ShowFolder) -> None:
        self._show = show
        self.playing = ""
        """The rehearsal in play: that one is not thrown away."""

    async def left(self, name: str) -> ev.RehearsalLeft:
        """Compare a rehearsal that was just left."""
        try:
            found = await asyncio.to_thread(rehearsals.differences, self._show, name)
        except (EngineError, OSError):
            found = []
        return ev.RehearsalLeft(name=name, changed=tuple(_line(difference) for difference in found))

    async def keep(self, command: cmd.KeepRehearsal) -> ev.Event:
        """Keep it as a telling. Raises CommandRefused."""
        try:
            title = await asyncio.to_thread(rehearsals.keep, self._show, command.name, command.title)
        except EngineError as error:
            raise CommandRefused(str(error)) from error
        return ev.RehearsalKept(name=command.name, title=title)

    async def throw_away(self, command: cmd.ThrowAwayRehearsal) -> ev.Event:
        """Delete it for good. Raises CommandRefused."""
        if command.name == self.playing:
            raise CommandRefused("This rehearsal is in play: leave it first.")
        try:
            await asyncio.to_thread(rehearsals.throw_away, self._show, command.name)
        except EngineError as error:
            raise CommandRefused(str(error)) from error
        return ev.RehearsalThrownAway(name=command.name)


def ask_what_becomes_of_it(question: Question, verbs: Verbs, event: ev.RehearsalLeft) -> None:
    """Ask in the window; put away, the copy stays where it is."""
    changed = event.changed
    more = list(changed[:MOST_LINES])
    if len(changed) > MOST_LINES:
        more.append(tr("and {count} more", count=len(changed) - MOST_LINES))
    question.ask(
        tr("THE REHEARSAL"),
        tr("The show is as it was. What becomes of the copy that was rehearsed on?"),
        [
            Answer(
                tr("keep as a telling"),
                tr("The copy stays below rehearsals, under its time"),
                lambda: verbs.keep_rehearsal(event.name),
            ),
            Answer(
                tr("throw away"),
                tr("The copy is deleted for good"),
                lambda: verbs.throw_away_rehearsal(event.name),
                held=True,
            ),
        ],
        away=tr("later (esc)"),
        more="\n".join(more) or tr("It changed no text."),
    )


def _line(difference: Difference) -> str:
    path, before, after = difference.path, difference.before, difference.after
    if before < 0:
        return tr("{path}: new, {after} words", path=path, after=after)
    if after < 0:
        return tr("{path}: gone, it had {before} words", path=path, before=before)
    return tr("{path}: {before} → {after} words", path=path, before=before, after=after)
