"""Prints a report to PDF: the core's own page through Qt's printer; nothing is ever loaded from a file or a network."""

import base64
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QMarginsF, QUrl
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from textcraft_bus.disk.files import write_durably
from textcraft_gui.theme import ui

_MARGINS_MM: Final = QMarginsF(16, 16, 16, 16)
_POINTS_PER_INCH: Final = 72
_DATA: Final = "data:image/jpeg;base64,"


class _ClosedDocument(QTextDocument):
    """A document that opens nothing: a picture is in the page itself, or it is not there."""

    def loadResource(self, _kind: int, name: QUrl | str) -> Any:  # noqa: N802  Qt's name
        """Return a picture that came with the page; nothing for any other address."""
        address = name.toString() if isinstance(name, QUrl) else name
        if not address.startswith(_DATA):
            return QImage()
        picture = QImage()
        picture.loadFromData(base64.b64decode(address.removeprefix(_DATA)))
        return picture


def write_pdf(page: str, title: str, path: Path) -> None:
    """Print a page of HTML as A4. Blocking, from any thread. Raises WriteFailed."""
    loop = QEventLoop()  # a document starts timers as it is laid out, and a worker has nobody to keep them
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, _MARGINS_MM))
    writer.setResolution(_POINTS_PER_INCH)
    document = _ClosedDocument()
    document.setDefaultFont(ui(10))
    document.setHtml(page)
    document.setPageSize(writer.pageLayout().paintRectPoints().size().toSizeF())
    document.print_(writer)
    del document, loop
    write_durably(path, bytes(buffer.data().data()))
