"""Modules that are read when something of them is first asked for, most cases in processes of their own."""

import subprocess
import sys
import threading
import types

import pytest

from textcraft_bus.late_modules import put_off


def _said(tmp_path, code, late='"slow", "parcel.inner"'):
    (tmp_path / "slow.py").write_text("print('read')\nWORD = 'word'\n")
    (tmp_path / "parcel").mkdir(exist_ok=True)
    (tmp_path / "parcel" / "__init__.py").write_text("")
    (tmp_path / "parcel" / "inner.py").write_text("from . import other\nprint('inner')\nWORD = other.WORD\n")
    (tmp_path / "parcel" / "other.py").write_text("WORD = 'other'\n")
    first = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\nfrom textcraft_bus.late_modules import are_late\n"
    first += f"are_late([{late}])\n"
    command = [sys.executable, "-c", first + code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.split()


def test_a_late_module_is_read_at_the_first_question(tmp_path):
    assert _said(tmp_path, "import slow; print('there'); print(slow.WORD, slow.WORD)") == [
        *("there", "read", "word", "word")
    ]


def test_a_module_that_nobody_asks_is_never_read(tmp_path):
    assert _said(tmp_path, "import slow; print(slow.__name__, slow.__file__ != '', hasattr(slow, '__wrapped__'))") == [
        *("slow", "True", "False")
    ]


def test_a_name_of_it_asks_at_once(tmp_path):
    assert _said(tmp_path, "from slow import WORD; print(WORD)") == ["read", "word"]


def test_a_function_of_it_that_is_known_asks_when_it_is_called(tmp_path):
    code = "are_late(['grace'], ['grace:act'])\nfrom grace import act; print('there'); print(act(2, more=3), act(1))"
    (tmp_path / "grace.py").write_text("print('read')\ndef act(n, more=0): return n + more\nWORD = 'word'\n")
    assert _said(tmp_path, code) == ["there", "read", "5", "1"]
    code = "are_late(['grace'], ['grace:act'])\nfrom grace import WORD, act; print(WORD, act.__name__)"
    assert _said(tmp_path, code) == ["read", "word", "act"]


def test_all_of_it_is_all_of_it(tmp_path):
    assert _said(tmp_path, "from slow import *; print(WORD)") == ["read", "word"]


def test_a_module_within_a_package_is_late_too(tmp_path):
    assert _said(tmp_path, "import parcel.inner; print('there'); print(parcel.inner.WORD)") == [
        *("there", "inner", "other")
    ]


def test_a_late_module_that_is_not_there_is_missed_as_any_other(tmp_path):
    code = "try:\n import nowhere\nexcept ModuleNotFoundError as error: print(error.name)"
    assert _said(tmp_path, code, '"nowhere"') == ["nowhere"]


def test_what_is_not_named_is_read_as_usual(tmp_path):
    assert _said(tmp_path, "import slow; print('there')", '"other"') == ["read", "there"]


def _late(execute):
    module = types.ModuleType("late")
    put_off(execute, {"late"})(module)
    return module


def test_what_it_does_not_have_it_says_so_once_it_is_read():
    read = []
    module = _late(read.append)
    for _ in range(2):
        with pytest.raises(AttributeError, match="module 'late' has no attribute 'word'"):
            _ = module.word
    assert read == [module]


def test_whoever_asks_while_another_reads_waits_and_gets_it_whole():
    begun, go_on, found = threading.Event(), threading.Event(), []

    def execute(module):
        begun.set()
        go_on.wait(30)
        module.word = "whole"

    module = _late(execute)
    threads = [threading.Thread(target=lambda: found.append(module.word)) for _ in range(3)]
    for thread in threads:
        thread.start()
    begun.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert found == ["whole"] * 3
