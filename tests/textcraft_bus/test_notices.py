"""Whoever is elsewhere hears of each illness once, and of its end; nothing waits for them, and no address is told."""

import json
import logging
import threading

import pytest
from werkzeug import Response

from tests.support.waiting import wait_until
from textcraft_bus.health import Health, HealthStatus
from textcraft_bus.notices import Notice, Notifier, log_notice
from textcraft_bus.redaction import Redactor
from textcraft_bus.webhook import MOST_WAITING, Webhook

ILL = Health(HealthStatus.WARNING, "no core is there")
DEAD = Health(HealthStatus.FATAL, "parked")
WELL = Health()


def told_by(*looks, **options):
    told = []
    notifier = Notifier(told.append, **options)
    for at, services in looks:
        notifier.look(services, at)
    return [(notice.service, notice.status.value) for notice in told]


def test_a_change_for_the_worse_and_a_recovery_are_told_once():
    looks = [(0, {"wall": WELL}), (5, {"wall": ILL}), (10, {"wall": ILL}), (15, {"wall": DEAD}), (20, {"wall": WELL})]
    assert told_by(*looks) == [("wall", "warning"), ("wall", "fatal"), ("wall", "healthy")]


def test_the_same_again_waits_for_the_cooldown():
    flapping = [(at, {"wall": ILL if at % 20 else WELL}) for at in range(0, 700, 10)]
    told = told_by(*flapping, cooldown=300)
    assert told.count(("wall", "warning")) == 3
    assert told.count(("wall", "healthy")) <= 3


def test_services_do_not_share_a_cooldown_and_warnings_may_be_left_out():
    looks = [(0, {"a": ILL, "b": ILL, "c": DEAD})]
    assert sorted(told_by(*looks)) == [("a", "warning"), ("b", "warning"), ("c", "fatal")]
    assert told_by(*looks, least=HealthStatus.ERROR) == [("c", "fatal")]


def test_a_notice_is_logged_as_loud_as_it_is(caplog):
    with caplog.at_level(logging.INFO):
        for status in (HealthStatus.HEALTHY, HealthStatus.WARNING, HealthStatus.FATAL):
            log_notice(Notice("wall", status, "x", "my show"))
    assert [record.levelno for record in caplog.records] == [logging.INFO, logging.WARNING, logging.CRITICAL]
    assert "my show: wall is fatal: x" in caplog.text


def test_a_webhook_gets_json_without_secrets(httpserver):
    httpserver.expect_request("/hook/tok-1234567890", method="POST").respond_with_data("ok")
    hook = Webhook(httpserver.url_for("/hook/tok-1234567890"), Redactor(["planted-key-77"]).clean)
    hook.send(Notice("brain", HealthStatus.ERROR, "refused planted-key-77", "my show"))
    hook.close()
    ((request, _),) = httpserver.log
    sent = json.loads(request.get_data())
    assert (sent["service"], sent["status"], sent["show"]) == ("brain", "error", "my show")
    assert "planted" not in request.get_data(as_text=True)
    assert "tok-" not in repr(hook)


def test_a_refusal_is_logged_without_the_address_and_a_redirect_is_not_followed(httpserver, caplog):
    httpserver.expect_request("/hook/tok-1").respond_with_response(Response(status=307, headers={"Location": "/away"}))
    hook = Webhook(httpserver.url_for("/hook/tok-1"), str)
    hook.send(Notice("brain", HealthStatus.ERROR, "x"))
    hook.close()
    assert [request.path for request, _ in httpserver.log] == ["/hook/tok-1"]
    assert "could not be told" in caplog.text
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("textcraft")]
    assert "tok-1" not in "".join(ours)


def test_a_server_that_hangs_holds_nobody_up(httpserver, caplog):
    going_on = threading.Event()

    def hang(_request):
        going_on.wait(30)
        return Response("late")

    httpserver.expect_request("/hook").respond_with_handler(hang)
    hook = Webhook(httpserver.url_for("/hook"), str, seconds=0.3)
    for _ in range(MOST_WAITING + 5):
        hook.send(Notice("brain", HealthStatus.ERROR, "x"))
    assert "does not keep up" in caplog.text
    wait_until(lambda: "could not be told" in caplog.text, 30)
    going_on.set()


@pytest.mark.parametrize("url", ["", "ftp://host/x", "file:///etc/passwd", "http://", "no address"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="webhook"):
        Webhook(url, str)
