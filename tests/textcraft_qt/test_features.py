"""Qt's binding reads no source of modules that are imported after it; in a process of its own: it is never undone."""

import subprocess
import sys

CODE = """
import inspect, sys
from textcraft_qt.features import read_no_sources
read, ask = [], inspect.getsource
inspect.getsource = lambda module: read.append(getattr(module, "__name__", "")) or ask(module)
{act}
from textcraft_qt.labels import PlainLabel
from PySide6.QtWidgets import QApplication
app = QApplication(["test"])
assert PlainLabel("word").text() == "word"
print("textcraft_qt.labels" in read)
"""


def _labels_were_read(act):
    command, env = [sys.executable, "-c", CODE.format(act=act)], {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=env)
    return {"True": True, "False": False}[done.stdout.strip()]


def test_no_source_is_read():
    assert not _labels_were_read("assert read_no_sources()")


def test_without_it_the_binding_reads_them():
    """When this fails the binding has changed its ways, and the module may go."""
    assert _labels_were_read("")


def test_a_binding_without_that_search_is_left_as_it_is():
    assert _labels_were_read("search = sys.modules.pop('shibokensupport.feature'); assert not read_no_sources()")
