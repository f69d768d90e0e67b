"""The steps before a hand: each goes on, is skipped, gone back to and refused; nothing is made before the end."""

import asyncio
import json
import threading
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from tests.fakes.llm_server import LlmServer, document, says, status
from tests.support.waiting import until
from textcraft_bus.clock import SystemClock
from textcraft_bus.tasks import Tasks
from textcraft_core.ai_services.first_words import Place
from textcraft_core.ai_services.settings import LlmSettings
from textcraft_core.show.templates import SAMPLE, begin_from, templates
from textcraft_gui.assistant import brain_step
from textcraft_gui.assistant import sheet as sheet_module
from textcraft_gui.assistant.choices import Beginning, BrainChoice, PainterChoice
from textcraft_gui.assistant.sheet import Assistant
from textcraft_gui.session.which_show import last_show, remember_show, the_show

PATIENCE = 30
KEY = "sk-planted-0123456789abcdef"
MODELS = document(json.dumps({"data": [{"id": "gemma3"}, {"id": "llama3.2"}]}), "application/json")

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTCRAFT_HOME", str(tmp_path / "home"))
    documents = str(tmp_path / "Documents")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _place: documents)
    return tmp_path


@pytest.fixture
async def sheet(qtbot, home):
    window = QWidget()
    window.resize(1280, 720)
    tasks = Tasks(on_error=lambda _name, error: faults.append(error))
    faults = []
    present = begin_from(SAMPLE, home / "sample").root
    made = Assistant(window, templates(), present, tasks, SystemClock(), first=True)
    made.ready = []
    made.finished.connect(lambda folder, mode: made.ready.append((folder, mode)))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)  # the window manager gives it the keyboard when it comes to it
    made.open_at(window.rect())
    made.begin()
    yield made
    made.hide()
    await made.rest()
    await tasks.stop()
    window.close()
    assert faults == []


def exists(path):
    return Path(path).is_file()


async def press_next(sheet, index):
    sheet.next.click()
    await until(lambda: sheet.index == index, PATIENCE, f"step {index}")


async def refused(sheet):
    sheet.told.setText("")
    sheet.next.click()
    await until(lambda: sheet.told.text() and sheet.next.isEnabled(), PATIENCE, "a refusal")
    return sheet.told.text()


async def finish(sheet, button):
    button.click()
    await until(lambda: sheet.ready or (sheet.told.text() and button.isEnabled()), PATIENCE, "the end")


async def to_the_end(sheet):
    await press_next(sheet, 1)
    for index in (1, 2, 3):
        sheet.skip.click()
        assert sheet.index == index + 1


async def test_a_show_is_made_from_a_template_and_opens_from_now_on(sheet, home):
    folder = home / "Documents" / "TextCraft" / "Souls Aboard"
    sheet.show_step.cards.buttons[2].click()
    assert "ghost" in sheet.show_step.about.text() and sheet.show_step.new.field.text() == str(folder)
    await to_the_end(sheet)
    assert str(folder) in sheet.last.summary.text() and not folder.exists()
    await finish(sheet, sheet.last.rehearse)
    assert sheet.ready == [(str(folder), "rehearse")] and sheet.isHidden()
    assert json.loads((folder / "data/story_bible/project_conf.json").read_text())["meta"]["title"] == "Souls Aboard"
    assert last_show().root == folder and the_show(None).root == folder


async def test_put_away_it_leaves_nothing_behind(sheet, home):
    before = sorted(home.rglob("*"))
    sheet.brain.key.setText(KEY)
    await to_the_end(sheet)
    sheet.away.click()
    await until(lambda: not sheet.brain.key.text(), PATIENCE, "the key to be forgotten")
    assert sorted(home.rglob("*")) == before and last_show() is None


async def test_every_card_has_a_picture_and_a_line(sheet):
    for button, template in zip(sheet.show_step.cards.buttons, templates(), strict=True):
        assert not button.icon().pixmap(208, 117).isNull() and button.accessibleName() == template.title
        button.click()
        assert template.logline in sheet.show_step.about.text()


async def test_a_folder_that_cannot_be_used_is_told(sheet, home):
    (home / "full").mkdir()
    (home / "full" / "mine.txt").write_text("mine")
    sheet.show_step.new.field.setText(str(home / "full"))
    assert "full is not empty" in await refused(sheet)
    sheet.show_step.new.field.clear()
    assert "which folder" in await refused(sheet)
    sheet.show_step.choose(Beginning.OPEN)
    sheet.show_step.there.field.setText(str(home / "full"))
    assert "no show" in await refused(sheet)
    assert sheet.index == 0 and [path.name for path in (home / "full").iterdir()] == ["mine.txt"]


async def test_a_folder_nothing_can_be_written_in_is_told(sheet, home, monkeypatch):
    monkeypatch.setattr("textcraft_gui.assistant.show_step.os.access", lambda _path, _mode: False)
    assert "Nothing can be written" in await refused(sheet)


async def test_a_disk_that_refuses_leaves_no_half_show(sheet, home, monkeypatch):
    def full(path, changes):
        raise OSError("No space left on device")

    monkeypatch.setattr("textcraft_gui.assistant.carry_out.change_settings", full)
    await press_next(sheet, 1)
    await press_next(sheet, 2)
    sheet.skip.click()
    sheet.skip.click()
    await finish(sheet, sheet.last.edit)
    assert "No space left" in sheet.told.text() and sheet.ready == [] and sheet.isVisible()
    assert not (home / "Documents" / "TextCraft" / "The Unrung Bell").exists() and last_show() is None


async def test_a_show_one_has_is_opened_and_a_story_comes_in_as_a_copy(sheet, home):
    mine = begin_from(SAMPLE, home / "mine").root
    sheet.show_step.choose(Beginning.OPEN)
    sheet.show_step.there.field.setText(str(mine))
    await press_next(sheet, 1)
    sheet.back.click()
    sheet.show_step.choose(Beginning.BRING_IN)
    sheet.show_step.source.field.setText(str(mine))
    sheet.show_step.copy.field.setText(str(home / "copy"))
    await to_the_end(sheet)
    await finish(sheet, sheet.last.edit)
    assert sheet.ready == [(str(home / "copy"), "edit")] and (home / "copy" / "import-report.txt").is_file()


async def test_whoever_looks_around_keeps_the_sample(sheet, home):
    sheet.show_step.choose(Beginning.THIS)
    await to_the_end(sheet)
    await finish(sheet, sheet.last.rehearse)
    assert sheet.ready == [(str(home / "sample"), "rehearse")] and last_show().root == home / "sample"


async def test_a_server_on_this_machine_is_found_tried_and_written(sheet, home, monkeypatch):
    async with LlmServer().say(MODELS, says("Come in.")) as server:
        monkeypatch.setattr(brain_step, "usual_places", lambda: (Place("ollama", server.url),))
        await press_next(sheet, 1)
        sheet.brain.choose(BrainChoice.LOCAL)
        assert "Look for a server" in await refused(sheet)
        assert server.heard == []
        sheet.brain.look.click()
        await until(lambda: sheet.brain.models.count() == 2, PATIENCE, "the models")
        await until(lambda: "nothing" in sheet.brain.price.text(), PATIENCE, "its price")
        sheet.brain.models.setCurrentRow(1)
        sheet.brain.ask.click()
        await until(
            lambda: "Come in." in sheet.brain.told.text() and "$0.00" in sheet.brain.told.text(), PATIENCE, "it"
        )
        await press_next(sheet, 2)
        sheet.skip.click()
        sheet.skip.click()
        await finish(sheet, sheet.last.rehearse)
        core = tomllib.loads((Path(sheet.ready[0][0]) / "core.toml").read_text())
        assert core["brain"] == "live" and core["llm"] == {"base_url": server.url, "model": "llama3.2"}


async def test_the_key_of_a_show_goes_to_no_server_that_was_found(sheet, home, monkeypatch):
    mine = begin_from(SAMPLE, home / "mine").root
    (mine / ".env").write_text(f"LLM_API_KEY={KEY}\n")
    sheet.show_step.choose(Beginning.OPEN)
    sheet.show_step.there.field.setText(str(mine))
    async with LlmServer().say(MODELS, says("Come in.")) as server:
        monkeypatch.setattr(brain_step, "usual_places", lambda: (Place("ollama", server.url),))
        await press_next(sheet, 1)
        sheet.brain.choose(BrainChoice.LOCAL)
        sheet.brain.look.click()
        await until(lambda: "nothing" in sheet.brain.price.text(), PATIENCE, "its price")
        sheet.brain.ask.click()
        await until(lambda: "Come in." in sheet.brain.told.text(), PATIENCE, "the sentence")
    assert len(server.heard) == 2 and KEY not in repr([heard.headers for heard in server.heard])


async def test_a_keyring_that_asks_a_person_first_stands_in_nobodys_way(sheet, monkeypatch):
    asked = []
    monkeypatch.setattr(LlmSettings, "find_key", lambda _settings: asked.append(threading.current_thread()) or KEY)
    sheet.painter.choose(PainterChoice.OPENAI)
    assert await sheet.painter._its_key() == KEY and asked[0] is not threading.main_thread()
    sheet.painter.choose(PainterChoice.COMFYUI)
    assert await sheet.painter._its_key() == ""


async def test_the_page_is_read_by_its_own_thread_alone(sheet, monkeypatch):
    asked, real = [], brain_step.BrainStep._model
    monkeypatch.setattr(
        brain_step.BrainStep, "_model", lambda step: asked.append(threading.current_thread()) or real(step)
    )
    async with LlmServer().say(MODELS) as server:
        monkeypatch.setattr(brain_step, "usual_places", lambda: (Place("ollama", server.url),))
        sheet.brain.choose(BrainChoice.LOCAL)
        sheet.brain.look.click()
        await until(lambda: "nothing" in sheet.brain.price.text(), PATIENCE, "its price")
    assert set(asked) == {threading.main_thread()}


async def test_put_away_while_it_works_it_closes_no_console(sheet, home, monkeypatch):
    go_on, real = asyncio.Event(), sheet_module.carry_out

    async def slow(*words):
        await go_on.wait()
        return await real(*words)

    monkeypatch.setattr(sheet_module, "carry_out", slow)
    await to_the_end(sheet)
    sheet.last.rehearse.click()
    sheet.away.click()
    go_on.set()
    await until(lambda: "lies in" in sheet.told.text(), PATIENCE, "the end")
    assert sheet.ready == [] and last_show() is not None


async def test_a_server_that_answers_garbage_is_told(sheet, monkeypatch):
    async with LlmServer().say(document("<html>no", "text/html")) as server:
        monkeypatch.setattr(brain_step, "usual_places", lambda: (Place("ollama", server.url),))
        await press_next(sheet, 1)
        sheet.brain.choose(BrainChoice.LOCAL)
        sheet.brain.look.click()
        await until(lambda: "something else answers" in sheet.brain.told.text(), PATIENCE, "it to be told")
        assert sheet.brain.models.count() == 0 and not sheet.brain.ask.isEnabled()
        nowhere = sheet.brain.nowhere.text()
        assert sheet.brain.nowhere.isVisible() and urlsplit(server.url).netloc in nowhere and "look again" in nowhere
        assert sheet.brain.look.text() == "look again"


async def test_a_key_is_checked_tried_kept_and_never_shown(sheet, home, monkeypatch):
    async with LlmServer().say(status(401, {"error": {"message": KEY}}), MODELS, says("Come in.")) as server:
        monkeypatch.setattr(brain_step, "OPENAI_URL", server.url)
        await press_next(sheet, 1)
        brain = sheet.brain
        brain.choose(BrainChoice.OPENAI)
        assert brain.key.echoMode() is QLineEdit.EchoMode.Password
        brain.key.setText(KEY)
        brain.check.click()
        await until(lambda: "key is refused" in brain.told.text(), PATIENCE, "the refusal")
        brain.check.click()
        await until(lambda: brain.paid.count() == 2, PATIENCE, "the models")
        await until(brain.price.text, PATIENCE, "the price, before it is asked")
        brain.ask.click()
        await until(lambda: "Come in." in brain.told.text() and brain.ask.isEnabled(), PATIENCE, "the sentence")
        assert {heard.headers["authorization"] for heard in server.heard} == {f"Bearer {KEY}"}
    await press_next(sheet, 2)
    sheet.skip.click()
    sheet.skip.click()
    assert KEY not in sheet.last.summary.text()
    await finish(sheet, sheet.last.rehearse)
    show = Path(sheet.ready[0][0])
    assert (show / ".env").read_text() == f"LLM_API_KEY={KEY}\n" and (show / ".env").stat().st_mode & 0o077 == 0
    core = tomllib.loads((show / "core.toml").read_text())
    assert core["llm"] == {"provider": "openai", "model": "gemma3", "cap_day": 10.0}
    assert KEY not in (show / "core.toml").read_text()
    await until(lambda: not brain.key.text() and brain.paid.count() == 0, PATIENCE, "the key and its models to be gone")


async def test_one_picture_is_painted_and_the_painter_is_written(sheet):
    await press_next(sheet, 1)
    sheet.skip.click()
    painter = sheet.painter
    painter.choose(PainterChoice.FOLDER)
    assert "where it lies" in await refused(sheet)
    painter.choose(PainterChoice.PROCEDURAL)
    painter.ask.click()
    await until(lambda: painter.view.picture.path and painter.ask.isEnabled(), 60, "the picture")
    assert exists(painter.view.picture.path) and "$0.00" in painter.told.text()
    await press_next(sheet, 3)
    sheet.skip.click()
    await finish(sheet, sheet.last.edit)
    image = tomllib.loads((Path(sheet.ready[0][0]) / "image_server.toml").read_text())
    assert image["generator"] == "procedural"
    await until(lambda: not painter.view.picture.path, PATIENCE, "its server to be gone")


async def test_screens_say_which_they_are_and_walls_are_named(sheet):
    await press_next(sheet, 1)
    sheet.skip.click()
    sheet.skip.click()
    walls = sheet.walls
    assert len(walls.names) == 1 and "One screen" in walls.told.text()
    walls.show_signs.click()
    (sign,) = walls.identify.signs
    assert sign.isVisible() and not sign.isActiveWindow()
    walls.names[0].setText("no/name")
    assert "cannot be the name" in await refused(sheet)
    walls.ticks[0].setChecked(False)
    assert "at least" in await refused(sheet)
    walls.ticks[0].setChecked(True)
    walls.names[0].setText("brick")
    await press_next(sheet, 4)
    await finish(sheet, sheet.last.edit)
    await until(lambda: not walls.identify.signs, PATIENCE, "the signs to be taken away")
    assert tomllib.loads((Path(sheet.ready[0][0]) / "core.toml").read_text())["walls"] == ["brick"]


async def test_it_is_walked_by_keys_alone(sheet, home):
    assert sheet.show_step.how.buttons[0].hasFocus()
    field = sheet.show_step.new.field
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    await until(lambda: sheet.index == 1, PATIENCE, "the next step")
    sheet.rail[0].click()
    assert sheet.index == 0 and not sheet.rail[2].isEnabled()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert sheet.isHidden()


async def test_every_control_has_a_name_and_says_what_it_does(sheet):
    from PySide6.QtWidgets import QAbstractButton, QListWidget

    for control in [
        part
        for kind in (QAbstractButton, QLineEdit, QListWidget)
        for part in sheet.findChildren(kind)
        if not part.objectName().startswith("qt_")
    ]:
        assert control.accessibleName(), control
        assert control.toolTip(), control.accessibleName()


def test_a_show_that_went_away_gives_way_to_the_sample(home):
    show = begin_from(SAMPLE, home / "mine")
    remember_show(show)
    show.root.rename(home / "elsewhere")
    assert last_show() is None and the_show(None).root.name == "sample"
