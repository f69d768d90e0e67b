"""Looks at a window as it is painted and complains: text that does not fit, siblings that overlap, weak contrast."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from textcraft_gui.widgets.verb_button import VerbButton
from textcraft_qt.labels import PlainLabel

CONTRAST = 4.5
"""The least ratio of text to its ground that people with weak sight read."""
SIZES = (QSize(1280, 660), QSize(1280, 720), QSize(1920, 1080), QSize(1280, 720))
"""The least window, the usual ones, and small again after it was large."""
SETTLE_MS = 30
QUIET_ROUNDS = 3
MOST_ROUNDS = 1000
_EDGE = 3
_QUANTUM = 8


def inspect_window(window: QWidget) -> list[str]:
    """Complaints about a window that is shown; an empty list is what a test wants."""
    settle(window)
    image = window.grab().toImage()
    pixels = pixels_of(image)
    widgets = list(_visible(window))
    complaints = [told for widget in widgets if (told := _fit(widget))]
    complaints += [told for widget in widgets if (told := _inside(widget, window))]
    complaints += [told for parent in (window, *widgets) for told in _overlaps(parent)]
    complaints += [told for widget in widgets if (told := _contrast(widget, window, pixels, image.devicePixelRatio()))]
    return complaints


def settle(window: QWidget) -> None:
    """Let a window find its layout: until nothing in it moved while Qt took so many turns, however long each lasts.

    A layout asks for the next one: after a time alone, on a machine that stood still meanwhile, it is half done.
    """
    quiet, last = 0, None
    for _ in range(MOST_ROUNDS):
        QApplication.sendPostedEvents()
        QApplication.processEvents()
        now = [(each.isVisible(), each.geometry().getRect()) for each in (window, *window.findChildren(QWidget))]
        quiet = quiet + 1 if now == last else 0
        if quiet == QUIET_ROUNDS:
            return
        last = now
    raise AssertionError(f"{name_of(window)} finds no layout")


def inspect_sizes(window: QWidget) -> list[str]:
    """Complaints about one window at every size: what it shows is laid out anew, as when somebody drags its edge."""
    told = []
    for size in SIZES:
        window.resize(size)
        QTest.qWait(SETTLE_MS)
        told += [f"{size.width()}x{size.height()}: {complaint}" for complaint in inspect_window(window)]
    return told


def name_of(widget: QWidget) -> str:
    """What a person would call a widget."""
    words = widget.accessibleName() or text_of(widget) or widget.objectName()
    return f"{type(widget).__name__} {words!r}"


def text_of(widget: QWidget) -> str:
    """The words a widget shows; empty for those that show none."""
    if isinstance(widget, PlainLabel | QAbstractButton):
        return widget.text()
    if isinstance(widget, QLineEdit):
        return widget.text() or widget.placeholderText()
    return ""


def contrast(one: QColor, other: QColor) -> float:
    """The contrast ratio of two colours, 1–21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def text_contrast(pixels: np.ndarray, box: QRect, scale: float = 1.0) -> float:
    """The contrast of the strongest pixel in `box` against its most frequent colour."""
    left, top, right, bottom = (round(v * scale) for v in (box.left(), box.top(), box.right() + 1, box.bottom() + 1))
    area = pixels[max(0, top) : bottom, max(0, left) : right].reshape(-1, 3)
    if not len(area):
        return 21.0
    packed = area.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)  # sorted a hundred times faster
    found, counts = np.unique(packed, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    light = _luminances(colours)
    ground = light[_most_frequent(colours, counts)]
    return float(max((light.max() + 0.05) / (ground + 0.05), (ground + 0.05) / (light.min() + 0.05)))


def pixels_of(image: QImage) -> np.ndarray:
    """An image as rows × columns × (red, green, blue)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()  # the image owns its bytes


def _most_frequent(colours: np.ndarray, counts: np.ndarray) -> int:
    """The place of the most frequent colour, with near ones counted together (a ground may have a gradient)."""
    near = colours // _QUANTUM @ np.array([1 << 16, 1 << 8, 1])
    _, groups = np.unique(near, return_inverse=True)
    largest = np.bincount(groups.ravel(), weights=counts).argmax()
    members = np.flatnonzero(groups.ravel() == largest)
    return int(members[counts[members].argmax()])


def _luminances(colours: np.ndarray) -> np.ndarray:
    parts = colours / 255
    parts = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return np.asarray(parts @ np.array([0.2126, 0.7152, 0.0722]))


def _luminance(colour: QColor) -> float:
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _visible(window: QWidget) -> Iterator[QWidget]:
    for widget in window.findChildren(QWidget):
        if widget.isVisible() and not widget.visibleRegion().isEmpty() and widget.window() is window:
            yield widget


def _fit(widget: QWidget) -> str:
    """Text is whole, or cut with an ellipsis and whole in the tooltip."""
    if isinstance(widget, VerbButton):
        return "" if widget.text_fits() else f"{name_of(widget)}: its face is wider than the button"
    if isinstance(widget, PlainLabel):
        return _label_fit(widget)
    if isinstance(widget, QPushButton | QCheckBox) and widget.text():
        need = widget.sizeHint()
        fits = widget.width() >= need.width() and widget.height() >= need.height() - 4
        return "" if fits else f"{name_of(widget)}: {widget.size().toTuple()} is less than {need.toTuple()}"
    return ""


def _label_fit(label: PlainLabel) -> str:
    if not label.text():
        return ""
    if label.is_elided():
        return "" if label.toolTip() else f"{name_of(label)}: cut without a tooltip"
    if label.wordWrap():
        need = label.heightForWidth(label.width())
        return "" if label.height() >= need else f"{name_of(label)}: {label.height()} px high, needs {need}"
    need_width = label.fontMetrics().horizontalAdvance(label.text())
    fits = label.contentsRect().width() >= need_width and label.height() >= label.fontMetrics().height() - 1
    return "" if fits else f"{name_of(label)}: {label.size().toTuple()} is too small for {need_width} px of text"


def _inside(widget: QWidget, window: QWidget) -> str:
    """A control is in sight as a whole, unless it lies in something that scrolls."""
    if not text_of(widget) or _scrolls(widget, window):
        return ""
    box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    shown = widget.visibleRegion().boundingRect().size()
    whole = window.rect().contains(box) and shown == widget.size()
    return "" if whole or _covered(widget, window) else f"{name_of(widget)}: only {shown.toTuple()} of it is in sight"


def _covered(widget: QWidget, window: QWidget) -> bool:
    """Whether an overlay lies over it on purpose."""
    centre = widget.mapTo(window, widget.rect().center())
    return any(
        child.isVisible() and child.objectName() == "overlay" and child.geometry().contains(centre)
        for child in window.children()
        if isinstance(child, QWidget)
    )


def _scrolls(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if parent.objectName() == "qt_scrollarea_viewport":
            return True
        parent = parent.parentWidget()
    return False


def _overlaps(parent: QWidget) -> Iterator[str]:
    """Siblings share no pixel; overlays, pages of a stack and fields laid over a picture do so on purpose."""
    if isinstance(parent, QStackedWidget | QMainWindow | QLineEdit) or parent.layout() is None:
        return
    placed = [
        parent.layout().itemAt(index).widget()
        for index in range(parent.layout().count())
        if parent.layout().itemAt(index).widget() is not None
    ]
    shown = [widget for widget in placed if widget.isVisible()]
    for one, other in combinations(shown, 2):
        both = one.geometry().intersected(other.geometry())
        if not both.isEmpty():
            yield f"{name_of(one)} and {name_of(other)} overlap by {both.size().toTuple()}"


def _contrast(widget: QWidget, window: QWidget, pixels: np.ndarray, scale: float) -> str:
    if not text_of(widget).strip() or _covered(widget, window):
        return ""
    inner = widget.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    box = QRect(widget.mapTo(window, inner.topLeft()), inner.size())
    if not window.rect().contains(box) or _scrolls(widget, window):
        return ""
    ratio = text_contrast(pixels, box, scale)
    return "" if ratio >= CONTRAST else f"{name_of(widget)}: contrast {ratio:.1f} is less than {CONTRAST}"
