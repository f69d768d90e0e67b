import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QWidget

from textcraft_gui.manual.overlay import ManualOverlay


@pytest.fixture
def manual(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    made = ManualOverlay(window)
    window.show()
    made.open_at(window.rect())
    made.begin()
    yield made
    window.hide()


def test_every_page_can_be_chosen_and_read(manual):
    for row in range(manual.list.count()):
        manual.list.setCurrentRow(row)
        text = manual.page.toPlainText()
        assert text.startswith(manual.list.item(row).text())


def test_the_search_leaves_pages_that_hold_the_words(manual):
    whole = manual.list.count()
    manual.search.setText("reserve reel cap_day")
    assert 0 < manual.list.count() < whole
    manual.search.returnPressed.emit()
    manual.search.setText("no such words anywhere")
    assert manual.list.count() == 0 and manual.page.toPlainText()
    manual.search.clear()
    assert manual.list.count() == whole


def test_enter_finds_the_words_in_the_page_and_begins_again(manual):
    assert manual.open_page("lights.md")
    manual.search.setText("FAULT")
    manual.open_page("lights.md")
    manual.search.returnPressed.emit()
    first = manual.page.textCursor().position()
    assert manual.page.textCursor().selectedText().casefold() == "fault"
    manual.search.returnPressed.emit()
    assert manual.page.textCursor().position() and first


def test_a_link_opens_its_page_and_no_other_address_does_anything(manual):
    manual.page.anchorClicked.emit(QUrl("steer.md"))
    assert manual.page.toPlainText().startswith("Steer the story")
    for address in ("http://127.0.0.1/", "file:///etc/passwd", "../../pyproject.toml"):
        manual.page.anchorClicked.emit(QUrl(address))
    assert manual.page.toPlainText().startswith("Steer the story")


def test_pictures_come_from_the_manual_alone(manual):
    image = int(QTextDocument.ResourceType.ImageResource.value)
    assert not manual.page.loadResource(image, QUrl("console.webp")).isNull()
    for address in ("file:///etc/passwd", "../icons/textcraft.png", "http://127.0.0.1/x.png", "gone.png", "manual.css"):
        assert manual.page.loadResource(image, QUrl(address)).isNull()


def test_esc_in_the_search_puts_it_away(manual):
    manual.search.left.emit()
    assert manual.isHidden()
