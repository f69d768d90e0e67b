import json

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from tests.fakes.stage import FakeStage
from tests.support.waiting import until
from textcraft_bus.clock import SystemClock
from textcraft_bus.tasks import Tasks
from textcraft_core import events as ev
from textcraft_core.show.templates import SAMPLE, begin_from
from textcraft_gui.library.shows_form import ShowsForm
from textcraft_gui.state.feed import Feed

PATIENCE = 60


@pytest.fixture
async def form(qapp, tmp_path):
    window = QWidget()
    window.resize(1280, 720)
    tasks = Tasks(on_error=lambda _name, _error: None)
    made = ShowsForm(window, Feed(FakeStage()), tasks, SystemClock())
    window.show()
    made.open_at(window.rect())
    made.begin()
    await until(lambda: made.list.count() == 4, PATIENCE, "the templates")
    yield made
    await tasks.stop()
    window.close()


async def done(form):
    await until(form.begin_show.isEnabled, PATIENCE, "the work")


async def test_a_show_is_begun_where_the_operator_said(form, tmp_path):
    form.list.setCurrentRow(2)
    assert "ghost" in form.about.text()
    form.begin_show.click()
    assert "folder" in form.told.text() and form.begin_show.isEnabled()
    form.new.field.setText(str(tmp_path / "mine"))
    form.begin_show.click()
    await done(form)
    conf = json.loads((tmp_path / "mine" / "data" / "story_bible" / "project_conf.json").read_text())
    assert conf["meta"]["title"] == "Souls Aboard" and str(tmp_path / "mine") in form.told.text()
    assert form.open.isVisible()


async def test_an_unsuitable_folder_is_told_and_stays(form, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    form.new.field.setText(str(tmp_path / "full"))
    form.begin_show.click()
    await done(form)
    assert "full is not empty" in form.told.text() and not form.open.isVisible()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


async def test_a_story_folder_comes_in_as_a_copy(form, tmp_path):
    theirs = begin_from(SAMPLE, tmp_path / "theirs").root
    form.source.field.setText(str(theirs))
    form.copy.field.setText(str(tmp_path / "copy"))
    form.bring.click()
    await done(form)
    assert (tmp_path / "copy" / "import-report.txt").is_file() and "Taken" in form.told.text()


@pytest.mark.parametrize(("button", "begins"), [("html", b"<!doctype html>"), ("pdf", b"%PDF")])
async def test_the_manuscript_is_handed_out(form, tmp_path, button, begins):
    show = begin_from(SAMPLE, tmp_path / "show")
    (show.manuscripts / "ch01_One.md").write_text("## Chapter 1: One\n\nOnce <b>upon</b> a time.\n")
    form._feed.state.folder = str(show.root)
    getattr(form, button).click()
    await done(form)
    (made,) = (show.root / "exports").iterdir()
    assert made.read_bytes().startswith(begins) and made.suffix == f".{button}"


async def test_the_chooser_is_opened_and_not_waited_for(form, tmp_path, monkeypatch):
    opened = []

    def open_(chooser):
        opened.append(chooser)

    monkeypatch.setattr(QFileDialog, "open", open_)
    form.new.choose.click()
    assert opened == [form.new.chooser]
    form.new.chooser.fileSelected.emit(str(tmp_path))
    assert form.new.field.text() == str(tmp_path)
    form.new.chooser.close()


def test_progress_is_an_event_the_bench_knows():
    assert ev.BenchWork(fraction=0.5).fraction == 0.5
