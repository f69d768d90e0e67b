"""A language from a file: `resources/i18n/<language>.json`, chosen by the setting, else by the system; knows no widget.

The file holds `texts` (English → translated), `counted` (the English plural → all forms of this language) and `plural`,
the rule of gettext that chooses among the forms. What it leaves out stays English.
"""

import json
import logging
from collections.abc import Callable, Mapping
from gettext import c2py  # the standard library's own reader of plural rules
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from textcraft_bus.disk.assets import resources
from textcraft_bus.errors import BusError
from textcraft_gui.words.i18n import CONTEXT

log = logging.getLogger(__name__)

ENGLISH: Final = "en"


class Translation(QTranslator):
    """The texts of one language; raises ValueError for a content that is none."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        super().__init__()
        self.code = ""
        """Its code, such as fr, once it is spoken."""
        self._texts = _texts(content.get("texts") or {})
        self._counted = {key: _forms(forms) for key, forms in dict(content.get("counted") or {}).items()}
        self._choose: Callable[[int], int] = c2py(str(content.get("plural") or "n != 1"))

    def translate(self, context: str, sourceText: str, _disambiguation: str | None = None, n: int = -1) -> str:  # noqa: N803  Qt's name
        """Return the translation, "" for none."""
        if context != CONTEXT:
            return ""
        forms = self._counted.get(sourceText) if n >= 0 else None
        if forms is None:
            return self._texts.get(sourceText, "")
        return forms[min(self._choose(n), len(forms) - 1)]

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        """Qt leaves out translators that are empty."""
        return not (self._texts or self._counted)


def _texts(found: Any) -> dict[str, str]:
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("texts are to be English → translated")
    return {key: text for key, text in found.items() if text}


def _forms(found: Any) -> list[str]:
    if not isinstance(found, list) or not found or not all(isinstance(form, str) for form in found):
        raise ValueError("a counted text has a list of its forms")
    return found


def read_translation(language: str) -> Translation:
    """Read a language that is shipped. Raises AssetMissing, OSError, ValueError."""
    return Translation(json.loads(resources("i18n", f"{language}.json").read_text("utf-8")))


def speak(language: str) -> Translation | None:
    """Show the console in a language; "" asks the system. None: it is English, or there is no file of it."""
    wanted = (language or QLocale.system().name()).partition("_")[0].lower()
    app = QCoreApplication.instance()
    if wanted in {ENGLISH, "c"} or app is None:
        return None
    try:
        translation = read_translation(wanted)
    except (BusError, OSError, ValueError) as error:
        log.log(logging.WARNING if language else logging.INFO, "the console stays English: %s", error)
        return None
    translation.setParent(app)
    translation.code = wanted
    app.installTranslator(translation)
    return translation


def spoken() -> str:
    """Return the code of the language the console speaks now, "" for English."""
    app = QCoreApplication.instance()
    found = app.findChildren(Translation) if app is not None else []
    return found[-1].code if found else ""
