import json

import pytest
from pydantic import ValidationError

from textcraft_bus import schemas_base as base
from textcraft_bus.schemas_base import ContentType, MessageBase, MessageType, RenderRequest

LEAST = {
    "RenderRequest": {"prompt": "p"},
    "ImageReady": {"request_id": "r", "uri": "file:///x"},
    "DisplayMedia": {"content_type": "image"},
    "DisplayText": {"text_id": "t", "content": "c"},
    "RemoveText": {"text_id": "t"},
    "StoryHeard": {"content": "c"},
    "UpdateLocation": {"content": "c"},
    "TranscriptUpdate": {"content": "c", "speaker_id": "s"},
}


def least(kind):
    return LEAST.get(kind.value, {})


@pytest.mark.parametrize("kind", list(MessageType))
def test_the_least_a_message_may_hold(kind):
    cls = getattr(base, kind.value)
    assert cls.model_validate(least(kind)).type == kind
    for field in least(kind):
        if field != "request_id" or kind != MessageType.RENDER_REQUEST:
            with pytest.raises(ValidationError):
                cls.model_validate({key: value for key, value in least(kind).items() if key != field})


@pytest.mark.parametrize("kind", list(MessageType))
def test_nulls_are_absent_keys_and_unknown_fields_are_kept(kind):
    cls = getattr(base, kind.value)
    nulls = dict.fromkeys(cls.model_fields)
    message = cls.model_validate({**nulls, **least(kind), "type": kind.value, "era": {"deep": [1]}})
    plain = cls.model_validate({**least(kind), "type": kind.value})
    ids = {"request_id"} if kind is MessageType.RENDER_REQUEST else set()
    assert message.model_dump(exclude={"era", *ids}) == plain.model_dump(exclude=ids)
    assert json.loads(message.model_dump_json())["era"] == {"deep": [1]}


@pytest.mark.parametrize("kind", list(MessageType))
def test_writers_send_every_known_field(kind):
    cls = getattr(base, kind.value)
    written = json.loads(cls.model_validate(least(kind)).model_dump_json())
    assert set(written) == set(cls.model_fields)
    assert cls.model_validate_json(json.dumps(written)).model_dump() == cls.model_validate(written).model_dump()


def test_a_request_without_an_id_gets_a_fresh_one():
    ids = {RenderRequest(prompt="p").request_id for _ in range(100)}
    assert len(ids) == 100
    assert RenderRequest.model_validate({"prompt": "p", "request_id": None}).request_id not in ids


@pytest.mark.parametrize(
    "fields",
    [{"width": 0}, {"height": -1}, {"width": 16385}, {"width": "wide"}, {"request_id": ""}, {"request_id": "x" * 201},
     {"prompt": "x" * 65_537}, {"prompt": "half \ud800"}, {"seed": 1.5}, {"reference_image": 3}],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(fields):
    with pytest.raises(ValidationError):
        RenderRequest.model_validate({"prompt": "p", **fields})


def test_texts_up_to_the_bound_are_taken():
    assert len(RenderRequest(prompt="x" * 65_536).prompt) == 65_536


def test_positions_and_fades_may_be_numbers_pairs_or_names():
    assert base.DisplayMedia(content_type="image", position=[1, 2]).position == (1.0, 2.0)
    assert base.DisplayMedia(content_type="image", position="top_left").position == "top_left"
    assert base.DisplayText(text_id="t", content="c", fade_duration=2).fade_duration == 2
    assert base.DisplayText(text_id="t", content="c", fade_duration=[1, 2]).fade_duration == (1.0, 2.0)


def test_enums_equal_their_strings():
    assert MessageType.ALERT == "Alert"
    assert ContentType.DEBUG_DEPTH == "debug_depth"
    assert f"{MessageType.ALERT}" == "Alert"


def test_a_message_needs_a_type():
    with pytest.raises(ValidationError):
        MessageBase.model_validate({})
