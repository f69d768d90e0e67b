"""Every test here has an application: Qt's plug-ins belong to the thread that has it."""

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="session", autouse=True)
def application():
    return QApplication.instance() or QApplication([])


@pytest.fixture(autouse=True)
def _garbage(garbage_stays_here):
    """As in the programs."""
