"""Is it safe: asked beside everything, in bounded time; no answer is no verdict, and the policy says what that is."""

import asyncio
import json

import pytest

from tests.support.waiting import until
from tests.textcraft_core.stage.test_stage import play
from tests.textcraft_image_server.servers import Web
from textcraft_bus.channel.messages import Mode
from textcraft_core import commands as cmd
from textcraft_core import events as ev
from textcraft_core.ai_services.moderation import Moderation, moderation_key, verdict_in
from textcraft_core.errors import CommandRefused
from textcraft_core.stage.pictures.intake import GateOptions
from textcraft_core.stage.pictures.safety import MOST_WAITING, GatePolicy, SideQueue, Verdict, policy
from textcraft_core.stage.stage import StageOptions


class Check:
    """Says what it is told to, when it may."""

    def __init__(self, verdict=Verdict(True), error=None):  # noqa: B008 - frozen
        self.verdict, self.error, self.go = verdict, error, asyncio.Event()
        self.looked = 0

    async def look(self, picture, words):
        self.looked += 1
        await self.go.wait()
        if self.error:
            raise self.error
        return self.verdict

    async def close(self):
        pass


async def test_a_look_has_its_time_and_an_error_is_no_verdict():
    slow = SideQueue(Check(), 0.05)
    verdict = await slow.verdict(b"", "")
    assert (verdict.safe, "within" in verdict.reason) == (None, True)
    broken = Check(error=ValueError("secret words"))
    broken.go.set()
    verdict = await SideQueue(broken, 5).verdict(b"", "")
    assert (verdict.safe, verdict.reason) == (None, "the safety check failed")


async def test_the_queue_is_bounded():
    check = Check()
    queue = SideQueue(check, 30)
    waiting = [asyncio.ensure_future(queue.verdict(b"", "")) for _ in range(MOST_WAITING)]  # noqa: TID251
    await until(lambda: check.looked)
    beyond = await queue.verdict(b"", "")
    assert (beyond.safe, "wait" in beyond.reason) == (None, True)
    check.go.set()
    assert all(one.safe for one in await asyncio.gather(*waiting))
    assert (await queue.verdict(b"", "")).safe


@pytest.mark.parametrize(
    ("mode", "attended", "unchecked", "expected"),
    [
        (Mode.REHEARSE, True, "hand", GatePolicy(True, "hand", "hand")),
        (Mode.SHOW, True, "refuse", GatePolicy(True, "refuse", "hand")),
        (Mode.SHOW, False, "hand", GatePolicy(False, "refuse", "refuse")),
        (Mode.SHOW, False, "pass", GatePolicy(False, "pass", "refuse")),
        (Mode.EDIT, False, "hand", GatePolicy(True, "hand", "hand")),
    ],
)
def test_where_nobody_is_there_no_question_waits(mode, attended, unchecked, expected):
    assert policy(mode, attended=attended, by_hand=True, unchecked=unchecked) == expected


@pytest.mark.parametrize(
    ("body", "safe"),
    [
        (b'{"results": [{"flagged": false}]}', True),
        (
            b'{"results": [{"flagged": false}, {"flagged": true, "categories": {"violence": true, "hate": false}}]}',
            False,
        ),
        (b'{"results": []}', None),
        (b'{"results": [{"flagged": "no"}]}', None),
        (b'{"results": [{"flagged": true, "categories": 3}]}', None),
        (b"<html>", None),
        (b"[]", None),
        (b"null", None),
    ],
)
def test_an_answer_is_read_strictly(body, safe):
    verdict = verdict_in(body)
    assert verdict.safe is safe
    assert ("violence" in verdict.reason) == (safe is False)


class Endpoint(Web):
    """A moderation endpoint."""

    def __init__(self, body=b'{"results": [{"flagged": false}]}', status=200):
        super().__init__()
        self.body, self.status = body, status
        self.routes["/v1/moderations"] = self._answer

    async def _answer(self, _request, connection):
        if self.body is None:
            await connection.until_left()
        else:
            await connection.answer(self.body, self.status)


def a_show(endpoint, seconds=10.0, **more):
    gate = GateOptions(moderation_url=f"{endpoint.url}/v1", moderation_model="m", safety_seconds=seconds, **more)
    return StageOptions(gate=gate)


async def test_picture_and_words_are_sent_and_a_safe_picture_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("MODERATION_API_KEY", "planted-key-1")
    async with Endpoint().serving() as endpoint, play(tmp_path, options=a_show(endpoint)) as show:
        await show.stage.handle(cmd.AddCard(text="Interval", caption="good evening"))
        assert show.of(ev.GateDecided)[0].checks["safe"] is True
        assert show.of(ev.CandidateAdded)[0].approved
        asked = endpoint.requests[0].json()
        assert asked["model"] == "m"
        assert asked["input"][1] == {"type": "text", "text": "good evening"}
        assert asked["input"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,")
        assert endpoint.requests[0].headers["authorization"] == "Bearer planted-key-1"
        assert "planted-key-1" not in json.dumps([event.model_dump(mode="json") for event in show.events])


async def test_what_is_called_unsafe_is_refused_and_cannot_be_overruled(tmp_path):
    unsafe = b'{"results": [{"flagged": true, "categories": {"violence": true}}]}'
    async with Endpoint(unsafe).serving() as endpoint, play(tmp_path, options=a_show(endpoint)) as show:
        await show.stage.handle(cmd.AddCard(text="Interval"))
        added = show.of(ev.CandidateAdded)[0]
        assert added.failed == ("safe",)
        assert "violence" in show.of(ev.GateDecided)[0].reason
        with pytest.raises(CommandRefused, match="safe"):
            await show.stage.handle(cmd.Overrule(request_id=added.request_id))
    async with Endpoint(unsafe).serving() as endpoint:
        options = a_show(endpoint, overrule_unsafe=True)
        (tmp_path / "two").mkdir()
        async with play(tmp_path / "two", options=options) as show:
            await show.stage.handle(cmd.AddCard(text="Interval"))
            added = show.of(ev.CandidateAdded)[0]
            await show.stage.handle(cmd.Overrule(request_id=added.request_id))
            assert show.of(ev.TakenLive)


@pytest.mark.parametrize(("body", "status"), [(b"{}", 500), (b"<html>", 200), (None, 200), (b"x" * 300_000, 200)])
async def test_without_a_verdict_an_operator_decides_while_one_is_there(tmp_path, body, status):
    seconds = 10.0 if body else 0.5
    async with Endpoint(body, status).serving() as endpoint, play(tmp_path, options=a_show(endpoint, seconds)) as show:
        await show.stage.handle(cmd.AddCard(text="Interval"))
        added = show.of(ev.CandidateAdded)[0]
        assert (added.approved, added.failed, added.flags) == (False, (), ("unchecked",))
        await show.stage.handle(cmd.Approve(request_id=added.request_id))
        assert show.of(ev.NextStaged)


async def test_left_alone_in_show_it_is_refused(tmp_path):
    async with Endpoint(b"{}", 500).serving() as endpoint, play(tmp_path, options=a_show(endpoint)) as show:
        show.stage.playout.state.mode = Mode.SHOW
        await show.stage.stream.commit(ev.AttendanceChanged(attended=False))
        await show.stage.handle(cmd.AddCard(text="Interval"))
        assert show.of(ev.CandidateAdded)[0].failed == ("safe",)


async def test_a_dead_endpoint_is_no_verdict():
    verdict = await Moderation("http://127.0.0.1:9/v1", "m", "", 1).look(_picture(), "")
    assert (verdict.safe, "cannot be asked" in verdict.reason) == (None, True)


def test_the_key_is_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_API_KEY", "another")
    assert moderation_key(tmp_path) == ""
    (tmp_path / ".env").write_text("MODERATION_API_KEY=from-file\n")
    assert moderation_key(tmp_path) == "from-file"
    monkeypatch.setenv("MODERATION_API_KEY", "from-env")
    assert moderation_key(tmp_path) == "from-env"


def test_a_key_never_goes_out_unencrypted():
    assert Moderation("http://192.0.2.1/v1", "m", "key", 1)._headers() == {}
    assert Moderation("https://192.0.2.1/v1", "m", "key", 1)._headers() == {"authorization": "Bearer key"}


def _picture():
    from textcraft_core.stage.pictures.card import paint_card

    return paint_card("x", 200, 120)
