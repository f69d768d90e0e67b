"""The rehearsal bench as its panel shows it: settings and when they hold, replays, and the copies."""

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication

from tests.support.layout import inspect_window
from tests.support.show_script import paint
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.bench import BenchSettings
from textcraft_core.events import EngineState
from textcraft_core.replay.recorded import Recorded
from textcraft_core.show.rehearsals import Difference, Rehearsal
from textcraft_gui.panels.rehearsal.rehearsal import BENCH, COPIES, REPLAY
from textcraft_gui.verbs.facade import Refused
from textcraft_gui.verbs.verb import OF_THE_BOOK, Verb
from textcraft_gui.words.sentence import sentence

NOW = datetime(2030, 1, 1, 20, 13, 30, tzinfo=UTC)
OLD = Rehearsal("20291120-190000", "", 2_400_000, 812, NOW - timedelta(days=42))
KEPT = Rehearsal("20291110-190000", "The flood", 900_000, 400, NOW - timedelta(days=52))
NEW = Rehearsal("20291231-190000", "", 1_000_000, 1200, NOW - timedelta(days=1))
BEGAN = tuple(NOW - timedelta(hours=2) + timedelta(minutes=number) for number in range(12))


@pytest.fixture
def panel(window):
    window.right.open(window.rehearsal)
    return window.rehearsal


@pytest.fixture
def listed(stage, window):
    stage.bench.found = [NEW, OLD, KEPT]
    stage.bench.recorded = [Recorded("", 12, BEGAN[0], BEGAN[-1]), Recorded(NEW.name, 3, BEGAN[0], BEGAN[3])]
    stage.bench.changed[NEW.name] = [
        Difference("manuscripts/ch01_One.md", 40, 52),
        Difference("story_bible/x.json", -1, 9),
    ]
    stage.bench.texts[NEW.name, "manuscripts/ch01_One.md"] = ("It rained.\n", "It rained <b>hard</b>.\n")
    stage.bench.texts[NEW.name, "story_bible/x.json"] = ("", "{}")
    window.right.open(window.rehearsal)
    return window.rehearsal


def replaying(position=3, playing=False, speed=20.0):
    return (
        ev.ReplayOpened(label="sample", copy_root="/x", began=BEGAN),
        ev.ReplayMoved(position=position, length=12, playing=playing, speed=speed),
    )


def hold(qtbot, button, done):
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(done)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)


def asked(qtbot, stage):
    qtbot.waitUntil(lambda: bool(stage.handled))
    return stage.handled[-1]


# How rehearsals are played


def test_what_is_set_is_asked_for_and_says_when_it_holds(qtbot, stage, panel, tell):
    qtbot.mouseClick(panel.form.speed.buttons[3], Qt.MouseButton.LeftButton)
    assert asked(qtbot, stage) == cmd.SetBench(settings=BenchSettings(speed=20.0))
    tell(ev.ModeChanged(mode=Mode.EDIT), ev.BenchSet(settings=BenchSettings(speed=20.0)))
    assert "An evening at 20×: a cycle every 3 s" in panel.form.evening.text()
    assert "20× as fast" in panel.form.evening.text()
    assert "REHEARSE is entered" in panel.form.when.text()
    tell(ev.ModeChanged(mode=Mode.REHEARSE), ev.BenchSet(settings=BenchSettings(speed=20.0), from_cycle=48))
    assert panel.form.when.text().startswith("▲ Brain, faults and pace wait for cycle 48")
    tell(ev.CycleStarted(cycle=48))
    assert "with the next cycle" in panel.form.when.text()


def test_a_profile_brings_its_own_latency(qtbot, stage, panel, tell):
    assert panel.form.first.isEnabled()
    panel.form.faults.setCurrentIndex(panel.form.faults.findData("storm"))
    panel.form.faults.activated.emit(panel.form.faults.currentIndex())
    assert asked(qtbot, stage) == cmd.SetBench(settings=BenchSettings(fault_profile="storm"))
    tell(ev.BenchSet(settings=BenchSettings(fault_profile="storm")))
    assert not panel.form.first.isEnabled()
    assert panel.form.about.text().startswith("Opening night goes wrong.")
    tell(ev.BenchSet(settings=BenchSettings(fault_profile="my-faults.toml")))
    assert panel.form.file.isVisible()
    assert panel.form.file.text() == "my-faults.toml"


def test_words_a_second_are_tokens_to_the_brain(qtbot, stage, panel):
    panel.form.pace.slider.setValue(30)
    assert asked(qtbot, stage) == cmd.SetBench(settings=BenchSettings(tokens_per_s=40.0))


def test_a_brain_that_costs_is_held_with_its_price(qtbot, stage, panel, tell):
    assert not panel.form.brain.buttons[1].isEnabled()
    tell(ev.BenchSet(settings=BenchSettings(), live="paid", live_words="large at https://there"))
    form = panel.form
    assert (form.paid.isVisible(), form.brain.buttons[1].isVisible()) == (True, False)
    form.sum.setValue(2.5)
    assert form.pay.accessibleName() == "live for ≤ $2.50"
    qtbot.mouseClick(form.pay, Qt.MouseButton.LeftButton)
    assert stage.handled == []
    hold(qtbot, form.pay, lambda: bool(stage.handled))
    assert stage.handled == [cmd.SetBench(settings=BenchSettings(brain="live", most_usd=2.5))]
    tell(ev.BenchSet(settings=BenchSettings(), live="free", live_words="small at http://127.0.0.1"))
    assert form.brain.buttons[1].isEnabled()


def test_a_refused_setting_falls_back_to_what_holds(qtbot, stage, panel, tell):
    tell(ev.BenchSet(settings=BenchSettings(speed=5.0)))
    stage.refusal = "there is no fault profile x"
    panel.form.file.setText("x")
    panel.form.file.returnPressed.emit()
    asked(qtbot, stage)
    tell(ev.BenchSet(settings=BenchSettings(speed=5.0)))
    assert panel.form.faults.currentData() == ""


# Replays


def test_a_recording_is_chosen_and_played(qtbot, stage, listed):
    listed.open_page(REPLAY)
    page = listed.replay
    assert [page.list.item(row).text().split(" · ")[0] for row in range(2)] == ["the show", "rehearsal"]
    assert "12 cycles" in page.list.item(0).text()
    page.list.setCurrentRow(1)
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.StartReplay(name=NEW.name)]


def test_a_replay_is_led_by_bar_and_buttons(qtbot, stage, panel, tell):
    panel.open_page(REPLAY)
    tell(*replaying())
    page = panel.replay
    assert (page.bar.value(), page.bar.maximum(), page.player.isVisible()) == (3, 12, True)
    assert page.where.text().startswith("cycle 3 of 12 · ")
    qtbot.mouseClick(page.play, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.speed.buttons[0], Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.PlayReplay(on=True), cmd.SetReplaySpeed(speed=1.0)]
    page.bar.setFocus()
    qtbot.keyClick(page.bar, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: stage.handled[-1] == cmd.SeekReplay(place=12))
    tell(ev.ReplayMoved(position=12, length=12, playing=False, speed=1.0))
    assert (page.play.isEnabled(), page.on.isEnabled(), page.back.isEnabled()) == (False, False, True)
    qtbot.mouseClick(page.leave, Qt.MouseButton.LeftButton)
    assert stage.handled[-1] == cmd.LeaveReplay()


def test_dragging_asks_once_when_it_ends(qtbot, stage, panel, tell):
    panel.open_page(REPLAY)
    tell(*replaying())
    bar = panel.replay.bar
    bar.setSliderDown(True)
    for place in (5, 7, 9):
        bar.setValue(place)
    tell(ev.ReplayMoved(position=3, length=12, playing=False, speed=20.0))
    assert bar.value() == 9
    assert stage.handled == []
    bar.setSliderDown(False)
    assert stage.handled == [cmd.SeekReplay(place=9)]


def test_a_replay_shows_the_recorded_pictures_and_says_when_one_is_gone(panel, tell, tmp_path):
    panel.open_page(REPLAY)
    tell(*replaying())
    staged, live = panel.replay.pictures.staged, panel.replay.pictures.live
    assert [words.text() for words in panel.replay.pictures.words] == ["NEXT then: empty", "LIVE then: nothing"]
    path = tmp_path / "a.png"
    paint(path, 1)
    then = ev.RecordedPicture(sha256="a" * 64, caption="Two suns <b>rose</b>", path=str(path))
    tell(ev.ReplayPictures(staged=then, live=then.model_copy(update={"path": ""})))
    assert staged.picture.path == str(path)
    words = panel.replay.pictures.words
    assert [each.text() for each in words] == ["NEXT then: Two suns <b>rose</b>", "LIVE then: this picture is gone"]
    assert live.picture.path == ""
    assert staged.width() == live.width() > 80
    tell(ev.ReplayPictures())
    assert staged.picture.path == ""


def test_a_difference_is_shown_literally_and_stops_the_replay(window, panel, tell):
    panel.open_page(REPLAY)
    diff = "--- recorded\n+++ now\n-old <img src=file:///etc/hosts>\n+new"
    tell(*replaying(), ev.ReplayDiverged(cycle=4, role="narrator", attempt=0, reason="another prompt", diff=diff))
    page = panel.replay
    assert page.trouble.text() == "▲ Cycle 4, narrator: another prompt."
    assert page.diff.toPlainText() == diff
    assert not page.play.isEnabled()
    assert "it stopped in cycle 4" in sentence(window.feed.state, window.feed.now())


def test_while_a_recording_is_played_the_book_is_only_looked_at(window, panel, tell):
    tell(*replaying(playing=True))
    for verb in OF_THE_BOOK:
        refused = window.verbs.availability(verb)
        assert isinstance(refused, Refused), verb
        assert "recording" in refused.reason
    assert sentence(window.feed.state, window.feed.now()).startswith(
        "RECORDING of sample, cycle 3 of 12: it plays, 20×"
    )
    assert not isinstance(window.verbs.availability(Verb.PANIC), Refused)


@pytest.mark.parametrize(
    ("event", "word"),
    [(ev.ModeChanged(mode=Mode.SHOW), "audience"), (ev.RunStarted(), "running"), (ev.BenchWork(doing="x"), "copy")],
)
def test_when_no_recording_can_be_played_it_says_why(window, panel, tell, event, word):
    tell(ev.EngineStateChanged(state=EngineState.IDLE), event)
    refused = window.verbs.availability(Verb.START_REPLAY)
    assert isinstance(refused, Refused)
    assert word in refused.reason


# Copies


def test_a_copy_says_when_how_long_and_how_large(listed):
    listed.open_page(COPIES)
    rows = [listed.copies.list.item(row).text() for row in range(3)]
    assert "1,200 words · 1.0 MB" in rows[0]
    assert "The flood" in rows[2]


def test_a_copy_is_compared_text_by_text(qtbot, listed):
    listed.open_page(COPIES)
    qtbot.mouseClick(listed.copies.compare, Qt.MouseButton.LeftButton)
    page = listed.copies
    assert page.files.item(0).text() == "ch01_One.md: 40 → 52 words"
    assert page.files.item(1).text() == "story_bible/x.json: new, 9 words"
    assert "<b>hard</b>" in page.diff.one.toPlainText()
    page.files.setCurrentRow(1)
    assert page.diff.one.toPlainText() == "{}"
    qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)
    assert page.list.isVisible()


def test_a_copy_is_kept_under_a_title_or_thrown_away_by_holding(qtbot, stage, listed):
    listed.open_page(COPIES)
    page = listed.copies
    page.title.setText("The long rain")
    qtbot.mouseClick(page.keep, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.KeepRehearsal(name=NEW.name, title="The long rain")]
    qtbot.mouseClick(page.drop, Qt.MouseButton.LeftButton)
    assert len(stage.handled) == 1
    hold(qtbot, page.drop, lambda: len(stage.handled) == 2)
    assert stage.handled[-1] == cmd.ThrowAwayRehearsal(name=NEW.name)


def test_pruning_says_what_it_frees_and_spares_what_was_kept(qtbot, stage, listed):
    listed.open_page(COPIES)
    page = listed.copies
    assert page.prune.accessibleName() == "prune 1 · 2.4 MB"
    page.days.setValue(100)
    assert not page.prune.isEnabled()
    page.days.setValue(0)
    assert page.prune.accessibleName() == "prune 2 · 3.4 MB"
    hold(qtbot, page.prune, lambda: bool(stage.handled))
    assert stage.handled == [cmd.PruneRehearsals(days=0)]


def test_the_list_follows_what_was_thrown_away(stage, listed, tell):
    stage.bench.found = [KEPT]
    tell(ev.RehearsalThrownAway(name=NEW.name))
    assert listed.copies.list.count() == 1


def test_copying_shows_its_progress_and_can_be_cancelled(qtbot, stage, panel, tell):
    assert not panel.work.isVisible()
    tell(ev.BenchWork(doing="The recording of sample is being copied", fraction=0.42))
    assert panel.doing.text().endswith("copied… 42%")
    qtbot.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)
    assert stage.handled == [cmd.CancelBenchWork()]
    tell(ev.BenchWork())
    assert not panel.work.isVisible()


def test_empty_pages_teach(panel):
    panel.open_page(REPLAY)
    assert panel.replay.empty.isVisible()
    panel.open_page(COPIES)
    assert panel.copies.empty.isVisible()
    assert not panel.copies.hands.isVisible()


@pytest.mark.parametrize("size", [QSize(1280, 720), QSize(1920, 1080)], ids=["1280x720", "1920x1080"])
def test_every_page_fits(qtbot, window, stage, listed, tell, size):
    window.resize(size)
    tell(
        ev.BenchSet(settings=BenchSettings(fault_profile="storm", speed=20.0), live="paid", live_words="m at https://h")
    )
    for page in (BENCH, REPLAY, COPIES):
        listed.open_page(page)
        assert inspect_window(window) == []
    qtbot.mouseClick(listed.copies.compare, Qt.MouseButton.LeftButton)
    assert inspect_window(window) == []
    tell(*replaying(), ev.ReplayDiverged(cycle=4, role="narrator", attempt=0, reason="another prompt", diff="-a\n+b"))
    listed.open_page(REPLAY)
    assert inspect_window(window) == []


def test_no_sentence_of_the_bench_is_cut_whatever_it_says(window, panel, tell):
    """A page that scrolls gave them the height of shorter ones."""
    panel.open_page(BENCH)
    for settings in (BenchSettings(), BenchSettings(speed=60)):
        tell(ev.BenchSet(settings=settings, from_cycle=18))
        QApplication.processEvents()
    form = panel.form
    for words in (form.evening, form.about, form.when):
        if words.isVisible():
            assert words.height() >= words.heightForWidth(words.width()), words.text()
    assert form.evening.heightForWidth(form.evening.width()) > 3 * form.mark.fontMetrics().height()
