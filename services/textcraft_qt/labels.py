"""The one label of the project: its text is always literal; knows not where the text comes from."""

import re
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStyle, QStyleOption, QWidget  # noqa: TID251  this is where it is tamed

MAX_TOOLTIP = 1_000
"""Characters of a tooltip; a manuscript in one would cover the screen."""
MIN_ELIDED_CHARS = 4
_MARKS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, marks that turn what follows them round, and halves of characters; a script written from right to left
needs none of them."""

_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""As `html.escape`, whose module brings the names of two thousand characters to every start."""


def harmless(text: str) -> str:
    """Return `text` with each mark that would change how words beside it are shown as �: it stays in sight."""
    return _MARKS.sub("\ufffd", text)


def plain_tooltip(text: str) -> str:
    """Return `text` as a tooltip that shows it literally; empty stays empty (no tooltip).

    Qt guesses whether a tooltip is rich text, and rich text can load files by `<img src>`. So it
    gets rich text of our own making, with everything of `text` escaped and its lines kept.
    """
    if not text:
        return ""
    shown = text if len(text) <= MAX_TOOLTIP else text[: MAX_TOOLTIP - 1] + "…"
    return f'<p style="white-space:pre-wrap">{harmless(shown).translate(_ESCAPED)}</p>'


class PlainLabel(QLabel):
    """A QLabel that shows its text literally, on request cut with an ellipsis and whole in its tooltip.

    `text()` is always the whole text. A tooltip of one's own stays as it was set, and is literal too.
    """

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, elide: Qt.TextElideMode = Qt.TextElideMode.ElideNone
    ) -> None:
        super().__init__(parent)
        super().setTextFormat(Qt.TextFormat.PlainText)
        self._text = ""
        self._elide = elide
        self._own_tooltip = ""
        self.setText(text)

    def is_elided(self) -> bool:
        """Whether the text is wider than the label and thus shown with an ellipsis."""
        return self._elide != Qt.TextElideMode.ElideNone and self._shown() != super().text()

    def _shown(self) -> str:
        one_line = " ".join(super().text().splitlines())
        return self.fontMetrics().elidedText(one_line, self._elide, self._text_rect().width())

    def _text_rect(self) -> QRect:
        margin = self.margin()
        return self.contentsRect().adjusted(margin, margin, -margin, -margin)

    def _refresh_tooltip(self) -> None:
        super().setToolTip(plain_tooltip(self._own_tooltip or (self.text() if self.is_elided() else "")))

    def text(self) -> str:
        """Return the whole text as it was given."""
        return self._text

    def setText(self, text: str) -> None:  # noqa: N802  Qt's name
        """Show `text`, literally."""
        self._text = text
        super().setText(harmless(text))
        self._refresh_tooltip()

    def setTextFormat(self, text_format: Qt.TextFormat) -> None:  # noqa: N802  Qt's name
        """ValueError for any format but PlainText."""
        if text_format != Qt.TextFormat.PlainText:
            raise ValueError("this label shows plain text only: rich text can load files")

    def setToolTip(self, text: str) -> None:  # noqa: N802  Qt's name
        """Show `text` as the tooltip, literally; empty: the whole text whenever it is elided."""
        self._own_tooltip = text
        self._refresh_tooltip()

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """An eliding label may shrink to a few characters, any other needs what its text needs."""
        hint = super().minimumSizeHint()
        if self._elide == Qt.TextElideMode.ElideNone:
            return hint
        return QSize(min(hint.width(), self.fontMetrics().averageCharWidth() * MIN_ELIDED_CHARS), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  Qt's name
        """Whether the text fits may have changed."""
        super().resizeEvent(event)
        self._refresh_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Paint as Qt does, unless the text has to be cut."""
        if not self.is_elided():
            super().paintEvent(event)
            return
        with QPainter(self) as painter:
            self.drawFrame(painter)
            option = QStyleOption()
            option.initFrom(self)
            style = self.style()
            flags = int(QStyle.visualAlignment(self.layoutDirection(), self.alignment()))
            style.drawItemText(
                painter,
                self._text_rect(),
                flags,
                option.palette,
                self.isEnabled(),
                self._shown(),
                self.foregroundRole(),
            )
