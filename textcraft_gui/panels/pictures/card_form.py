"""[+ card]: a picture or words of one's own, brought in through the same gate; inline, and no dialog of ours.

A picture comes by its path, dropped here or typed; Qt's own file chooser is for EDIT only.
"""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from textcraft_bus.channel.messages import MAX_CAPTION_CHARS, Mode
from textcraft_gui.overlays.overlays import Overlay
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area
from textcraft_gui.verbs.picture_verbs import PictureVerbs
from textcraft_gui.widgets.fields import LineField, TextField
from textcraft_gui.widgets.words import button, describe, label, set_look, set_text
from textcraft_gui.words.i18n import tr

MAX_TEXT = 600
KINDS = (".png", ".jpg", ".jpeg", ".webp")


class CardForm(Overlay):
    """A sheet over the docks: words on the left become a painted card, a file on the right comes as it is."""

    def __init__(self, window: QWidget, feed: Feed, verbs: PictureVerbs) -> None:
        super().__init__(tr("CARD"), window)
        self._feed = feed
        self._verbs = verbs
        self.words = TextField(tr("words of the card"), tr("They are painted on a quiet ground, and pass the gate"))
        self.words.setPlaceholderText(tr("Words for the walls, as “We begin again at eight”"))
        self.add_words = button(tr("add words"), hint=tr("Paint these words as a card"))
        self.path = LineField(tr("picture file"), tr("Where a PNG, JPEG or WebP lies; drop one here, or type its path"))
        self.path.setPlaceholderText(tr("drop a PNG, JPEG or WebP here"))
        self.choose = button(tr("choose…"), hint=tr("Look for a file"))
        self.caption = LineField(tr("caption of the picture"), tr("The words under it, at most two lines on the wall"))
        self.caption.setMaxLength(MAX_CAPTION_CHARS)
        self.add_picture = button(tr("add picture"), hint=tr("Bring this file in, through the gate"))
        self.told = label("", "quiet", elide=True, name=tr("about the card"))
        self._dialog: QFileDialog | None = None
        self.setAcceptDrops(True)
        self.path.setAcceptDrops(False)  # a drop anywhere on the sheet is meant for it
        self.words.setAcceptDrops(False)
        self._lay_out()
        self._connect()
        self._look()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(label(tr("words"), "quiet"), 0, 0)
        grid.addWidget(self.words, 1, 0, 3, 1)
        grid.addWidget(self.add_words, 4, 0, Qt.AlignmentFlag.AlignLeft)
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.path, 1)
        file_row.addWidget(self.choose)
        grid.addWidget(label(tr("or a picture file"), "quiet"), 0, 1)
        grid.addLayout(file_row, 1, 1)
        grid.addWidget(self.caption, 2, 1)
        grid.addWidget(self.add_picture, 3, 1, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(3, 1)
        self.caption.setPlaceholderText(tr("caption"))
        self.column.addLayout(grid, 1)
        self.column.addWidget(self.told)

    def _connect(self) -> None:
        self.words.textChanged.connect(self._look)
        self.path.textChanged.connect(self._look)
        self.add_words.clicked.connect(self._send_words)
        self.add_picture.clicked.connect(self._send_picture)
        self.caption.returnPressed.connect(self._send_picture)
        self.path.returnPressed.connect(self._send_picture)
        self.choose.clicked.connect(self._open_chooser)
        for field in (self.words, self.path, self.caption):
            field.left.connect(self.hide)
        self._feed.follow(self.refresh)

    def refresh(self, areas: Area) -> None:
        """The chooser is there in EDIT only."""
        if areas & Area.SHOW:
            self._look()

    def begin(self) -> None:
        """Give the words the keyboard; open it with `open_at` first."""
        self._say("")
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _look(self) -> None:
        words = self.words.toPlainText().strip()
        self.add_words.setEnabled(0 < len(words) <= MAX_TEXT)
        too_many = tr("{count} of {most} signs are too many for a card", count=len(words), most=MAX_TEXT)
        describe(self.add_words, too_many if len(words) > MAX_TEXT else tr("Paint these words as a card"))
        self.add_picture.setEnabled(bool(self.path.text().strip()))
        edits = self._feed.state.mode is Mode.EDIT
        self.choose.setEnabled(edits)
        describe(
            self.choose, tr("Look for a file") if edits else tr("Only in EDIT: drop a file here, or type its path")
        )

    def _say(self, words: str, look: str = "quiet") -> None:
        set_text(self.told, words)
        set_look(self.told, look)

    def _send_words(self) -> None:
        if self.add_words.isEnabled() and self._verbs.add_text(self.words.toPlainText().strip()):
            self.words.clear()
            self.hide()

    def _send_picture(self) -> None:
        path = self.path.text().strip()
        if not path:
            return
        if not path.lower().endswith(KINDS):
            self._say(tr("A card is a PNG, JPEG or WebP."), "warn")
        elif self._verbs.add_picture(str(Path(path).expanduser().absolute()), self.caption.text().strip()):
            self.path.clear()
            self.caption.clear()
            self.hide()

    def _open_chooser(self) -> None:
        """Qt's own chooser; it is opened, never waited for."""
        dialog = self._dialog = QFileDialog(self.window(), tr("A picture for a card"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Pictures") + " (*.png *.jpg *.jpeg *.webp)")
        dialog.fileSelected.connect(self.path.setText)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  Qt's name
        """One picture file of this machine may be dropped."""
        if _dropped(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  Qt's name
        """Its path goes into the field; nothing is sent yet."""
        path = _dropped(event.mimeData().urls())
        if path:
            self.path.setText(path)
            self.caption.setFocus(Qt.FocusReason.ShortcutFocusReason)
            event.acceptProposedAction()

    def hideEvent(self, event: object) -> None:  # noqa: N802  Qt's name
        """Put away: the keyboard goes back to the walls."""
        super().hideEvent(event)  # type: ignore[arg-type]  # Qt's event
        window = self.window()
        if window.isVisible() and window is not self:
            window.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _dropped(urls: list[QUrl]) -> str:
    """The one picture file among what is dragged; nothing for anything else."""
    if len(urls) != 1 or not urls[0].isLocalFile():
        return ""
    path = urls[0].toLocalFile()
    return path if path.lower().endswith(KINDS) else ""
