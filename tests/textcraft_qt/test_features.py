"""What Qt's binding leaves for later, or leaves at all; each in a process of its own: it is never undone."""

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


SAID = """
import sys
{first}
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(["test"])
def said(of):
    try:
        print(of())
    except Exception as error:
        print(type(error).__name__, error)
late = ("errorhandler", "layout", "parser", "lib.enum_sig", "lib.pyi_generator", "lib.tool")
late = [sys.modules["shibokensupport.signature." + name] for name in late]
print([module.__name__ for module in late if "{known}" in vars(module)])
said(lambda: QWidget().setGeometry("x"))
said(lambda: QWidget().resize(1, 2, 3, 4))
said(lambda: QWidget(sizes=3))
said(lambda: QWidget.resize.__doc__)
said(lambda: late[0].no_such_word)
"""


def _said(first):
    code, env = SAID.format(first=first, known="__builtins__"), {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=env)
    there, _, words = done.stdout.partition("\n")
    return there, words


def test_what_the_binding_says_of_wrong_calls_comes_late_and_is_the_same():
    """When the second fails the binding reads nothing any more, and the module may go."""
    there, words = _said("import textcraft_qt.features")
    at_once, usual = _said("")
    assert (there, at_once.count("shibokensupport")) == ("[]", 6)
    assert words == usual
    assert "Supported signatures" in words and "resize(self, w: int, h: int, /)" in words
