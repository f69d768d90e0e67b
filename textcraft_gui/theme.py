"""The look in one place: colours by meaning, fonts by use, and the style sheet with both put in; knows no state."""

from enum import StrEnum
from typing import Final

from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from textcraft_bus.disk.assets import resources
from textcraft_qt.fonts import FontFamilies


class Colour(StrEnum):
    """Colours by what they mean; greys for everything else."""

    BG = "#16181B"
    PANEL = "#1C1F23"
    RAISED = "#25292F"
    HOVER = "#2F343B"
    PRESSED = "#1F2328"
    CHOSEN = "#1C2B3A"
    """A selected row: dark enough that every state's colour can still be read on it."""
    SELECTED = "#2C5678"
    """Selected text, whose words are TEXT."""
    EDGE = "#6A727C"
    """A thing to grasp, three times as bright as what it lies on."""
    LINE = "#31363D"
    TRACK = "#30353C"
    TEXT = "#E6E9ED"
    QUIET = "#9EA5AF"
    DIM = "#8B929C"
    LIVE = "#FF5A4F"
    NEXT = "#35C48F"
    INFO = "#6CB8F2"
    WARN = "#F2B33D"
    FAULT = "#FF6BD6"
    OK = "#8B929C"

    @property
    def q(self) -> QColor:
        """This colour for a painter."""
        return QColor(self.value)


FONTS: Final = FontFamilies()
BODY_PX: Final = 13
MARGIN: Final = 16
GAP: Final = 8
FIELD_HIGH: Final = 28
"""How high a field of one line is."""
READABLE: Final = 4.5
"""The least contrast of words (WCAG 2.2, 1.4.3); of lamps and handles it is 3."""


def ui(pixels: int = BODY_PX, *, bold: bool = False) -> QFont:
    """The interface font."""
    return FONTS.ui_font(pixels, QFont.Weight.Bold if bold else QFont.Weight.Normal)


def mono(pixels: int = BODY_PX) -> QFont:
    """The font of figures and keys."""
    return FONTS.mono_font(pixels)


def tinted(colour: Colour, share: float, ground: Colour = Colour.BG) -> QColor:
    """`share` (0–1) of a colour laid over a ground."""
    top, under = colour.q, ground.q
    mixed = (round(a * share + b * (1 - share)) for a, b in zip(top.getRgb()[:3], under.getRgb()[:3], strict=True))  # type: ignore[index]  # the stub says object, it is a tuple of four
    return QColor(*mixed)


def readable(colour: QColor, ground: QColor) -> QColor:
    """The colour, lightened towards TEXT until words in it can be read on a ground."""
    light = Colour.TEXT.q
    for step in range(5):
        share = step / 4
        mixed = QColor.fromRgbF(
            *(a * (1 - share) + b * share for a, b in zip(_parts(colour), _parts(light), strict=True))
        )
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return light


def contrast(one: QColor, other: QColor) -> float:
    """The ratio by which WCAG tells how well a colour is read on another, 1–21."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


def _luminance(colour: QColor) -> float:
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def stylesheet() -> str:
    """The console's style sheet with every @TOKEN replaced. Raises AssetMissing."""
    text = resources("console.qss").read_text(encoding="utf-8")
    tokens = {colour.name: colour.value for colour in Colour}
    tokens |= {name: resources("icons", f"{name.lower()}.png").as_posix() for name in ("CHECK", "CHEVRON")}
    tokens |= {"UI": f'"{FONTS.ui}", "{FONTS.symbols}"', "MONO": f'"{FONTS.mono}", "{FONTS.symbols}"'}
    for name in sorted(tokens, key=len, reverse=True):
        text = text.replace(f"@{name}", tokens[name])
    return text


def prepare(app: QApplication, fonts: FontFamilies) -> None:
    """Give the application its style, font and palette, unless it has them; `fonts` are the loaded ones."""
    font = fonts.ui_font(BODY_PX)
    if app.font() == font:
        return
    app.setStyle("Fusion")
    app.setFont(font)
    app.setPalette(_palette())


def dress(window: QWidget) -> None:
    """Put the style sheet on, and let every widget of the window find its size by it. Raises AssetMissing.

    After the window is whole: with a sheet, each widget is polished anew whenever it, or one it lies in, gets another
    parent. That was two thirds of making the window. It is the window's and not the application's, so that a part that
    is made later is made without one, and polished once, when it gets its place.
    """
    window.setStyleSheet(stylesheet())
    fit(window)


def fit(part: QWidget) -> None:
    """Let a part of a dressed window find its size by the sheet, also what lies on pages out of sight.

    Docks and stacks share the room by what each page needs.
    """
    for widget in (part, *part.findChildren(QWidget)):
        widget.ensurePolished()
        widget.updateGeometry()
    for layout in part.findChildren(QLayout):
        layout.invalidate()
    around = part.parentWidget()
    while around is not None:  # a page out of sight does not tell what it lies in that it needs more room now
        if (layout_around := around.layout()) is not None:
            layout_around.invalidate()
        around.updateGeometry()
        around = around.parentWidget()


def _palette() -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: Colour.BG,
        QPalette.ColorRole.WindowText: Colour.TEXT,
        QPalette.ColorRole.Base: Colour.PANEL,
        QPalette.ColorRole.AlternateBase: Colour.RAISED,
        QPalette.ColorRole.Text: Colour.TEXT,
        QPalette.ColorRole.PlaceholderText: Colour.DIM,
        QPalette.ColorRole.Button: Colour.RAISED,
        QPalette.ColorRole.ButtonText: Colour.TEXT,
        QPalette.ColorRole.ToolTipBase: Colour.RAISED,
        QPalette.ColorRole.ToolTipText: Colour.TEXT,
        QPalette.ColorRole.Highlight: Colour.CHOSEN,
        QPalette.ColorRole.HighlightedText: Colour.TEXT,
    }
    for role, colour in roles.items():
        palette.setColor(role, colour.q)
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, Colour.DIM.q)
    return palette
