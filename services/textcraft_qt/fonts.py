"""Loads the bundled fonts, so that text looks the same on every machine; knows no widget and no style."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

from textcraft_bus.records import dataclass
from textcraft_qt.errors import FontsMissingError

UI_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
SYMBOL_FAMILY = "Noto Sans Symbols2"
SUFFIXES = (".otf", ".ttf")


@dataclass(frozen=True)
class FontFamilies:
    """The family names to give to QFont, each to be followed by others for the signs it lacks."""

    ui: str = UI_FAMILY
    mono: str = MONO_FAMILY
    symbols: str = SYMBOL_FAMILY

    def ui_font(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the interface font, `pixels` high, with figures of equal width so that clocks stand still."""
        font = _font([self.ui, self.symbols], pixels, weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def mono_font(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the font for figures, logs and code, `pixels` high."""
        return _font([self.mono, self.symbols, self.ui], pixels, weight)


def load_fonts(folder: Path) -> FontFamilies:
    """Load every font file of `folder` (not its subfolders) into Qt and return the families to use.

    Needs the application object. FontsMissingError when the folder has no font, when Qt refuses
    one, or when one of the families is not among them.
    """
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise FontsMissingError(f"no font file in {folder}")
    found = {family for path in files for family in _load(path)}
    families = FontFamilies()
    missing = {families.ui, families.mono, families.symbols} - found
    if missing:
        raise FontsMissingError(f"{folder} lacks the font families {sorted(missing)}; it has {sorted(found)}")
    # So that a style sheet or QML that names one family alone finds its signs here, not in a font of the machine.
    QFont.insertSubstitutions(families.ui, [families.symbols])
    QFont.insertSubstitutions(families.mono, [families.symbols, families.ui])
    return families


def _load(path: Path) -> list[str]:
    number = QFontDatabase.addApplicationFont(str(path))
    if number < 0:
        raise FontsMissingError(f"Qt cannot load the font {path}")
    return QFontDatabase.applicationFontFamilies(number)


def _font(families: list[str], pixels: int, weight: QFont.Weight) -> QFont:
    font = QFont(families)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font
