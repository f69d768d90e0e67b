"""CANDIDATES: pictures that may go up, those on their way and those the gate refused. Files are read elsewhere."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from textcraft_gui.models.candidates import CANDIDATE_ROLE, CandidatesModel
from textcraft_gui.panels.pictures import render_list
from textcraft_gui.panels.pictures.again_form import AgainForm
from textcraft_gui.panels.pictures.reel import ReelStrip
from textcraft_gui.panels.pictures.render_list import RenderList
from textcraft_gui.pictures.pictures import PictureStore
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Candidate, Origin, ShowState
from textcraft_gui.theme import Colour
from textcraft_gui.verbs.actions import action_of
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.shapes import Shape
from textcraft_gui.widgets.thumb_list import ThumbList
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe, label
from textcraft_gui.words.i18n import tr
from textcraft_gui.words.wording import quoted

_FIRST = (Verb.APPROVE, Verb.OVERRULE, Verb.REJECT, Verb.PIN, Verb.AGAIN)
_SECOND = (Verb.COMPARE, Verb.UNDO)


class CandidatesPanel(QWidget):
    """The thumbnails and what may be done with the chosen one."""

    compare_wanted = Signal(object)
    """The candidates chosen, in their order; one or two."""

    def __init__(self, feed: Feed, verbs: Verbs, store: PictureStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._verbs = verbs
        self._pictures = PictureVerbs(verbs, feed.state)
        self.model = CandidatesModel(self)
        self.list = ThumbList(self.model, store)
        self.list.setAccessibleName(tr("candidates"))
        self.list.setAccessibleDescription(
            tr("Click or Enter puts a candidate into NEXT; arrows choose, Delete rejects, Ctrl chooses two to compare")
        )
        self.empty = label(tr("No candidate yet. Each picture that passed the gate waits here."), "quiet")
        self.empty.setWordWrap(True)
        self.renders = RenderList(feed, self._pictures)
        self.reel = ReelStrip(store)
        self.form = AgainForm()
        self.buttons: dict[Verb, QAbstractButton] = {verb: self._button(verb) for verb in (*_FIRST, *_SECOND)}
        self._lay_out()
        self._connect()
        feed.follow(self.refresh)

    def _button(self, verb: Verb) -> QAbstractButton:
        action = action_of(verb)
        if action.held:
            held = HoldButton(Face(action.text, Shape.TRIANGLE, colour=Colour.WARN), small=True)
            held.explain(action.hint)
            held.held.connect(lambda: self._on_chosen(self._pictures.overrule))
            return held
        return button(action.label, hint=action.hint)

    @property
    def acts(self) -> dict[Verb, Callable[[], None]]:
        """What each verb of this panel does to what is chosen, for keys and palette; with nothing chosen it says so."""
        return {verb: partial(self._act, verb, act) for verb, act in self._acts().items()}

    def _act(self, verb: Verb, act: Callable[[], object]) -> None:
        if verb is Verb.UNDO or self.chosen():
            act()
        else:
            self._verbs.on_refused(verb, tr("Choose a candidate first"))

    def _acts(self) -> dict[Verb, Callable[[], object]]:
        return {
            Verb.APPROVE: lambda: self._on_chosen(self._verbs.approve),
            Verb.REJECT: self._reject,
            Verb.PIN: self._pin,
            Verb.AGAIN: self._open_form,
            Verb.COMPARE: self._compare,
            Verb.UNDO: self._pictures.undo,
        }

    def _connect(self) -> None:
        for verb, act in self._acts().items():
            self.buttons[verb].clicked.connect(act)
        self.list.wanted.connect(self._stage)
        self.list.unwanted.connect(self._reject)
        self.list.selectionModel().selectionChanged.connect(lambda _now, _before: self._show_buttons())
        self.reel.wanted.connect(self._verbs.stage)
        self.form.wanted.connect(self._pictures.again)
        self.form.closed.connect(lambda: self._make_room(False))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 6, 10)
        column.setSpacing(6)
        column.addWidget(self.renders)
        column.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.list, 1)
        column.addWidget(self.form)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, verbs in ((first, _FIRST), (second, _SECOND)):
            row.setSpacing(6)
            for verb in verbs:
                row.addWidget(self.buttons[verb])
        first.addStretch(1)
        second.addWidget(self.reel, 1)
        self.foot = QWidget()
        rows = QVBoxLayout(self.foot)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(first)
        rows.addLayout(second)
        column.addWidget(self.foot)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if render_list.touched(areas) and not self.form.isVisible():
            self.renders.refresh()
        if areas & (Area.PICTURES | Area.LIVE | Area.SHOW):
            self._show_pictures()

    def _show_pictures(self) -> None:
        state = self._feed.state
        chosen = [candidate.request_id for candidate in self.chosen()]
        self.model.show_state(state)
        self.reel.show_state(state)
        self.empty.setVisible(self.model.rowCount() == 0)
        self.list.setVisible(self.model.rowCount() > 0)
        self._choose(chosen)
        self._show_buttons()

    def _choose(self, chosen: list[str]) -> None:
        """Keep what was chosen; for one that went, Qt would choose its neighbour, and the next reject take that out."""
        if [candidate.request_id for candidate in self.chosen()] == chosen:
            return
        self.list.clearSelection()
        self.list.setCurrentIndex(QModelIndex())
        for row in (row for request_id in chosen if (row := self.model.row_of(request_id)) is not None):
            flag = self.list.selectionModel().SelectionFlag.Select
            self.list.selectionModel().setCurrentIndex(self.model.index(row), flag)

    def chosen(self) -> list[Candidate]:
        """What is chosen, in the order of the list."""
        found = (index.data(CANDIDATE_ROLE) for index in self.list.chosen())
        return [candidate for candidate in found if isinstance(candidate, Candidate)]

    def _show_buttons(self) -> None:
        chosen = self.chosen()
        one = chosen[0] if len(chosen) == 1 else None
        failed = one is not None and _failed(one)
        self.buttons[Verb.APPROVE].setVisible(not failed)
        self.buttons[Verb.OVERRULE].setVisible(failed)
        self.buttons[Verb.APPROVE].setEnabled(one is not None and not one.approved)
        self.buttons[Verb.REJECT].setEnabled(bool(chosen))
        self.buttons[Verb.PIN].setEnabled(one is not None and not failed)
        self._name(Verb.PIN, tr("unpin") if one and one.pinned else tr("pin"))
        self.buttons[Verb.AGAIN].setEnabled(one is not None)
        self._name(Verb.AGAIN, f"{tr('again')} {price(self._feed.state)}" if one is not None else tr("again"))
        self.buttons[Verb.COMPARE].setEnabled(
            len(chosen) == 2 or (one is not None and self._feed.state.next is not None)
        )
        self._show_undo()

    def _show_undo(self) -> None:
        undo, last = self.buttons[Verb.UNDO], self._feed.state.undoable
        undo.setEnabled(last is not None)
        if last is None:
            self._name(Verb.UNDO, tr("undo"))
            describe(undo, action_of(Verb.UNDO).hint)
            return
        self._name(Verb.UNDO, tr("undo {what}", what=last.what))
        words = quoted(last.caption) if last.caption.strip() else tr("a picture without words")
        back = tr("the picture before is live again, and {words} stands in NEXT", words=words)
        again = tr("{words} is a candidate again", words=words)
        describe(
            undo, tr("Take the last {what} back: {then}", what=last.what, then=back if last.what == "take" else again)
        )

    def _name(self, verb: Verb, words: str) -> None:
        self.buttons[verb].setText(words)
        self.buttons[verb].setAccessibleName(words)

    def _stage(self, index: QModelIndex) -> None:
        candidate = index.data(CANDIDATE_ROLE)
        if isinstance(candidate, Candidate) and (candidate.approved or candidate.failed):
            self._verbs.stage(candidate.request_id)

    def _reject(self) -> None:
        for candidate in self.chosen():
            self._verbs.reject(candidate.request_id)

    def _pin(self) -> None:
        for candidate in self.chosen()[:1]:
            self._pictures.pin(candidate.request_id, not candidate.pinned)

    def _open_form(self) -> None:
        for candidate in self.chosen()[:1]:
            origin = self._feed.state.origins.get(candidate.request_id, Origin())
            self._make_room(True)
            self.form.begin(candidate.request_id, origin.prompt or candidate.caption, price(self._feed.state))

    def _make_room(self, on: bool) -> None:
        """While the form is open nothing else is pressed here: it gets the place of the buttons."""
        self.foot.setVisible(not on)
        self.renders.setVisible(not on and bool(self._feed.state.renders))

    def _compare(self) -> None:
        self.compare_wanted.emit(self.chosen()[:2])

    def _on_chosen(self, verb: Callable[[str], bool]) -> None:
        for candidate in self.chosen()[:1]:
            verb(candidate.request_id)


def _failed(candidate: Candidate) -> bool:
    return bool(candidate.failed)


def price(state: ShowState) -> str:
    """What a picture costs, by the last one that told; nothing known is a question mark, never free."""
    told = [origin.cost for origin in state.origins.values() if origin.cost is not None]
    if not told:
        return "$ ?"
    return f"≈ ${told[-1]:.2f}" if told[-1] else tr("free")
