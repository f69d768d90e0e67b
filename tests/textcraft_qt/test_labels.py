from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QTextDocument
from pytestqt.qtbot import QtBot

from textcraft_qt.labels import MAX_TOOLTIP, PlainLabel, plain_tooltip

pytestmark = pytest.mark.usefixtures("qapp")


def ink(label: PlainLabel) -> int:
    """How many pixels of the label are red."""
    image = QImage(label.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    label.render(image)
    return sum(
        image.pixelColor(x, y).red() > 200 and image.pixelColor(x, y).green() < 60
        for x in range(image.width())
        for y in range(image.height())
    )


def red_picture(folder: Path) -> str:
    path = folder / "red.png"
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(path))
    return f'<img src="file://{path}">'


def test_markup_is_text_and_loads_nothing(tmp_path: Path) -> None:
    label = PlainLabel(red_picture(tmp_path))
    label.resize(400, 60)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert ink(label) == 0


def test_other_formats_are_refused() -> None:
    label = PlainLabel("text")
    label.setTextFormat(Qt.TextFormat.PlainText)
    for text_format in (Qt.TextFormat.RichText, Qt.TextFormat.AutoText, Qt.TextFormat.MarkdownText):
        with pytest.raises(ValueError, match="plain text only"):
            label.setTextFormat(text_format)
    assert label.textFormat() == Qt.TextFormat.PlainText


HOSTILE = "<img src='file:///etc/hostname'> & <b>\"bold\"</b>\n  second line"


def test_a_tooltip_shows_markup_literally() -> None:
    document = QTextDocument()
    document.setHtml(plain_tooltip(HOSTILE))
    shown = document.toPlainText().replace("\u2028", "\n").replace("\u00a0", " ")
    assert shown == HOSTILE
    assert "<img" not in plain_tooltip(HOSTILE)


def test_a_tooltip_is_bounded_and_an_empty_one_is_none() -> None:
    document = QTextDocument()
    document.setHtml(plain_tooltip("x" * 50_000))
    assert len(document.toPlainText()) == MAX_TOOLTIP
    assert plain_tooltip("") == ""


@pytest.mark.parametrize("mode", [Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle])
def test_a_long_text_is_cut_and_whole_in_the_tooltip(mode: Qt.TextElideMode) -> None:
    text = "a long <i>sentence</i> " * 10
    label = PlainLabel(text, elide=mode)
    label.resize(80, 20)
    label.render(QImage(QSize(80, 20), QImage.Format.Format_RGB32))
    assert label.is_elided()
    assert label.text() == text
    assert label.toolTip() == plain_tooltip(text)


def test_a_text_that_fits_is_not_cut_and_has_no_tooltip() -> None:
    label = PlainLabel("short", elide=Qt.TextElideMode.ElideRight)
    label.resize(400, 20)
    assert not label.is_elided()
    assert label.toolTip() == ""


def test_the_tooltip_follows_size_and_text(qtbot: QtBot) -> None:
    label = PlainLabel("some words of a caption", elide=Qt.TextElideMode.ElideRight)
    label.resize(400, 20)
    assert label.toolTip() == ""
    label.show()
    label.resize(30, 20)
    qtbot.waitUntil(lambda: label.toolTip() == plain_tooltip("some words of a caption"))
    label.setText("")
    assert label.toolTip() == ""
    label.close()


def test_an_own_tooltip_stays_and_is_literal() -> None:
    label = PlainLabel("text", elide=Qt.TextElideMode.ElideRight)
    label.setToolTip("<b>why</b>")
    label.setText("other text")
    assert label.toolTip() == plain_tooltip("<b>why</b>")


def test_a_label_that_does_not_elide_keeps_the_room_its_text_needs() -> None:
    text = "twenty words " * 5
    assert PlainLabel(text).minimumSizeHint().width() > PlainLabel(text).fontMetrics().averageCharWidth() * 20


def test_an_eliding_label_may_shrink_but_not_to_nothing() -> None:
    label = PlainLabel("twenty words " * 5, elide=Qt.TextElideMode.ElideRight)
    hint = label.minimumSizeHint()
    assert 0 < hint.width() < label.sizeHint().width() / 3
    assert hint.height() >= label.fontMetrics().height()


def test_a_cut_text_keeps_its_colour_and_stays_in_its_box() -> None:
    label = PlainLabel("many red words " * 20, elide=Qt.TextElideMode.ElideRight)
    label.setStyleSheet("color: #ff0000; font-size: 24px; font-weight: bold; background: white")
    label.resize(200, 40)
    assert label.is_elided()
    assert ink(label) > 50


def test_a_line_break_does_not_grow_an_eliding_label() -> None:
    label = PlainLabel("one\ntwo", elide=Qt.TextElideMode.ElideRight)
    label.resize(400, 20)
    assert label.is_elided()
    assert label.toolTip() == plain_tooltip("one\ntwo")
