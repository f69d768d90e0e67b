"""The sheets made late: nothing of them is there before it is wanted, and Esc puts them away like all others."""

from textcraft_bus.channel.messages import Mode
from textcraft_core import events as ev
from textcraft_gui.library.work import ShowLibrary
from textcraft_gui.verbs.verb import Verb


def test_the_manual_opens_over_the_docks_in_any_mode_and_closes_again(window):
    assert window.sheets.manual is None
    assert window.verbs.fire(Verb.MANUAL)
    manual = window.sheets.manual
    assert manual.isVisible() and manual.list.count() > 15
    assert manual.geometry().top() > window.stops.geometry().bottom() - 1
    assert window.overlays.put_away() and not manual.isVisible()
    window.verbs.fire(Verb.MANUAL)
    window.verbs.fire(Verb.MANUAL)
    assert not manual.isVisible() and window.sheets.manual is manual


def test_the_keys_lead_to_the_manual(window):
    window.verbs.fire(Verb.HELP)
    window.overlays.keys.manual.click()
    assert window.sheets.manual.isVisible() and not window.overlays.keys.isVisible()


def test_whole_shows_are_a_matter_of_edit(window, tell, monkeypatch):
    async def none(_library):
        return ()

    monkeypatch.setattr(ShowLibrary, "templates", none)  # the fake runs what is started without a loop
    assert not window.verbs.fire(Verb.SHOWS) and window.sheets.shows is None
    tell(ev.ModeChanged(mode=Mode.EDIT))
    assert window.status.modes.controls.buttons[Verb.SHOWS].isVisible()
    assert window.verbs.fire(Verb.SHOWS) and window.sheets.shows.isVisible()
    assert window.overlays.put_away() and not window.sheets.shows.isVisible()
