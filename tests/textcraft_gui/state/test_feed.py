"""Events reach the state at once and the widgets in batches."""

import pytest

from tests.fakes.stage import FakeStage
from tests.support import show_script as script
from textcraft_core import events as ev
from textcraft_core.events import Phase
from textcraft_gui.state.feed import Feed
from textcraft_gui.state.show_state import Area, Severity


@pytest.fixture
def stage(tmp_path):
    made = FakeStage()
    made.opening = [ev.Warned(text="of yesterday"), *script.opened(tmp_path)]
    return made


@pytest.fixture
def feed(qapp, stage):
    made = Feed(stage)
    yield made
    made.stop()


def test_it_opens_at_the_present(feed):
    seen = []
    feed.refreshed.connect(seen.append)
    feed.start()
    assert feed.state.title == "Test Show"
    assert feed.state.warnings == 0
    assert seen == [~Area.NOTHING]


def test_started_twice_it_hears_once(feed, stage):
    feed.start()
    feed.start()
    assert stage.listeners == 1


def test_many_events_are_one_look(qtbot, feed, stage):
    feed.start()
    stage.emit(*script.cycle_until(4, Phase.EXECUTE))
    seen = []
    feed.refreshed.connect(lambda areas: seen.append(areas) if areas & Area.STREAM else None)
    with qtbot.waitSignal(feed.refreshed, check_params_cb=lambda areas: bool(areas & Area.STREAM)):
        stage.emit(*script.streamed(4, "word " * 400))
    assert len(seen) == 1
    assert len("".join(feed.state.stream.pieces)) == 2000


def test_it_ticks_by_itself(qtbot, feed):
    feed.start()
    with qtbot.waitSignal(feed.refreshed, check_params_cb=lambda areas: bool(areas & Area.TIME)):
        pass


def test_models_hear_what_is_stored_and_not_mere_progress(feed, stage):
    feed.start()
    heard = []
    feed.heard.connect(heard.append)
    told = [script.matrix(), ev.RenderProgressed(request_id="r", fraction=0.5), *script.beats(), ev.Warned(text="x")]
    stage.emit(*told)
    assert heard == [told[0], told[-1]]


def test_a_line_of_its_own(feed):
    feed.start()
    feed.tell("careful", Severity.WARN)
    assert feed.state.warnings == 1
    feed.acknowledge()
    assert feed.state.warnings == 0


def test_stopped_it_hears_nothing(feed, stage):
    feed.start()
    feed.stop()
    assert stage.listeners == 0
