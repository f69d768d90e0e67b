"""Every visible text of the console goes through tr, can be found in the source, and is in the translators' list."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.build_modules import load

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "textcraft_gui"


texts = load("texts")

SHOWING = {
    "label": (0,),
    "button": (0,),
    "describe": (1,),
    "set_text": (1,),
    "setText": (0,),
    "setPlaceholderText": (0,),
    "setToolTip": (0,),
    "setAccessibleName": (0,),
    "setAccessibleDescription": (0,),
    "setWindowTitle": (0,),
    "addItem": (0,),
    "addAction": (0,),
    "explain": (0, 1),
    "flash": (0,),
    "rename": (1,),
    "drawText": (4,),
    "Face": (0, 2, 3),
    "Row": (1, 2, 3),
    "Page": (0, 1),
    "Tab": (0, 1, 2),
    "Choice": (0,),
    "Turn": (0, 1),
    "Answer": (0, 1),
    "Picture": (),
    "PictureView": (1,),
    "StatusList": (0, 1),
    "Refused": (0,),
    "KeyRefused": (0,),
    "FlowStatus": (0, 2),
    "tell": (0, 2, 4),
    "warn": (2, 3),
    "ask": (0, 1),
}
"""What shows words: the places of its arguments that are words."""
KEYWORDS = {"hint", "name", "badge", "title", "unit", "away", "more", "veil", "figure", "cap", "say", "missing"}
"""Arguments of those that are words, by name."""
ALLOWED = {
    "TextCraft": "the product's own name",
    "USD": "a currency",
    "JSON": "the name of a format",
}
ENGLISH = {
    "__main__.py": "the command line, read by programs too",
    "command_line.py": "as above",
    "rest_walls.py": "as above",
    "examination.py": "as above",
    "looks.py": "as above: what doctor finds",
    "qt_look.py": "as above",
    "units.py": "as above: files of the system",
    "rules.py": "why a console is gone: it comes by the environment, stands in the log and is kept in the journal",
    "sentinel.py": "as above",
    "supervisor.py": "as above",
    "batch.py": "the errors of a run without an operator, as above",
    "arguments.py": "what OSC takes: read by who wires a desk, in the language of its addresses and of the manual",
    "answers.py": "as above",
    "page.py": "as above",
    "preflight_looks.py": "findings become events, which are kept in the journal as they are",
}


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


def _words(node: ast.AST) -> list[str]:
    """Literal words an argument may come to, but for those in tr; figures and signs are no words."""
    if isinstance(node, ast.Call):
        return []
    if isinstance(node, ast.JoinedStr):
        fixed = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
        return [fixed] if re.search(r"[A-Za-z]{2}", fixed) else []
    if isinstance(node, ast.IfExp):
        return _words(node.body) + _words(node.orelse)
    if isinstance(node, ast.BoolOp):
        return [word for value in node.values for word in _words(value)]
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    text = texts.literal(node)
    return [text] if text is not None and re.search(r"[A-Za-z]{2}", text) and text not in ALLOWED else []


def untranslated(source: str) -> list[tuple[int, str]]:
    """Line and words of every visible literal without tr in a module."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _called(node) not in SHOWING:
            continue
        places = SHOWING[_called(node)]
        values = [value for place, value in enumerate(node.args) if place in places]
        values += [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
        found += [(node.lineno, word) for value in values for word in _words(value)]
    return found


def returned(source: str) -> list[tuple[int, str]]:
    """Line and words of every sentence that is given back or put into a variable; a member of an enum is a name."""
    found = []
    tree = ast.parse(source)
    members = {child for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for child in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Return | ast.Assign) and node.value is not None and node not in members:
            found += [(node.lineno, word) for word in _words(node.value) if re.search(r"[a-z] [a-z]+ ", word)]
    return found


def test_every_visible_word_goes_through_tr():
    found = [
        f"{path.relative_to(ROOT)}:{line} {words!r}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, words in untranslated(path.read_text("utf-8"))
    ]
    assert found == []


def test_no_sentence_is_made_without_tr():
    found = [
        f"{path.relative_to(ROOT)}:{line} {words!r}"
        for path in sorted(SOURCE.rglob("*.py"))
        if path.name not in ENGLISH
        for line, words in returned(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'label("Some words")',
        'button(tr("ok"), hint="Some words")',
        'lane.tell(state, now, f"{name} is lost")',
        'self.box.setText("yes" if on else tr("no"))',
        'Refused("Some words")',
    ],
)
def test_the_lint_sees_what_is_wrong(line):
    assert untranslated(line)


def test_the_lint_lets_figures_and_translated_words_by():
    assert untranslated('label(tr("words"), "quiet"); button("⋯", hint=tr("more")); set_text(a, f"${x:.2f}")') == []


def test_every_text_can_be_found_in_the_source():
    assert texts.find().hidden == []


def test_a_text_that_cannot_be_found_is_seen(tmp_path):
    (tmp_path / "module.py").write_text("tr(word)\ncounted(3, one, many)\n")
    assert texts.find(tmp_path).hidden == ["module.py:1", "module.py:2"]


def test_the_list_for_translators_is_up_to_date():
    """When this fails: python3 build/dev.py strings."""
    assert texts.TEMPLATE.read_text("utf-8") == texts.template(texts.find())
