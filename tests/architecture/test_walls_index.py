"""The requirements of walls and image servers, and the tests that hold them: an index that cannot go stale."""

import ast
from pathlib import Path

import pytest

from tests.faults.__main__ import found_cases

TESTS = Path(__file__).parents[1]
DISPLAY, GUI, STAGE, QT = "textcraft_display", "textcraft_gui", "textcraft_core/stage", "textcraft_qt"
REAL_SCREENS, PLACEMENT = f"{DISPLAY}/test_screens_for_real.py", f"{DISPLAY}/test_placement.py"
WALKING, MODES = "journeys/test_walking_show.py", "journeys/test_modes.py"

REQUIREMENTS = {
    "1 bound to a device, never to a place alone": [
        f"{QT}/test_screens.py::test_a_device_is_found_wherever_it_is_plugged_in",
        f"{QT}/test_screens.py::test_a_position_alone_is_never_a_match",
        f"{PLACEMENT}::test_it_follows_its_screen_to_another_connector_and_takes_no_other_screen",
    ],
    "2 unplugged: hidden, told, back by itself": [
        f"{REAL_SCREENS}::test_a_wall_takes_the_free_screen_and_comes_back_to_it_within_a_second",
        f"{PLACEMENT}::test_a_hundred_hot_plugs_end_on_the_right_screen_and_are_told",
    ],
    "3 never on the console's screen; --safe": [
        f"{PLACEMENT}::test_the_consoles_own_screen_is_refused_and_a_window_opened",
        f"{REAL_SCREENS}::test_safe_starts_in_a_window_and_takes_no_screen",
    ],
    "4 green by the hash it painted; the whole scene on (re)connect": [
        f"{DISPLAY}/test_scene_player.py::test_a_picture_is_shown_and_confirmed_by_the_hash_of_its_own_bytes",
        f"{STAGE}/walls/test_playout.py::test_live_is_told_when_every_reachable_following_wall_confirmed",
        f"{DISPLAY}/test_wall.py::test_a_killed_wall_is_back_with_its_picture_in_two_seconds",
    ],
    "5 a window is never made anew to change what it shows": [
        f"{DISPLAY}/test_view.py::test_layers_transitions_and_a_map_change_within_one_and_the_same_window",
    ],
    "6 no sleep while a wall is open": [
        f"{QT}/test_awake.py::test_it_says_whether_the_system_obeys_and_gives_back_in_the_same_thread",
        f"{STAGE}/test_stage.py::test_in_show_a_mirrored_screen_and_a_machine_that_may_sleep_are_said",
    ],
    "8 never the focus": [f"{REAL_SCREENS}::test_neither_wall_nor_backdrop_ever_takes_the_focus"],
    "16 rebuilt from a snapshot; what is stale looks stale": [
        f"{GUI}/projection/test_projection.py::test_walls_and_services_by_their_age",
        f"{GUI}/state/test_feed.py::test_it_opens_at_the_present",
    ],
    "19 the last good image stays": [
        "journeys/test_last_good_image.py::test_no_failure_on_the_way_takes_the_last_good_picture_from_the_wall",
        f"{DISPLAY}/test_view.py::test_hostile_pictures_change_nothing",
        f"{DISPLAY}/test_wall.py::test_noise_on_the_wire_never_changes_the_picture",
    ],
    "22 each process is started again on its own; crash loops are parked": [
        f"{STAGE}/test_keeper.py::test_what_ends_by_itself_is_started_again_until_it_is_parked",
        f"{STAGE}/test_keeper.py::test_a_process_that_runs_and_says_nothing_is_started_again_and_one_that_speaks_is_not",
        f"{WALKING}::test_a_killed_wall_comes_back_by_itself_with_its_picture",
    ],
    "26 LOST and BACK": [
        f"{GUI}/projection/test_projection.py::test_a_lost_wall_says_lost_and_back",
        f"{GUI}/bands/test_walls_in_band_b.py::test_the_list_says_pinned_lost_and_back",
    ],
    "29 the console's window is never on a wall's screen": [
        f"{GUI}/machine/test_own_screen.py::test_it_hides_when_only_walls_are_left_and_returns_with_its_screen",
    ],
    "30 black behind every wall, and in SHOW on every other screen": [
        f"{REAL_SCREENS}::test_a_killed_wall_shows_black_and_in_show_every_other_screen_is_black_too",
        f"{REAL_SCREENS}::test_a_screen_that_is_plugged_in_during_show_is_black_at_once",
    ],
    "31 one screen: the system mirrors": [
        f"{STAGE}/test_stage.py::test_in_show_a_mirrored_screen_and_a_machine_that_may_sleep_are_said",
    ],
    "32 adopted after a restart; never two windows": [
        f"{MODES}::test_a_show_that_crashed_comes_back_as_show_with_its_wall_and_its_run",
        f"{WALKING}::test_a_killed_console_comes_back_to_the_same_wall_and_no_frame_is_black",
        "journeys/test_picture_without_console.py::test_a_second_wall_of_one_name_ends_with_a_clear_line",
    ],
    "a mode never changes a wall": [f"{MODES}::test_show_edit_show_never_changes_what_the_wall_paints"],
    "between machines": [
        "journeys/test_two_machines.py::test_a_picture_painted_there_is_shown_there_and_who_has_no_leave_gets_nowhere",
    ],
    "several image servers": [
        "journeys/test_two_painters.py::test_the_job_of_a_killed_image_server_ends_once_on_the_other",
    ],
}
FAULTS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9A", "M9B", "M10", "M11", "M13", "M16")


def missing_tests(places: list[str]) -> list[str]:
    """Return the places, as `file::name`, where there is no such test."""
    missing = []
    for place in places:
        file, _, name = place.partition("::")
        tree = ast.parse((TESTS / file).read_text())
        found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        missing += [] if name in found else [place]
    return missing


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_the_tests_of_a_requirement_are_there(requirement):
    assert missing_tests(REQUIREMENTS[requirement]) == []


def test_the_faults_of_walls_and_image_servers_have_their_cases():
    assert set(FAULTS) <= {case.name for case in found_cases()}
