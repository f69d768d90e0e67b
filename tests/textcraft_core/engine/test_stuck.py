from textcraft_core.engine.stuck import StuckCounter


def test_three_idle_cycles_in_a_row_are_stuck():
    counter = StuckCounter(3)
    assert [counter.note(changed=changed) for changed in (False, False, True, False, False, False)] == [
        False,
        False,
        False,
        False,
        False,
        True,
    ]


def test_looking_begins_anew():
    counter = StuckCounter(2)
    counter.note(changed=False)
    counter.clear()
    assert not counter.note(changed=False)
