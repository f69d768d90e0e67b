"""Where the PIN of this machine is chosen, by keyboard alone: typed twice, or left empty to ask for none any more."""

import asyncio
import logging

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from textcraft_bus.errors import BusError
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.session.ports import Starter
from textcraft_gui.unattended.pin import LEAST, MOST, Pin, is_pin
from textcraft_gui.widgets.fields import LineField
from textcraft_gui.widgets.words import label, set_look, set_text
from textcraft_gui.words.i18n import tr

log = logging.getLogger(__name__)


class PinForm(Overlay):
    """A sheet with two fields; Enter goes from the first to the second and then keeps the PIN."""

    def __init__(self, window: QWidget, pin: Pin, starter: Starter) -> None:
        super().__init__(tr("PIN OF THIS MACHINE"), window)
        self._pin, self._starter = pin, starter
        words = tr(
            "Asked before a show that was left alone is taken over. {least} to {most} digits, Enter after each; "
            "two empty fields: no PIN.", least=LEAST, most=MOST,
        )  # fmt: skip
        about = label(words, "quiet", name=tr("about the PIN"))
        about.setWordWrap(True)
        self.column.addWidget(about)
        self.first = self._field(tr("PIN"))
        self.again = self._field(tr("the same again"))
        self.said = label("", "quiet", elide=True, name=tr("what became of the PIN"))
        self.column.addWidget(self.said)
        self.column.addStretch(1)
        self.first.returnPressed.connect(lambda: self.again.setFocus(Qt.FocusReason.TabFocusReason))
        self.again.returnPressed.connect(self._on_both)

    def _field(self, name: str) -> LineField:
        field = LineField(name, tr("{least} to {most} digits; Enter goes on", least=LEAST, most=MOST))
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setMaxLength(MOST)
        field.setMaximumWidth(240)
        field.setPlaceholderText(name)
        field.left.connect(self.leave)
        self.column.addWidget(field)
        return field

    def begin(self) -> None:
        """The keyboard is in the first field."""
        self._clear()
        set_look(self.said, "quiet")
        set_text(self.said, tr("A PIN is set.") if self._pin.is_set else tr("No PIN is set."))
        self.first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Put it away."""
        self._clear()
        self.window().setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.hide()

    def _clear(self) -> None:
        self.first.clear()
        self.again.clear()

    def _on_both(self) -> None:
        given, again = self.first.text(), self.again.text()
        self._clear()
        self.first.setFocus(Qt.FocusReason.TabFocusReason)
        if given != again:
            self._warn(tr("The two are not the same: type them once more"))
        elif given and not is_pin(given):
            self._warn(tr("{least} to {most} digits, please", least=LEAST, most=MOST))
        else:
            self._starter.start(self._choose(given), name="keep the PIN")

    def _warn(self, words: str) -> None:
        set_look(self.said, "warn")
        set_text(self.said, words)

    async def _choose(self, given: str) -> None:
        await asyncio.to_thread(self._pin.choose, given)
        try:
            await asyncio.to_thread(self._pin.save)
        except BusError as error:
            self._warn(tr("It is set, and gone with this console: {why}", why=error))
            return
        set_look(self.said, "next")
        set_text(self.said, tr("The PIN is set.") if given else tr("No PIN is asked for any more."))
