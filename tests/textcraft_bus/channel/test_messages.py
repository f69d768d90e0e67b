import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcraft_bus.channel import messages
from textcraft_bus.channel.messages import (
    OURS,
    BadFrame,
    Caption,
    Heartbeat,
    ImageReady,
    Picture,
    RenderRequest,
    Role,
    ServiceHello,
    ShowRefused,
    WallMap,
    WallScene,
    encode,
    parse,
    peer_name,
    wall_peer,
)
from textcraft_bus.constants import MAX_MESSAGE_BYTES

SHA = "0123456789abcdef" * 4
LEAST = {
    "ServiceHello": {"role": "wall", "name": "brick"},
    "RenderRequest": {"prompt": "p"},
    "RenderAccepted": {"request_id": "r"},
    "RenderProgress": {"request_id": "r", "fraction": 0.5},
    "CancelRender": {"request_id": "r"},
    "ImageReady": {"request_id": "r", "uri": "u", "sha256": SHA, "mime": "image/png", "width": 1, "height": 1},
    "RenderFailed": {"request_id": "r", "reason": "odd"},
    "WallScene": {"scene": 1},
    "WallCommand": {"command": "identify"},
    "Shown": {"scene": 1, "layer": "black", "phase": "settled", "painted_at": 1.0},
    "ShowRefused": {"scene": 1, "reason": "odd"},
    "WallThumb": {"data": "AAAA"},
    "WallKey": {"key": 1},
    "NeedBlob": {"sha256": SHA},
    "Blob": {"sha256": SHA, "mime": "image/png", "data": "AAAA"},
}


def least(kind, **fields):
    return json.dumps({"type": kind, **LEAST.get(kind, {}), **fields}).encode()


@pytest.mark.parametrize("kind", list(OURS))
def test_every_message_comes_back_as_it_went(kind):
    message = parse(least(kind, note="kept"))
    assert type(message) is OURS[kind]
    assert parse(encode(message)) == message
    assert json.loads(encode(message))["note"] == "kept"


@pytest.mark.parametrize("kind", list(OURS))
def test_every_message_carries_protocol_seq_and_sent_at_and_every_field(kind):
    written = json.loads(encode(parse(least(kind))))
    assert {"protocol": 1, "seq": 0, "sent_at": 0.0}.items() <= written.items()
    assert set(OURS[kind].model_fields) == set(written)


@pytest.mark.parametrize("kind", list(OURS))
def test_a_required_field_that_is_missing_is_told(kind):
    for field in LEAST.get(kind, {}):
        fields = {key: value for key, value in LEAST[kind].items() if key != field}
        with pytest.raises(BadFrame, match=f"wrong fields in {kind}"):
            parse(json.dumps({"type": kind, **fields}).encode())


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (b"", "not JSON"), (b"{", "not JSON"), (b"\xff\xfe", "not JSON"), (b"[" * 200_000, "not JSON"),
        (b"NaN", "not JSON"), (b"null", "unknown type"), (b"[]", "unknown type"), (b"{}", "unknown type"),
        (b'{"type":"Nonsense"}', "unknown type"), (b'{"type":["Quit"]}', "unknown type"),
        (b'{"type":"Quit","protocol":2}', "wrong fields"), (b'{"type":"Heartbeat","seq":"many"}', "wrong fields"),
        (b'{"type":"Quit","reason":"\\ud800"}', "not JSON"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_with_a_reason(frame, why):
    with pytest.raises(BadFrame, match=why):
        parse(frame)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("ImageReady", {"sha256": "A" * 64}), ("ImageReady", {"cost": -1}), ("ImageReady", {"width": 0}),
        ("RenderProgress", {"fraction": 1.1}), ("ServiceHello", {"slots": 0}), ("ServiceHello", {"role": "core"}),
        ("WallCommand", {"command": "explode"}), ("WallThumb", {"data": "A" * 90_000}), ("WallThumb", {"mime": "x"}),
        ("WallScene", {"transition": {"seconds": 6}}), ("WallScene", {"map": {"rotate": 45}}),
        ("WallScene", {"caption": {"text": "x" * 141}}), ("RenderRequest", {"attempt": 0}),
    ],
)  # fmt: skip
def test_values_out_of_bounds_are_refused(kind, fields):
    with pytest.raises(BadFrame, match="wrong fields"):
        parse(least(kind, **fields))


def test_too_large_is_refused_before_it_is_read():
    with pytest.raises(BadFrame, match="larger"):
        parse(b" " * (MAX_MESSAGE_BYTES + 1))


def test_too_large_is_not_sent(monkeypatch):
    monkeypatch.setattr(messages, "MAX_MESSAGE_BYTES", 1000)
    assert encode(Heartbeat(state="x" * 100))
    with pytest.raises(BadFrame, match="larger"):
        encode(Heartbeat(state="x" * 1000))


@pytest.mark.parametrize(
    "message",
    [
        Heartbeat.model_construct(state="half \ud800"),
        Heartbeat(note="\udfff"),
        Heartbeat(note={"k\ud800": 1}),
        Heartbeat(note=object()),
    ],
)
def test_what_json_cannot_hold_is_not_sent(message):
    with pytest.raises(BadFrame, match="cannot be written"):
        encode(message)


@given(st.binary(max_size=300))
def test_bytes_raise_nothing_but_bad_frame(frame):
    with pytest.raises(BadFrame):
        parse(frame)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(OURS)), st.data())
def test_any_value_in_any_field_is_a_message_or_a_bad_frame(kind, data):
    field = data.draw(st.sampled_from(sorted(OURS[kind].model_fields)))
    value = data.draw(JSON)
    try:
        message = parse(least(kind, **{field: value}))
    except BadFrame:
        return
    assert message.type in OURS
    encode(message)


def test_flipped_bytes_raise_nothing_but_bad_frame():
    dice, refused = random.Random(5), 0
    for kind in sorted(OURS) * 150:
        frame = bytearray(encode(parse(least(kind))))
        for _ in range(dice.randrange(1, 6)):
            frame[dice.randrange(len(frame))] = dice.randrange(256)
        try:
            parse(bytes(frame))
        except BadFrame:
            refused += 1
    assert 1000 < refused < 149 * len(OURS)


def test_a_hash_is_lower_case_hex():
    with pytest.raises(BadFrame):
        parse(least("NeedBlob", sha256=SHA.upper()))
    with pytest.raises(BadFrame):
        parse(least("NeedBlob", sha256=SHA + "\n"))


def test_ours_extends_the_ecosystem_s_request_and_result():
    assert RenderRequest(prompt="p", era="now").model_dump()["era"] == "now"
    ready = parse(least("ImageReady"))
    assert isinstance(ready, ImageReady)
    assert isinstance(ready, messages.base.ImageReady)


def test_a_whole_scene_comes_back():
    scene = WallScene(
        scene=3,
        program=Picture(sha256=SHA, uri="file:///x", mime="image/png", width=2, height=2),
        caption=Caption(text="<b>literal</b>"),
        map=WallMap(rotate=90, corners=((0, 0), (1, 0), (1, 1), (0, 1))),
    )
    assert parse(encode(scene)) == scene


def test_names_of_peers():
    assert peer_name(Role.IMAGE_SERVER, "a") == "image_server.a"
    assert wall_peer("brick") == wall_peer("wall.brick") == peer_name(Role.WALL, "brick")
    assert ServiceHello(role="wall", name="brick").instance == ""
    assert ShowRefused(scene=1, reason="x").sha256 is None
