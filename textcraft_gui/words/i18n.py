"""The one door every visible word goes through, so that a second language is a file; knows no widget.

`tr` takes a literal, so that all texts can be found in the source. Tables made at import hold their texts by `later`,
and `translated` shows them. `counted` is the one place that knows that words change with numbers. Never translated:
words of models, visitors, files, the log and the journal.
"""

from PySide6.QtCore import QCoreApplication

CONTEXT = "textcraft"


def tr(text: str, /, **values: object) -> str:
    """Return `text` in the operator's language, with `{name}` replaced by each of `values`.

    The English text is its own key; a text without a translation stays English. Call it when the text is shown, not
    when a module is imported: the language is chosen after that. Values are put in literally, never read as markup.
    """
    return translated(text, **values)


def later(text: str, /) -> str:
    """Return a literal as it is; it says that this is a text, which `translated` will show."""
    return text


def translated(text: str, /, **values: object) -> str:
    """Like `tr`, for a text that stands in a table; "" stays empty.

    A translator written in Python cannot say "none", only "": Qt takes that for a translation, we do not.
    """
    return _filled(QCoreApplication.translate(CONTEXT, text) or text, text, values) if text else ""


def counted(number: int, one: str, many: str, /, **values: object) -> str:
    """Return `one` or `many` for a number, with `{n}` replaced by it: `1 wall`, `1,200 walls`; and `values`.

    `many` is the key. A language with other plurals has all its forms under it, and a rule that chooses (see
    `translation`); English needs the two given here.
    """
    found = QCoreApplication.translate(CONTEXT, many, None, number) or many
    source = one if number == 1 else many
    return _filled(source if found == many else found, source, {**values, "n": f"{number:,}"})


def _filled(text: str, source: str, values: dict[str, object]) -> str:
    """Fill in the values; a translation that asks for others gives way to the English text."""
    if not values:
        return text
    try:
        return text.format(**values)
    except (LookupError, ValueError, TypeError, AttributeError):
        return source.format(**values)
