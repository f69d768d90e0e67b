"""The last step: everything that was chosen in plain words, what will happen, and the two ways on."""

from pathlib import Path

from PySide6.QtCore import Qt

from textcraft_gui.assistant.choices import Beginning, BrainChoice, Choices, KeyPlace, PainterChoice, ShowChoice
from textcraft_gui.assistant.step import Step, money, row, told_in
from textcraft_gui.widgets.words import button, label, set_text
from textcraft_gui.words.i18n import tr


class LastStep(Step):
    """`present` is the show that is open; the sheet does what its buttons ask for."""

    def __init__(self, present: Path) -> None:
        super().__init__(tr("begin"), tr("That is all. Nothing was made or written so far."))
        self._present = present
        self.summary = label("", "sentence", name=tr("what was chosen"))
        self.summary.setWordWrap(True)
        self.follows = label("", "quiet", name=tr("what will happen"))
        self.follows.setWordWrap(True)
        rehearse = tr("Make it so, and play on a copy of the show: step writes one passage and paints one picture")
        self.rehearse = button(tr("rehearse now"), "go", hint=rehearse)
        self.edit = button(tr("open it to edit"), hint=tr("Make it so, and look at people, places and settings first"))
        self.column.addWidget(self.summary)
        self.column.addWidget(self.follows)
        self.column.addLayout(row(self.rehearse, self.edit))
        self.column.addStretch(1)

    def begin(self, choices: Choices, /) -> None:
        """Say what was chosen; give the way on the keyboard."""
        set_text(self.summary, summary(choices, self._present))
        set_text(self.follows, follows(choices))
        self.rehearse.setFocus(Qt.FocusReason.OtherFocusReason)


def summary(choices: Choices, present: Path) -> str:
    """One line for each step."""
    return told_in((_show(choices.show, present), _brain(choices), _painter(choices), _walls(choices)))


def _show(show: ShowChoice | None, present: Path) -> str:
    if show is None or show.beginning is Beginning.THIS:
        return tr("Show: the one in {folder}", folder=present)
    if show.beginning is Beginning.OPEN:
        return tr("Show: the one in {folder}", folder=show.folder)
    if show.beginning is Beginning.BRING_IN:
        return tr("Show: a copy of {source}, in {folder}", source=show.source, folder=show.folder)
    return tr("Show: a new one, in {folder}", folder=show.folder)


def _brain(choices: Choices) -> str:
    brain = choices.brain
    if brain is None:
        return tr("Brain: as the show has it")
    if brain.choice is BrainChoice.REHEARSAL:
        return tr("Brain: the rehearsal brain")
    told = tr("Brain: {model} at {place}", model=brain.model, place=brain.base_url)
    if brain.cap_day is not None:
        told += ", " + tr("{price} a day at most", price=money(brain.cap_day))
    if not brain.key:
        return told
    place = tr("the show's .env") if brain.keep is KeyPlace.ENV else tr("the keyring")
    return told + ", " + tr("its key in {place}", place=place)


def _painter(choices: Choices) -> str:
    painter = choices.painter
    if painter is None:
        return tr("Pictures: as the show has it")
    words = {
        PainterChoice.PROCEDURAL: tr("Pictures: the built-in painter"),
        PainterChoice.FOLDER: tr("Pictures: from {path}", path=painter.path),
        PainterChoice.OPENAI: tr("Pictures: {model} at OpenAI", model=painter.model),
        PainterChoice.COMFYUI: tr("Pictures: ComfyUI at {address}", address=painter.base_url),
        PainterChoice.DIFFUSERS: tr("Pictures: the model in {path}", path=painter.path),
    }
    return words[painter.choice]


def _walls(choices: Choices) -> str:
    if choices.walls is None:
        return tr("Walls: as the show has it")
    return tr("Walls: {names}", names=", ".join(choices.walls))


def follows(choices: Choices) -> str:
    """What happens when it is done."""
    paid = choices.brain is not None and choices.brain.choice is BrainChoice.OPENAI
    return told_in(
        (
            tr("This console closes and opens again with that show. Rehearsals play on a copy, so nothing can break."),
            tr("Outside SHOW nothing is spent: rehearsals are played by the rehearsal brain.") if paid else "",
            tr("What was tried here cost {price}; it stands in the show's account.", price=money(choices.spent))
            if choices.spent > 0
            else "",
        )
    )
