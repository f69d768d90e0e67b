"""A short list of peers: sign, name, value; what is in trouble comes first, so that it is never the line cut off."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from textcraft_bus.records import dataclass
from textcraft_gui.theme import Colour, mono, ui
from textcraft_gui.widgets import shapes
from textcraft_gui.widgets.signs import Sign
from textcraft_gui.words.i18n import tr
from textcraft_qt.labels import plain_tooltip

ROW = 22
_LEFT = 20


@dataclass(frozen=True)
class Row:
    """One peer as it stands now."""

    sign: Sign
    name: str
    value: str
    hint: str = ""
    colour: Colour = Colour.QUIET
    loud: bool = False


class StatusList(QWidget):
    """Rows of `Row`; `empty` teaches what would stand here."""

    def __init__(self, empty: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()
        self._empty = empty
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What it shows, in order."""
        return self._rows

    def show_rows(self, rows: list[Row]) -> None:
        """Change the rows; trouble first, else as given."""
        ordered = tuple(sorted(rows, key=lambda row: not row.loud))
        if ordered == self._rows:
            return
        if len(ordered) != len(self._rows):
            self.updateGeometry()
        self._rows = ordered
        self.setAccessibleDescription("; ".join(f"{row.name}: {row.value}" for row in ordered) or self._empty)
        self.update()

    def visible_rows(self) -> tuple[tuple[Row, ...], int]:
        """The rows there is room for, and how many are left out."""
        room = max(1, self.height() // ROW)
        if len(self._rows) <= room:
            return self._rows, 0
        return self._rows[: room - 1], len(self._rows) - room + 1

    def _paint_row(self, painter: QPainter, top: float, row: Row) -> None:
        shapes.draw(painter, row.sign.shape, QRectF(1, top + 5.5, 11, 11), row.sign.colour.q)
        value_font = mono(12)
        width = QFontMetricsF(value_font).horizontalAdvance(row.value)
        painter.setFont(value_font)
        painter.setPen(row.colour.q)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, self.width(), ROW), int(right), row.value)
        self._paint_name(painter, top, row, self.width() - width - _LEFT - 8)

    def _paint_name(self, painter: QPainter, top: float, row: Row, width: float) -> None:
        font = ui(bold=row.loud)
        painter.setFont(font)
        painter.setPen(row.colour.q if row.loud else Colour.TEXT.q)
        name = QFontMetricsF(font).elidedText(row.name, Qt.TextElideMode.ElideRight, max(0.0, width))
        painter.drawText(QRectF(_LEFT, top, max(0.0, width), ROW), int(Qt.AlignmentFlag.AlignVCenter), name)

    def _hint_at(self, y: int) -> str:
        shown, left_out = self.visible_rows()
        index = y // ROW
        if index < len(shown):
            row = shown[index]
            return f"{row.name}: {row.hint or row.value}"
        rest = self._rows[len(shown) :] if left_out else ()
        return "\n".join(f"{row.name}: {row.value}" for row in rest) or ("" if self._rows else self._empty)

    def sizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """Room for every row."""
        return QSize(160, ROW * (len(self._rows) or 2))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  Qt's name
        """One row says at least how many there are."""
        return QSize(120, ROW)

    def event(self, event: QEvent) -> bool:
        """Answer with the tooltip of the row under the mouse."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tooltip(self._hint_at(event.pos().y())), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  Qt's name
        """Draw the rows, or what would stand here."""
        with QPainter(self) as painter:
            if not self._rows:
                painter.setFont(ui(12))
                painter.setPen(Colour.QUIET.q)
                flags = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
                painter.drawText(QRectF(self.rect()).adjusted(0, 2, 0, 0), int(flags), self._empty)
                return
            shown, left_out = self.visible_rows()
            for index, row in enumerate(shown):
                self._paint_row(painter, index * ROW, row)
            if left_out:
                painter.setFont(ui(12))
                painter.setPen(Colour.QUIET.q)
                middle = int(Qt.AlignmentFlag.AlignVCenter)
                painter.drawText(
                    QRectF(_LEFT, len(shown) * ROW, self.width(), ROW),
                    middle,
                    tr("and {left_out} more", left_out=left_out),
                )
