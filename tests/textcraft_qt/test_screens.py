import asyncio
import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from tests.fakes.screens import FakeScreens, screen
from tests.support.qt_loop import run_on_qt, until
from textcraft_qt.screens import (
    DEBOUNCE_MS,
    QtScreenProvider,
    ScreenIdentity,
    ScreenProvider,
    find_match,
)

NAMELESS = ScreenIdentity("", "", "", "HDMI-1", (1920, 1080), (1920, 0))


def moved(identity: ScreenIdentity, **changes: object) -> ScreenIdentity:
    return dataclasses.replace(identity, **changes)


def test_a_device_is_found_wherever_it_is_plugged_in() -> None:
    elsewhere = moved(screen(1), connector="HDMI-9", position=(0, 0), native_size=(1280, 720))
    assert find_match(screen(1), [screen(0), elsewhere, screen(2)]) == elsewhere


def test_another_device_in_the_same_place_is_not_it() -> None:
    stranger = moved(screen(1), serial="SN99")
    assert find_match(screen(1), [stranger]) is None


def test_another_model_in_the_same_place_is_not_it_even_without_serial_numbers() -> None:
    wanted = moved(screen(1), serial="")
    assert find_match(wanted, [moved(wanted, model="M32")]) is None


def test_a_nameless_screen_is_found_by_its_whole_place() -> None:
    assert find_match(NAMELESS, [screen(0), NAMELESS]) == NAMELESS


@pytest.mark.parametrize(
    "changes",
    [{"connector": "HDMI-2"}, {"native_size": (1280, 720)}, {"position": (0, 0)}],
    ids=lambda c: next(iter(c)),
)
def test_a_nameless_screen_in_another_place_is_no_sure_match(changes: dict[str, object]) -> None:
    assert find_match(NAMELESS, [moved(NAMELESS, **changes)]) is None


def test_a_position_alone_is_never_a_match() -> None:
    unplaced = moved(NAMELESS, connector="")
    assert find_match(unplaced, [unplaced]) is None


def test_twins_with_one_serial_number_are_told_apart_by_their_place() -> None:
    left, right = (moved(screen(n), serial="0000") for n in (0, 1))
    assert find_match(right, [left, right]) == right
    assert find_match(moved(right, position=(9, 9)), [left, right]) is None


def test_a_known_screen_whose_data_cannot_be_read_now_is_found_by_its_place() -> None:
    mute = moved(screen(1), manufacturer="", model="", serial="")
    assert find_match(screen(1), [screen(0), mute]) == mute


def test_nothing_present_is_no_match() -> None:
    assert find_match(screen(0), []) is None


IDENTITIES = st.builds(
    ScreenIdentity,
    manufacturer=st.sampled_from(["", "A", "B"]),
    model=st.sampled_from(["", "M"]),
    serial=st.sampled_from(["", "1", "2"]),
    connector=st.sampled_from(["", "DP-1", "DP-2"]),
    native_size=st.sampled_from([(1920, 1080), (1280, 720)]),
    position=st.sampled_from([(0, 0), (1920, 0)]),
)


@given(IDENTITIES, st.lists(IDENTITIES, max_size=5))
def test_a_match_is_present_independent_of_order_and_never_contradicts(
    wanted: ScreenIdentity, present: list[ScreenIdentity]
) -> None:
    match = find_match(wanted, present)
    assert match == find_match(wanted, reversed(present))
    if match is not None:
        assert match in present
        assert not (wanted.device and match.device) or wanted.device == match.device
        assert match.device == wanted.device or match.place == wanted.place is not None


def test_a_burst_of_changes_is_told_once_after_it_has_settled(qapp: QApplication) -> None:
    async def main() -> tuple[list[float], float, float]:
        loop, told, longest = asyncio.get_running_loop(), [], 0.0
        provider = QtScreenProvider(qapp)
        provider.on_changed(lambda: told.append(loop.time()))
        last = loop.time()
        for _ in range(4):
            qapp.screenAdded.emit(qapp.primaryScreen())
            await asyncio.sleep(0.05)
            qapp.screenRemoved.emit(qapp.primaryScreen())
            longest, last = max(longest, loop.time() - last), loop.time()
        await until(lambda: bool(told))
        await asyncio.sleep(DEBOUNCE_MS / 1000 + 0.05)
        provider.deleteLater()
        return told, last, longest

    told, last, longest = run_on_qt(main())
    while longest > DEBOUNCE_MS / 2000:  # on a machine that does something else it was no burst
        told, last, longest = run_on_qt(main())
    assert len(told) == 1
    assert told[0] - last >= DEBOUNCE_MS / 1000 * 0.95  # a coarse timer of Qt may be 5 % early


def test_a_callback_can_be_taken_back(qapp: QApplication) -> None:
    async def main() -> list[str]:
        told: list[str] = []
        provider = QtScreenProvider(qapp)
        end = provider.on_changed(lambda: told.append("ended"))
        provider.on_changed(lambda: told.append("kept"))
        end()
        end()
        qapp.primaryScreenChanged.emit(qapp.primaryScreen())
        await until(lambda: bool(told))
        provider.deleteLater()
        return told

    assert run_on_qt(main()) == ["kept"]


def test_the_present_screen_is_the_consoles_and_can_be_found_again(qapp: QApplication) -> None:
    provider: ScreenProvider = QtScreenProvider(qapp)
    identity = provider.console_screen()
    assert identity is not None
    assert identity in provider.screens()
    assert provider.qt_screen(identity) is qapp.primaryScreen()
    assert provider.qt_screen(moved(identity, serial="gone")) is None
    width, height = identity.native_size
    ratio = qapp.primaryScreen().devicePixelRatio()
    assert (width, height) == tuple(round(side * ratio) for side in qapp.primaryScreen().size().toTuple())


def test_a_console_without_a_screen_says_so(qapp: QApplication) -> None:
    assert QtScreenProvider(qapp, console=lambda: None).console_screen() is None


TWO_SCREENS = """
import json, sys
from PySide6.QtGui import QGuiApplication
from textcraft_qt.screens import QtScreenProvider, find_match
app = QGuiApplication(sys.argv)
provider = QtScreenProvider(app)
found = provider.screens()
print(json.dumps({
    "sizes": sorted(screen.native_size for screen in found),
    "matched": all(find_match(screen, found) == screen for screen in found),
    "own": all(provider.qt_screen(screen).name() == screen.connector for screen in found),
}))
"""


def test_two_real_screens_of_qt_are_told_apart(tmp_path: Path) -> None:
    config = {
        "screens": [
            {"name": "left", "x": 0, "y": 0, "width": 800, "height": 600},
            {"name": "right", "x": 800, "y": 0, "width": 1024, "height": 768},
        ]
    }
    path = tmp_path / "screens.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-c", TWO_SCREENS, "-platform", f"offscreen:configfile={path}"]
    answer = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)
    assert answer == {"sizes": [[800, 600], [1024, 768]], "matched": True, "own": True}


def test_the_fake_plugs_in_and_out(qapp: QApplication) -> None:
    fake = FakeScreens(screen(0))
    provider: ScreenProvider = fake
    told: list[int] = []
    end = provider.on_changed(lambda: told.append(len(provider.screens())))
    fake.plug(screen(1), screen(2))
    fake.unplug(screen(0))
    assert told == [3, 2]
    assert provider.console_screen() == screen(1)
    assert provider.qt_screen(screen(0)) is None
    assert provider.qt_screen(screen(2)) is qapp.primaryScreen()
    end()
    fake.unplug(screen(1), screen(2))
    assert told == [3, 2]
    assert provider.console_screen() is None
