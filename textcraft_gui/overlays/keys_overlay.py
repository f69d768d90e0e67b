"""The table of keys: what each does, another key for it, what a clicker sends, and the way back to the usual ones."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from textcraft_gui.keys.keymap import CLICKER_VERBS, FIXED, Keymap, KeyRefused, cap_of
from textcraft_gui.theme import MARGIN
from textcraft_gui.verbs.actions import Action
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.lamp import KeyCap
from textcraft_gui.widgets.verb_button import Face, HoldButton
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr, translated

COLUMNS: Final = 2
Learn = Callable[[Callable[[str], None]], None]
"""Asks for the next key: told "" when there is to be none."""


class KeyRow(QWidget):
    """One verb: its key, its words, and a way to another key."""

    wanted = Signal(object)

    def __init__(self, action: Action) -> None:
        super().__init__()
        self.verb = action.verb
        self.cap = KeyCap(action.printed or "–")
        self.change = button(tr("change"), "link", hint=tr("Give {verb} another key", verb=action.label))
        self.change.setAccessibleName(tr("change the key of {verb}", verb=action.label))
        self.change.clicked.connect(lambda: self.wanted.emit(self.verb))
        self.change.setVisible(action.verb not in FIXED)
        self.words = label(translated(action.tooltip), "quiet", elide=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        holder = QHBoxLayout()
        holder.addStretch(1)
        holder.addWidget(self.cap)
        box = QWidget()
        box.setFixedWidth(86)
        holder.setContentsMargins(0, 0, 0, 0)
        box.setLayout(holder)
        row.addWidget(box)
        row.addWidget(label(action.label, "strong"))
        row.addWidget(self.words, 1)
        row.addWidget(self.change)

    def show_action(self, action: Action) -> None:
        """Show the key a verb has now."""
        self.cap.show_text(action.printed or "–")


class KeysOverlay(QFrame):
    """All keys over the docks; the stops stay in sight."""

    def __init__(self, keymap: Keymap, window: QWidget) -> None:
        super().__init__(window)
        self._keymap = keymap
        self.setObjectName("overlay")
        self.setAccessibleName(tr("keys"))
        self.rows = {action.verb: KeyRow(action) for action in keymap.actions() if action.key}
        self.clicker = {verb: button("", "link") for verb in CLICKER_VERBS}
        self.said = label("", "quiet", elide=True, name=tr("about keys"))
        self.reset = HoldButton(Face(tr("usual keys")), small=True)
        self.reset.explain(tr("Held 1 s: every key and every clicker as it usually is"))
        self.reset.held.connect(keymap.reset)
        self.learn: Learn = lambda _learner: None
        """Where the next key is asked for; the window says where."""
        self.manual = button(tr("manual"), "link", hint=tr("How each thing is done, and what to do when"))
        self.manual.clicked.connect(self.hide)
        self.locked: Callable[[], str] = lambda: ""
        """Why keys cannot be changed now; "" when they can."""
        self._lay_out()
        keymap.changed(self.refresh)
        self.refresh()
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, 12)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addWidget(self._table(), 1)
        column.addLayout(self._clickers())
        words = tr("Single keys work only while no text has the keyboard. A letter acts when no other follows.")
        column.addWidget(label(words, "quiet", elide=True))

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label(tr("KEYS"), "heading"))
        head.addWidget(self.said, 1)
        head.addWidget(self.manual)
        head.addWidget(self.reset)
        away = button(tr("put away (esc)"), "link", hint=tr("Esc does the same"))
        away.clicked.connect(self.hide)
        head.addWidget(away)
        return head

    def _table(self) -> QScrollArea:
        sheet = QWidget()
        sheet.setObjectName("form")
        grid = QGridLayout(sheet)
        grid.setContentsMargins(8, 8, 8, 8)
        grid.setHorizontalSpacing(26)
        grid.setVerticalSpacing(4)
        per_column = -(-len(self.rows) // COLUMNS)
        for number, row in enumerate(self.rows.values()):
            row.wanted.connect(self._on_wanted)
            grid.addWidget(row, number % per_column, number // per_column)
        for place in range(COLUMNS):
            grid.setColumnStretch(place, 1)
        grid.setRowStretch(per_column, 1)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("table of keys"))
        describe(area, tr("Each verb with its key, and a way to another one"))
        return area

    def _clickers(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(label(tr("CLICKER"), "heading"))
        for verb, learner in self.clicker.items():
            learner.clicked.connect(lambda _checked=False, verb=verb: self._on_learn(verb))
            line.addWidget(learner)
        line.addWidget(label(tr("Press one, then press the clicker."), "quiet", elide=True), 1)
        return line

    def open_at(self, box: QRect) -> None:
        """Show it in a part of the window."""
        self._say("")
        self.setGeometry(box)
        self.show()
        self.raise_()

    def refresh(self) -> None:
        """Show the keys as they are now."""
        for verb, row in self.rows.items():
            row.show_action(self._keymap.action_of(verb))
        for verb, learner in self.clicker.items():
            key = self._keymap.clicker_key(verb) or self._keymap.action_of(verb).key
            text = self._keymap.action_of(verb).label
            learner.setText(f"{text}: {cap_of(key)}")
            describe(learner, tr("Learn what the clicker sends for {verb}", verb=text))
            learner.setAccessibleName(tr("clicker key of {verb}", verb=text))

    def _on_wanted(self, verb: Verb) -> None:
        self._ask(
            tr("Press the new key of {verb}. Esc: no change.", verb=translated(verb.value)), verb, self._keymap.give
        )

    def _on_learn(self, verb: Verb) -> None:
        self._ask(
            tr("Press {verb} on the clicker. Esc: no change.", verb=translated(verb.value)), verb, self._keymap.learn
        )

    def _ask(self, words: str, verb: Verb, change: Callable[[Verb, str], None]) -> None:
        if refusal := self.locked():
            self._say(refusal, warn=True)
            return
        self._say(words, warn=True)
        self.learn(lambda chord: self._on_key(chord, verb, change))

    def _on_key(self, chord: str, verb: Verb, change: Callable[[Verb, str], None]) -> None:
        if not chord:
            self._say("")
            return
        try:
            change(verb, chord)
        except KeyRefused as refused:
            self._say(tr("{key} stays as it is: {why}.", key=cap_of(chord), why=refused), warn=True)
        else:
            self._say(tr("{verb} is {key} now.", verb=translated(verb.value), key=cap_of(chord)))

    def _say(self, words: str, *, warn: bool = False) -> None:
        set_text(self.said, words)
        set_look(self.said, "warn" if warn else "quiet")
