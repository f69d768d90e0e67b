from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QImage, QPainter, QRawFont, QTextLayout

from textcraft_qt.errors import FontsMissingError
from textcraft_qt.fonts import FontFamilies, load_fonts

FOLDER = Path(__file__).parents[2] / "resources" / "fonts"
FRENCH = "éèêëàâçîïôœùûüÿæÉÈÀÇŒ«»’…—€"
SIGNS = "●○▲■▷▶◇◆‖⏸✔→▾⇧◉"

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def families() -> FontFamilies:
    return load_fonts(FOLDER)


def lacks(family: str, letters: str) -> set[str]:
    """The letters that the family itself lacks."""
    font = QRawFont.fromFont(QFont(family))
    assert font.familyName() == family
    return {letter for letter in letters if not font.supportsCharacter(ord(letter))}


def test_the_families_are_the_bundled_ones(families: FontFamilies) -> None:
    for font in (families.ui_font(14), families.mono_font(14)):
        assert QFontInfo(font).family() == font.families()[0]
        assert QFontInfo(font).pixelSize() == 14


def test_both_text_families_write_french(families: FontFamilies) -> None:
    assert lacks(families.ui, FRENCH) == set()
    assert lacks(families.mono, FRENCH) == set()


def test_every_sign_of_the_console_is_in_one_of_the_bundled_families(families: FontFamilies) -> None:
    for font in (families.ui_font(14), families.mono_font(14)):
        assert set.intersection(*(lacks(family, SIGNS) for family in font.families())) == set()


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold, QFont.Weight.Bold])
def test_each_weight_is_a_real_one(families: FontFamilies, weight: QFont.Weight) -> None:
    font = families.ui_font(16, weight)
    assert QFontInfo(font).weight() == weight
    assert QRawFont.fromFont(font).weight() == weight


def test_figures_stand_still(families: FontFamilies) -> None:
    for font in (families.ui_font(20), families.mono_font(20)):
        metrics = QFontMetrics(font)
        assert len({metrics.horizontalAdvance(digit * 8) for digit in "0123456789"}) == 1


def picture(font: QFont, text: str) -> bytes:
    image = QImage(48, 48, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(font)
    painter.drawText(image.rect(), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return bytes(image.constBits())


def test_every_letter_and_sign_is_painted_as_itself(families: FontFamilies) -> None:
    for font in (families.ui_font(28), families.mono_font(28)):
        blank, unknown = picture(font, " "), picture(font, "\U0010fffd")
        seen = {letter: picture(font, letter) for letter in FRENCH + SIGNS}
        assert not [letter for letter, painted in seen.items() if painted in (blank, unknown)]
        assert len(set(seen.values())) == len(seen)


@pytest.mark.parametrize("sign", [*"⏸✔◉"])
def test_a_family_named_alone_finds_its_signs_in_the_bundle(families: FontFamilies, sign: str) -> None:
    bundled = QFont(families.symbols)
    bundled.setPixelSize(28)
    for family in (families.ui, families.mono):
        alone = QFont(family)
        alone.setPixelSize(28)
        assert glyphs(alone, sign) == glyphs(bundled, sign)


def glyphs(font: QFont, text: str) -> list[tuple[str, float]]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return [(run.rawFont().familyName(), run.boundingRect().width()) for run in layout.glyphRuns()]


def test_a_missing_folder_an_empty_one_and_a_broken_font_are_named(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(FontsMissingError, match=folder.name):
            load_fonts(folder)
    (tmp_path / "broken.ttf").write_bytes(b"not a font")
    with pytest.raises(FontsMissingError, match=r"broken\.ttf"):
        load_fonts(tmp_path)


def test_a_folder_without_a_needed_family_says_which(tmp_path: Path) -> None:
    (tmp_path / "Inter-Regular.otf").write_bytes((FOLDER / "Inter-Regular.otf").read_bytes())
    with pytest.raises(FontsMissingError, match="JetBrains Mono"):
        load_fonts(tmp_path)


def test_the_licence_is_beside_the_fonts_and_all_is_small() -> None:
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    fonts = [path for path in FOLDER.iterdir() if path.suffix in (".otf", ".ttf")]
    assert sum(path.stat().st_size for path in fonts) <= 2_500_000
    assert all(path.name in (FOLDER / "OFL.txt").read_text(encoding="utf-8") for path in fonts)
