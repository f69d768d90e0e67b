"""What a bundle leaves out of its libraries is missed by nothing that runs."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.left_out import left_out

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
USERS = [
    next(TESTS.rglob(f"test_{name}.py"))
    for name in ("client", "streaming", "openai", "comfyui", "contract", "gate", "card", "safety", "metrics")
]


def test_each_name_on_the_list_is_there_to_be_left_out():
    """A library that renamed a part would bring it back unseen."""
    assert [name for name in sorted(left_out()) if find_spec(name) is None] == []


@pytest.mark.timeout(300)
@pytest.mark.bundle
def test_the_tests_of_those_who_use_them_pass_without():
    line = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.support.left_out",
        "-p",
        "no:cacheprovider",
        *map(str, USERS),
    ]
    ended = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-6000:]
