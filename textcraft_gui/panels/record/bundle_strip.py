"""The foot of LOG: one file for those who help, made while the show goes on, with its progress and a way to end it."""

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from textcraft_core import commands as cmd
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.facade import Verbs
from textcraft_gui.verbs.verb import Verb
from textcraft_gui.widgets.bar import Bar
from textcraft_gui.widgets.words import button, describe, label, set_text
from textcraft_gui.words.i18n import tr, translated


class BundleStrip(QWidget):
    """One row."""

    def __init__(self, feed: Feed, verbs: Verbs) -> None:
        super().__init__()
        self._feed = feed
        self._verbs = verbs
        hint = tr("Pack logs, health, settings and what doctor finds into one file, without keys, for those who help")
        self.make = button(tr("support bundle"), "small", hint=hint)
        self.words = QCheckBox(tr("with visitors' words"))
        self.words.setAccessibleName(tr("visitors' words go into the bundle"))
        describe(self.words, tr("Without it nothing a visitor said is in the bundle"))
        self.doing = label("", "quiet", elide=True, name=tr("what the bundle waits for"))
        self.bar = Bar()
        self.bar.setFixedWidth(90)
        self.cancel = button(tr("cancel"), "small", hint=tr("End it now; nothing of the bundle stays"))
        self.make.clicked.connect(self._make)
        self.cancel.clicked.connect(lambda: verbs.ask(Verb.CANCEL_BUNDLE, cmd.CancelBundle()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.make, self.words):
            row.addWidget(widget)
        row.addWidget(self.doing, 1)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        self._show()
        feed.follow(self.refresh)

    def refresh(self, areas: Area) -> None:
        """Look at the state again."""
        if areas & Area.SUPPORT:
            self._show()

    def _make(self) -> None:
        self._verbs.ask(Verb.SUPPORT_BUNDLE, cmd.MakeBundle(words=self.words.isChecked()))

    def _show(self) -> None:
        support = self._feed.state.support
        busy = bool(support.doing)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.make.setEnabled(not busy)
        self.words.setEnabled(not busy)
        self.bar.show_fraction(support.share if busy else None)
        what, percent = translated(support.doing), f"{support.share:.0%}"
        set_text(self.doing, tr("{what}… {percent}", what=what, percent=percent) if busy else support.path)
        describe(self.doing, support.path)
