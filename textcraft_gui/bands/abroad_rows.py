"""Rows of SERVICES, for a service of ours and for programs of others; pure readings of the state."""

from dataclasses import replace

from textcraft_gui.state.show_state import Freshness, Moment, Service, ShowState, freshness
from textcraft_gui.theme import Colour
from textcraft_gui.widgets import signs
from textcraft_gui.widgets.status_list import Row
from textcraft_gui.words.i18n import counted, tr
from textcraft_gui.words.wording import age


def peer_row(name: str, fresh: Freshness, service: Service, now: Moment, hint: str) -> Row:
    """A peer with its age: older than 3 s grey, older than 10 s or lost in the colour of trouble."""
    value = tr("LOST") if fresh is Freshness.LOST else tr("unknown")
    if service.seen_at is not None and fresh is not Freshness.LOST:
        value = age(now.mono - service.seen_at)
    loud = fresh in {Freshness.LOST, Freshness.OLD}
    colour = Colour.WARN if loud else Colour.DIM if fresh is Freshness.STALE else Colour.QUIET
    return Row(signs.FRESHNESS[fresh], name, value, hint, colour, loud)


def abroad_rows(state: ShowState, now: Moment) -> list[Row]:
    """A row for the image servers of others, and one for their displays, while they are or were connected."""
    abroad = state.abroad
    rows = []
    if abroad.painters.seen_at is not None:
        rows.append(_painters(state, now))
    if abroad.displays.seen_at is not None:
        rows.append(_displays(state, now))
    return rows


def _painters(state: ShowState, now: Moment) -> Row:
    service, count = state.abroad.painters, state.abroad.count
    name = tr("foreign image server") if count < 2 else tr("foreign image servers · {count}", count=count)
    hint = tr(
        "{state}, {jobs}. It has no name and tells no failure: its silence is one.",
        state=tr("painting") if service.queue else tr("idle"),
        jobs=counted(service.queue, "{n} job waiting", "{n} jobs waiting"),
    )
    return peer_row(name, freshness(service.seen_at, now, lost=service.lost), service, now, hint)


def _displays(state: ShowState, now: Moment) -> Row:
    """They acknowledge nothing: SENT is the most that can be said, and it is never the sign of what is well."""
    service = state.abroad.displays
    fresh = freshness(service.seen_at, now, lost=service.lost)
    sent = state.sent_to_displays is not None
    hint = tr("It listens; nothing was sent to it yet.")
    if sent:
        hint = tr("Sent {age} ago. It never says what it shows.", age=age(now.mono - state.sent_at))
    row = peer_row(tr("foreign display"), fresh, service, now, hint)
    if fresh is Freshness.OK:
        return replace(row, sign=signs.UNKNOWN, value=tr("SENT") if sent else tr("listens"))
    return row
