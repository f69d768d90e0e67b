"""What the image server's tests share: no key of this machine, stand-ins for optional libraries."""

import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for name in ("IMAGE_API_KEY", "LLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake_libraries(monkeypatch):
    """`diffusers` and `torch` are the stand-ins beside this file, freshly imported."""
    monkeypatch.syspath_prepend(Path(__file__).with_name("fake_libraries"))
    for name in ("diffusers", "torch"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    yield
    for name in ("diffusers", "torch"):
        sys.modules.pop(name, None)
