"""The tables of wire.md as data: every field of every type of the ecosystem, with a value of each form it may have.

Written from the tables by hand and from nothing of the product, so that both can be held against each other. Other
tests take it as their corpus.
"""

import json
from typing import Any, Final

LEAST: Final[dict[str, dict[str, Any]]] = {
    "RenderRequest": {"request_id": "r1", "prompt": "a door"},
    "ImageReady": {"request_id": "r1", "uri": "file:///x/a picture.png"},
    "DisplayMedia": {"content_type": "image"},
    "DisplayText": {"text_id": "t1", "content": "words"},
    "RemoveText": {"text_id": "t1"},
    "SpaceTimeUpdate": {},
    "PresenceStatus": {},
    "AudiencePresent": {},
    "SpeechDetected": {},
    "StoryHeard": {"content": "it was late"},
    "UpdateLocation": {"content": "the harbour"},
    "TranscriptUpdate": {"content": "hello", "speaker_id": "v1"},
    "Alert": {},
    "TransitionReady": {},
    "LoopReady": {},
    "TransitionRequest": {},
    "LoopRequest": {},
    "ChangeMap": {},
}
"""What each type must hold (the starred fields)."""
DATA_URL: Final = "data:image/png;base64,iVBORw0KGgo="
MORE: Final[dict[str, dict[str, list[Any]]]] = {
    "RenderRequest": {
        "generator": ["flux"], "negative_prompt": ["blur"], "width": [512, 1920], "height": [512, 1080],
        "style": ["ink"], "seed": [0, 7], "clear_queue": [True, False], "strength": [0.5, 1],
        "reference_image": [{"image_data": DATA_URL}, {"uri": "file:///x.png"}],
        "depth_map": [{"image_data": DATA_URL, "uri": "file:///x.png"}],
    },
    "ImageReady": {"prompt": ["a door"]},
    "DisplayMedia": {
        "content_type": ["image", "image_sequence", "video", "debug_depth", "clear"], "request_id": ["r1"],
        "uri": ["file:///x.png", "/x.png", "file:///a%20b.png"], "image_data": [DATA_URL], "sequence_path": ["/frames"],
        "video_path": ["/x.mp4"], "duration": [5, 2.5], "loop": [True], "fade_in": [0, 1.5], "fade_out": [0.5],
        "position": [[10, 20], [0.5, 0.5], "top_left"], "size": [[640, 360]], "final_tile": [True],
    },
    "DisplayText": {
        "speaker": ["agent", "system", "debug", "title", "marquee"], "duration": [10, 2.5],
        "style": [
            {"font_size": 28, "color": [255, 255, 255, 255], "position": "bottom_center", "max_width": 800,
             "anchor": "baseline_center", "align": "center"},
            {"color": "#ffffff", "position": [100, 200], "shadow": True},
        ],
        "fade_duration": [1, 0.5, [0.5, 2]],
    },
    "RemoveText": {"fade_out": [1, 0.5]},
    "SpaceTimeUpdate": {"tags": [["forest", "dusk"], []], "timestamp": ["2030-01-01T10:00:00", 1.5]},
    "PresenceStatus": {
        "idle": [True], "present": [True, False], "hand": [True], "voice": [False], "touch": [True],
        "conversation": [True], "person_count": [3], "timestamp": ["2030-01-01T10:00:00", 1.5],
        "last_present": ["2030-01-01T10:00:00"], "presence_duration": [12.5],
    },
    "AudiencePresent": {"person_count": [0, 3]},
    "SpeechDetected": {"is_speaking": [True, False], "speaker": ["agent"]},
    "StoryHeard": {"speaker_id": ["v1"], "confidence": [0.9], "timestamp": ["2030-01-01T10:00:00", 1.5]},
    "UpdateLocation": {"update_type": ["replace"]},
    "TranscriptUpdate": {
        "speaker_display_name": ["Visitor"], "session_id": ["s1"], "turn_id": ["7"], "is_partial": [True, False],
        "duration": [1.5],
    },
    "Alert": {"request_id": ["r1"], "severity": ["error"], "message": ["out of memory"]},
    "TransitionReady": {"transition_id": ["t1"]},
    "LoopReady": {"loop_id": ["l1"]},
    "TransitionRequest": {"from_image": ["a"]},
    "LoopRequest": {"era": ["present"]},
    "ChangeMap": {"change_score": [0.5]},
}  # fmt: skip
"""Every other field of a type → the forms its value may have; some of the last rows are a project's own."""


def whole(kind: str) -> dict[str, Any]:
    """A message of this type with every field of its row."""
    return {"type": kind, **LEAST[kind], **{name: forms[0] for name, forms in MORE[kind].items()}}


def corpus() -> list[dict[str, Any]]:
    """A message for each form of each field of each type."""
    forms = [
        {"type": kind, **LEAST[kind], name: value}
        for kind, fields in MORE.items()
        for name, values in fields.items()
        for value in values
    ]
    return [*({"type": kind, **least} for kind, least in LEAST.items()), *forms, *(whole(kind) for kind in LEAST)]


def spellings(message: dict[str, Any]) -> list[bytes]:
    """The same message as several programs would write it: compact, spaced, any order, nulls, unknown fields."""
    turned = dict(reversed(message.items()))
    nulls = {**dict.fromkeys(MORE[message["type"]]), **message, "unknown": {"deep": [1, "é"]}}
    return [
        json.dumps(message, separators=(",", ":")).encode(),
        json.dumps(turned, indent=1, ensure_ascii=False).encode(),
        json.dumps(nulls).encode(),
    ]
