from PySide6.QtCore import QCoreApplication, QTranslator

from textcraft_gui.i18n import CONTEXT, tr


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
