"""What the console was asked to show, and the tests that show it: an index that cannot go stale."""

import pytest

from tests.architecture.test_walls_index import missing_tests

GUI, KEYS = "textcraft_gui", "textcraft_gui/keys/test_key_filter.py"
DAY, CLOCK = "journeys/test_whole_day.py", "journeys/test_day_by_the_clock.py"

SHOWN_BY = {
    "all actions are walked": [
        f"{GUI}/verbs/test_actions.py::test_an_action_has_words_a_hint_and_a_printed_key",
        f"{GUI}/verbs/test_actions.py::test_every_verb_has_one_action_or_needs_words",
        f"{GUI}/verbs/test_actions.py::test_every_action_stands_where_it_says",
        f"{GUI}/verbs/test_actions.py::test_every_control_has_a_name_and_a_description",
    ],
    "key × focus": [
        f"{KEYS}::test_single_keys_act_whatever_else_has_the_focus",
        f"{KEYS}::test_a_text_keeps_every_single_key",
        f"{KEYS}::test_every_widget_of_every_page_keeps_to_the_rule_of_single_keys",
    ],
    "a sentence after a forced loss of focus": [
        f"{KEYS}::test_a_sentence_typed_after_a_forced_loss_of_focus_fires_nothing",
        f"{KEYS}::test_a_sentence_after_a_forced_loss_of_focus_fires_nothing_in_any_page",
    ],
    "a clicker": [
        f"{GUI}/test_clickers.py::test_its_three_buttons_work_in_every_mode",
        f"{GUI}/test_clickers.py::test_its_f5_and_a_lone_esc_do_nothing",
        f"{GUI}/keys/test_keymap.py::test_a_clicker_is_learned_by_pressing_it",
    ],
    "no dialog": [
        "architecture/test_rules.py::test_a_modal_dialog_is_opened_nowhere",
        "textcraft_qt/test_guards.py::test_every_modal_call_is_refused",
    ],
    "a rehearsal leaves the show byte-identical": [
        "journeys/test_walking_show.py::test_run_and_auto_play_by_themselves_and_the_show_itself_stays_as_it_was",
        "journeys/test_modes.py::test_a_rehearsal_beside_a_held_wall_reaches_neither_it_nor_the_show",
    ],
    "SHOW → EDIT → SHOW": ["journeys/test_modes.py::test_show_edit_show_never_changes_what_the_wall_paints"],
    "a killed wall on film; a day": [f"{DAY}::test_a_day_from_the_rehearsal_to_the_report"],
    "a day by the clock, left alone, PIN, report": [f"{CLOCK}::test_a_day_opens_and_closes_by_itself_and_is_reported"],
    "remote; crashes": ["journeys/test_remote.py::test_a_desk_steers_a_show_through_crashes"],
    "remote: every verb and every form": [
        f"{GUI}/remote/test_addresses.py::test_every_verb_and_every_action_has_an_address_or_a_reason_why_not",
        f"{GUI}/remote/test_deeds.py::test_no_argument_does_harm_in_any_mode",
        "journeys/test_remote_forms.py::test_a_desk_fills_every_form",
    ],
    "layouts": [
        "journeys/test_layout_over_a_restart.py::test_each_modes_docks_outlive_the_console_and_one_key_resets_them",
    ],
}  # fmt: skip


@pytest.mark.parametrize("item", SHOWN_BY)
def test_what_shows_it_is_there(item):
    assert missing_tests(SHOWN_BY[item]) == []
