"""Lines of the queue stand where they were put, whatever waits by the time it is told."""

from tests.textcraft_gui.projection.test_projection import Told
from textcraft_core import events as ev


def test_a_line_goes_before_the_one_it_was_put_before():
    told = Told(*(ev.InputQueued(input_id=key, text=key, source="operator") for key in "cab"))
    told(ev.InputUsed(input_id="c", cycle=1), ev.InputMoved(input_id="b", index=0, before="a"))
    assert list(told.state.queue) == ["c", "b", "a"]
    told(ev.CycleStopped(cycle=1), ev.InputMoved(input_id="a", index=0, before="b"))
    assert list(told.state.queue) == ["c", "a", "b"], "by its neighbour, though its place is another one by now"
    told(ev.InputMoved(input_id="a", index=2, before=""))
    assert list(told.state.queue) == ["c", "b", "a"]
