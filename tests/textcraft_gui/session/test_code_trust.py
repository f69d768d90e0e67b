"""A show's own code is asked about once, in the window, shown literally, and trusted by a hold."""

from pathlib import Path

from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev


def refuse(window, stage, folder, reason="schemas.py is not trusted"):
    stage.emit(
        ev.ShowOpened(path=str(folder), title="t", mode=Mode.EDIT),
        ev.ModeChanged(mode=Mode.EDIT),
        ev.ProjectCodeRefused(path=str(folder), reason=reason, may_be_trusted=True),
    )
    window.feed.flush()


def test_it_is_asked_once_and_names_the_files(window, stage, tmp_path):
    refuse(window, stage, tmp_path)
    question = window.overlays.question
    assert question.isVisible()
    assert "schemas.py, constants.py" in question.text.text()
    question.hide()
    refuse(window, stage, tmp_path)
    assert not question.isVisible()


def test_trusting_is_a_hold_and_a_click_is_not_enough(qtbot, window, stage, tmp_path):
    refuse(window, stage, tmp_path)
    trust = window.overlays.question.buttons[1]
    trust.click()
    assert stage.handled == []
    trust.held.emit()
    assert stage.handled == [cmd.TrustProject()]
    assert not window.overlays.question.isVisible()


async def test_the_files_are_shown_as_they_are_and_may_be_trusted_there(window, stage, tmp_path):
    (tmp_path / "schemas.py").write_text("<b>bold</b> = 1", encoding="utf-8")
    refuse(window, stage, tmp_path)
    await window.code_trust._read(Path(tmp_path))
    sheet = window.code_trust.sheet
    assert sheet.isVisible()
    assert sheet.text.toPlainText() == "# schemas.py\n\n<b>bold</b> = 1"
    assert window.overlays.put_away() or window.overlays.put_away()
    sheet.trust.held.emit()
    assert stage.handled == [cmd.TrustProject()]


def test_an_audience_is_not_disturbed_and_broken_code_is_no_question(window, stage, tmp_path):
    stage.emit(ev.ModeChanged(mode=Mode.SHOW))
    stage.emit(ev.ProjectCodeRefused(path=str(tmp_path), reason="not trusted", may_be_trusted=True))
    window.feed.flush()
    assert not window.overlays.question.isVisible()
    stage.emit(ev.ModeChanged(mode=Mode.EDIT))
    window.feed.flush()
    assert window.overlays.question.isVisible()
    window.overlays.question.hide()
    stage.emit(ev.ProjectCodeRefused(path=str(tmp_path), reason="broken", may_be_trusted=False))
    window.feed.flush()
    assert not window.overlays.question.isVisible()
