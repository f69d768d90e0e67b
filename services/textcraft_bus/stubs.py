"""Turns a project's schemas.py into its type stubs, by reading it; runs nothing of it."""

import ast
from pathlib import Path

from textcraft_bus.disk.files import read_text_lenient, write_durably
from textcraft_bus.project import ProjectError
from textcraft_bus.trust import MAX_CODE_BYTES

HEADER = '"""Type stubs of schemas.py, written by `textcraft-core --stubs`; do not edit."""\n'
REST = "from textcraft_bus.schemas_base import *"
_ELLIPSIS = ast.Expr(ast.Constant(...))


def write_stubs(folder: Path) -> Path:
    """Write `schemas.pyi` beside a project's `schemas.py` and return its path.

    Raises ProjectError when it is no Python, Unreadable, WriteFailed.
    """
    source = read_text_lenient(folder / "schemas.py", MAX_CODE_BYTES)
    path = folder / "schemas.pyi"
    write_durably(path, stubs_of(source).encode())
    return path


def stubs_of(source: str) -> str:
    """The stubs of a module's source: imports, enums, fields and signatures, no values but those of enums."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ProjectError(f"schemas.py is no Python: {error}") from error
    kept = [stub for node in tree.body if (stub := _stub(node)) is not None]
    module = ast.Module([*ast.parse(REST).body, *kept], [])
    return HEADER + "\n" + ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _stub(node: ast.stmt) -> ast.stmt | None:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Assign():
            return node
        case ast.AnnAssign():
            node.value = node.value and ast.Constant(...)
            return node
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            node.body = [_ELLIPSIS]
            return node
        case ast.ClassDef():
            node.body = [stub for part in node.body if (stub := _stub(part)) is not None] or [_ELLIPSIS]
            return node
    return None
