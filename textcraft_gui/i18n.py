"""The one door every visible word goes through, so that a second language is a file; knows no widget."""

from PySide6.QtCore import QCoreApplication

CONTEXT = "textcraft"


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the operator's language, with `{name}` replaced by each of `values`.

    The English text is its own key; a text without a translation stays English. Call it when the text is shown, not
    when a module is imported: the language is chosen after that. Values are put in literally, never read as markup.
    """
    shown = QCoreApplication.translate(CONTEXT, text)
    return shown.format(**values) if values else shown
