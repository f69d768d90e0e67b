import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from textcraft_gui.words.i18n import CONTEXT, counted, tr, translated


class Marking(QTranslator):
    """Marks every text of ours."""

    def translate(self, context, source, disambiguation=None, n=-1):
        return f"«{source}»" if context == CONTEXT else ""

    def isEmpty(self):
        return False


def test_a_text_without_a_translation_stays_english(qapp):
    assert tr("chapter {name}", name="ch01") == "chapter ch01"


def test_a_translation_is_found_and_filled_in(qapp):
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    try:
        assert tr("chapter {name}", name="ch01 {title}") == "«chapter ch01 {title}»"
    finally:
        QCoreApplication.removeTranslator(translator)


@pytest.mark.parametrize(("number", "text"), [(0, "0 walls"), (1, "1 wall"), (1200, "1,200 walls")])
def test_english_words_follow_their_number(qapp, number, text):
    assert counted(number, "{n} wall", "{n} walls") == text


def test_a_text_of_a_table_is_translated_when_it_is_shown(qapp):
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    try:
        assert translated("HOLD") == "«HOLD»"
        assert translated("") == ""
    finally:
        QCoreApplication.removeTranslator(translator)
