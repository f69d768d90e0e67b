"""PERSONAS: the company of writers; edits are marked until saved, and what is wrong is said beside the field."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListView, QVBoxLayout, QWidget

from textcraft_gui.feed import Feed
from textcraft_gui.panels.persona_draft import Draft, draft_of, persona_of, problems
from textcraft_gui.panels.persona_form import PersonaForm
from textcraft_gui.ports import StagePort
from textcraft_gui.state import Area
from textcraft_gui.theme import Colour
from textcraft_gui.verbs import Verbs
from textcraft_gui.widgets.words import button, label, set_look, set_text


class PersonasPanel(QWidget):
    """A list of roles and the form of the chosen one."""

    drafts_changed = Signal(int)
    """How many personas hold edits that are not saved."""

    def __init__(self, feed: Feed, stage: StagePort, verbs: Verbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed = feed
        self._stage = stage
        self._verbs = verbs
        self._saved: dict[str, Draft] = {}
        self._drafts: dict[str, Draft] = {}
        self._hashes: dict[str, str] = {}
        self._pending: dict[str, Draft] = {}
        self._role = ""
        self._make()
        self._lay_out()
        feed.refreshed.connect(self.refresh)

    def _make(self) -> None:
        self._roles = QStandardItemModel(self)
        self.list = QListView()
        self.list.setModel(self._roles)
        self.list.setProperty("look", "menu")
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setFixedWidth(124)
        self.list.setAccessibleName("personas")
        self.list.selectionModel().currentChanged.connect(lambda now, _before: self._choose(now.data(_ROLE) or ""))
        self.form = PersonaForm()
        self.form.edited.connect(self._on_edited)
        self.note = label("Used by the next cycle.", "quiet", elide=True, name="about this persona")
        self.revert = button("revert", hint="Throw the edits of this persona away")
        self.save = button("save", hint="Save this persona; its next call uses it")
        self.revert.clicked.connect(self._revert)
        self.save.clicked.connect(self._save)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.revert)
        foot.addWidget(self.save)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.form, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 12, 10)
        row.setSpacing(12)
        row.addWidget(self.list)
        row.addLayout(right, 1)

    def refresh(self, areas: Area) -> None:
        """Read the personas again when one was saved or a show was opened; drafts stay."""
        saved = self._feed.state.personas_saved
        if not areas & (Area.PERSONAS | Area.SHOW) or (self._saved and saved == self._hashes):
            return
        self._hashes = dict(saved)
        self._saved = {role: draft_of(_dict(raw)) for role, raw in self._stage.personas().items()}
        for role, draft in list(self._pending.items()):
            if self._drafts.get(role) == draft:
                del self._drafts[role]
            del self._pending[role]
        self._drafts = {role: draft for role, draft in self._drafts.items() if self._saved.get(role) != draft}
        self._show_roles()

    def draft(self, role: str) -> Draft | None:
        """The unsaved edits of a persona."""
        return self._drafts.get(role)

    def choose(self, role: str) -> None:
        """Show one persona."""
        for row in range(self._roles.rowCount()):
            if self._roles.item(row).data(_ROLE) == role:
                self.list.setCurrentIndex(self._roles.index(row, 0))

    def _show_roles(self) -> None:
        chosen = self._role
        if [self._roles.item(row).data(_ROLE) for row in range(self._roles.rowCount())] != list(self._saved):
            self._roles.clear()
            for role in self._saved:
                item = QStandardItem(role)
                item.setData(role, _ROLE)
                self._roles.appendRow(item)
        self._mark()
        self.choose(chosen if chosen in self._saved else next(iter(self._saved), ""))
        if chosen and chosen in self._saved:
            self._choose(chosen)

    def _choose(self, role: str) -> None:
        self._role = role
        if role:
            self.form.show_draft(self._drafts.get(role) or self._saved[role])
        self._show_foot()

    def _on_edited(self) -> None:
        if not self._role:
            return
        draft = self.form.draft()
        if draft == self._saved[self._role]:
            self._drafts.pop(self._role, None)
        else:
            self._drafts[self._role] = draft
        self._mark()
        self._show_foot()

    def _revert(self) -> None:
        self._drafts.pop(self._role, None)
        self._choose(self._role)
        self._mark()

    def _save(self) -> None:
        draft = self.form.draft()
        if not problems(draft) and self._verbs.save_persona(self._role, persona_of(draft)):
            self._pending[self._role] = draft
            set_text(self.note, "Saving…")

    def _mark(self) -> None:
        for row in range(self._roles.rowCount()):
            item = self._roles.item(row)
            role = item.data(_ROLE)
            edited = role in self._drafts
            item.setText(f"{role} · draft" if edited else role)
            item.setForeground((Colour.WARN if edited else Colour.TEXT).q)
        self.drafts_changed.emit(len(self._drafts))

    def _show_foot(self) -> None:
        edited = self._role in self._drafts
        found = self.form.show_problems()
        first = next(iter(found.values()), "")
        text = first or ("Edited, not saved." if edited else "Used by the next cycle.")
        set_text(self.note, text)
        set_look(self.note, "warn" if first or edited else "quiet")
        self.revert.setEnabled(edited)
        self.save.setEnabled(edited and not found)


_ROLE = Qt.ItemDataRole.UserRole


def _dict(raw: Any) -> dict[str, Any]:
    return dict(raw) if isinstance(raw, dict) else {}
