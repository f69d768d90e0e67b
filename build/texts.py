#!/usr/bin/env python3
"""Finds every visible text of the console in its source and writes the list that translators work from.

`python3 build/dev.py strings` writes resources/i18n/textcraft.template; only the standard library is used.
"""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "textcraft_gui"
TEMPLATE = ROOT / "resources" / "i18n" / "textcraft.template"

# Tables whose rows hold texts: the places of the texts among the arguments, and their keywords.
TABLES = {
    "Action": ((1, 2, 5), ("text", "tooltip", "cap")),
    "_stop": ((1, 3), ()),
    "_half": ((1,), ("hint",)),
    "_wide": ((1, 3), ("hint",)),
    "Spec": ((1, 2), ("item",)),
}
# Classes and tables all of whose strings are texts; enums of the engine are shown by their values.
WHOLE = ("Verb", "_WORDS")


class Found:
    """The texts of one or more modules, and calls whose text cannot be found."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.counted: dict[str, str] = {}
        self.hidden: list[str] = []

    def look(self, path: Path) -> None:
        """Take in one module."""
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                self._call(node, path)
            elif isinstance(node, ast.ClassDef) and node.name in WHOLE:
                self.texts |= {
                    text for child in node.body if isinstance(child, ast.Assign) for text in strings(child.value)
                }
            elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") in WHOLE and node.value is not None:
                self.texts |= set(strings(node.value))

    def _call(self, node: ast.Call, path: Path) -> None:
        name = getattr(node.func, "id", "")
        if name in {"tr", "later"}:
            self._literal(node, path)
        elif name == "counted":
            self._counted(node, path)
        elif name in TABLES:
            places, keywords = TABLES[name]
            values = [value for place, value in enumerate(node.args) if place in places]
            values += [keyword.value for keyword in node.keywords if keyword.arg in keywords]
            self.texts |= {text for value in values for text in strings(value)}

    def _literal(self, node: ast.Call, path: Path) -> None:
        text = literal(node.args[0]) if node.args else None
        if text is not None:
            self.texts.add(text)
        elif path.name != "i18n.py":
            self.hidden.append(f"{path.name}:{node.lineno}")

    def _counted(self, node: ast.Call, path: Path) -> None:
        one, many = (literal(value) for value in node.args[1:3]) if len(node.args) >= 3 else (None, None)
        if one is None or many is None:
            self.hidden.append(f"{path.name}:{node.lineno}")
        else:
            self.counted[many] = one


def literal(node: ast.AST) -> str | None:
    """The string a node is; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def strings(node: ast.AST) -> Iterator[str]:
    """Every string that is a value in a node; the keys of a table are names."""
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from strings(value)
    elif (text := literal(node)) is not None and any(letter.isalpha() for letter in text):
        yield text


def find(source: Path = SOURCE) -> Found:
    """Look through the console's source."""
    found = Found()
    for path in sorted(source.rglob("*.py")):
        found.look(path)
    return found


def template(found: Found) -> str:
    """The list as it stands in the file: texts by their English words; counted ones by their plural."""
    content = {"texts": sorted(found.texts), "counted": dict(sorted(found.counted.items()))}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write the template; texts that cannot be found are named and fail."""
    found = find()
    for place in found.hidden:
        sys.stdout.write(
            f"texts.py: {place}: tr, later and counted take literals; a text of a table is shown by translated\n"
        )
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_text(template(found), "utf-8")
    sys.stdout.write(f"{len(found.texts)} texts, {len(found.counted)} counted: {TEMPLATE.relative_to(ROOT)}\n")
    return 1 if found.hidden else 0


if __name__ == "__main__":
    sys.exit(main())
