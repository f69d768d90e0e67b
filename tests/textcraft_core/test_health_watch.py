"""Who holds a show sees how every process of its machine says it is, and who fell silent."""

import os

from tests.fakes.clock import FakeClock
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.health import Health, HealthFile, HealthStatus, Seen
from textcraft_bus.redaction import Redactor
from textcraft_core import events as ev
from textcraft_core.health_watch import Ages, HealthWatch, services_of
from textcraft_gui.bands import faces
from textcraft_gui.config import ConsoleConfig
from textcraft_gui.projection import apply
from textcraft_gui.state.show_state import ShowState, moment

ILL = Health(HealthStatus.WARNING, "no core is there")


def test_who_lives_and_says_nothing_hangs_and_who_is_gone_is_nobody():
    seen = [
        Seen("display", ILL, 2.0, pid=10),
        Seen("image_server", Health(), 500.0, pid=11),
        Seen("gone", ILL, 5.0, pid=12),
        Seen("ended", Health(HealthStatus.UNKNOWN, "stopped"), 5.0, pid=10),
        Seen("core", Health(), 1.0, pid=os.getpid()),
        Seen("audio", ILL, 3.0),
        Seen("long_ago", ILL, 1e6),
    ]
    found = services_of(seen, os.getpid(), lambda pid: pid != 12)
    assert set(found) == {"display", "image_server", "audio"}
    assert found["image_server"].status is HealthStatus.ERROR
    assert "500 s" in found["image_server"].message


async def test_a_change_is_told_once_and_shown_among_the_services(caplog):
    told = []
    watch = HealthWatch("console", Health, ConsoleConfig(), "my show", Redactor(), told.append)
    file = HealthFile(log_folder() / "health", "display", "display")
    file.write(ILL)
    data = file.path.read_text().replace(f'"pid": {os.getpid()}', f'"pid": {os.getppid()}')
    file.path.write_text(data)
    await watch.look()
    await watch.look()
    assert told == [ev.HealthSeen(services={"display": "warning: no core is there"})]
    assert "my show: display is warning" in caplog.text
    state, now = ShowState(), moment(FakeClock())
    assert "health" not in [row.name for row in faces.service_rows(state, now)]
    apply(state, told[0], now)
    (row,) = [row for row in faces.service_rows(state, now) if row.name == "health"]
    assert row.loud
    assert row.value == "display"
    assert "no core is there" in row.hint


async def test_the_webhook_s_address_is_a_secret(httpserver):
    httpserver.expect_request("/hook/tok-123456").respond_with_data("ok")
    url = httpserver.url_for("/hook/tok-123456")
    redactor = Redactor()
    ill = Health(HealthStatus.ERROR, "the disk is full")
    watch = HealthWatch(
        "console", lambda: ill, ConsoleConfig(notify={"webhook": url}), "my show", redactor, lambda _event: None
    )
    await watch.look()
    assert watch._webhook is not None
    watch._webhook.close()
    assert len(httpserver.log) == 1
    assert "tok-123456" not in redactor.clean(f"asked {url}")


async def test_a_webhook_that_is_no_address_is_told_and_the_show_opens():
    told = []
    watch = HealthWatch(
        "console", Health, ConsoleConfig(notify={"webhook": "http://:80"}), "my show", Redactor(), told.append
    )
    await watch.look()
    assert [event.text for event in told if isinstance(event, ev.Warned)] == [
        "[notify] a webhook begins with http:// or https:// and names a host"
    ]


def test_a_date_that_jumps_makes_nobody_ill_and_silence_is_noticed_all_the_same():
    ages, now = Ages(), 5000.0
    first = ages.aged([Seen("display", Health(), 4.0, 10, "at nine"), Seen("audio", ILL, 1e6, 0, "long ago")], now)
    assert [one.age for one in first] == [4.0, 1e6]
    an_hour_on = [Seen("display", Health(), 3600.0 + 9.0, 10, "at nine")]
    assert ages.aged(an_hour_on, now + 5)[0].age == 9.0
    back = [Seen("display", Health(), -3590.0, 10, "at eight")]
    assert ages.aged(back, now + 10)[0].age == 0.0
    assert ages.aged(back, now + 100)[0].age == 90.0
