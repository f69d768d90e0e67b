"""The message types of the ecosystem, one class per type; knows nothing of sockets or of who sends what to whom.

Readers accept nulls, absent keys, any order and unknown fields (kept); writers send every known field.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Final
from uuid import uuid4

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from textcraft_bus.constants import MAX_IMAGE_BYTES, MAX_TEXT_CHARS
from textcraft_bus.models import Model

Text = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ImageData = Annotated[str, StringConstraints(max_length=MAX_IMAGE_BYTES * 4 // 3 + 1024)]
Pixels = Annotated[int, Field(gt=0, le=16384)]


class StringComparableEnum(StrEnum):
    """An enum whose members equal their string values, so readers may compare either."""


class MessageType(StringComparableEnum):
    """Every type the ecosystem's services send; a project that adds its own declares this anew, whole."""

    RENDER_REQUEST = "RenderRequest"
    IMAGE_READY = "ImageReady"
    DISPLAY_MEDIA = "DisplayMedia"
    DISPLAY_TEXT = "DisplayText"
    REMOVE_TEXT = "RemoveText"
    SPACE_TIME_UPDATE = "SpaceTimeUpdate"
    PRESENCE_STATUS = "PresenceStatus"
    AUDIENCE_PRESENT = "AudiencePresent"
    SPEECH_DETECTED = "SpeechDetected"
    STORY_HEARD = "StoryHeard"
    UPDATE_LOCATION = "UpdateLocation"
    TRANSCRIPT_UPDATE = "TranscriptUpdate"
    ALERT = "Alert"
    TRANSITION_READY = "TransitionReady"
    LOOP_READY = "LoopReady"
    TRANSITION_REQUEST = "TransitionRequest"
    LOOP_REQUEST = "LoopRequest"
    CHANGE_MAP = "ChangeMap"


class ContentType(StringComparableEnum):
    """What a DisplayMedia asks a display to show."""

    IMAGE = "image"
    IMAGE_SEQUENCE = "image_sequence"
    VIDEO = "video"
    DEBUG_DEPTH = "debug_depth"
    CLEAR = "clear"


class MessageBase(Model):
    """One message; unknown fields are kept, so a project's own fields pass through."""

    model_config = ConfigDict(extra="allow", validate_assignment=False, defer_build=True)

    type: Name

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value is not None}
        return data


def new_request_id() -> str:
    """A fresh request id; ids are never used again, foreign displays show nothing for a known one."""
    return str(uuid4())


class ImageSource(Model):
    """A reference picture or depth map, by value or by address."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    image_data: ImageData | None = None
    uri: Text | None = None


class RenderRequest(MessageBase):
    """Asks an image server for a picture of width × height pixels."""

    type: Name = MessageType.RENDER_REQUEST
    request_id: Name = Field(default_factory=new_request_id)
    prompt: Text
    generator: Text | None = None
    negative_prompt: Text | None = None
    width: Pixels = 1024
    height: Pixels = 1024
    style: Text | None = None
    seed: int | None = None
    reference_image: ImageSource | None = None
    depth_map: ImageSource | None = None
    clear_queue: bool = False
    strength: float | None = None


class ImageReady(MessageBase):
    """A picture that was asked for lies at `uri`."""

    type: Name = MessageType.IMAGE_READY
    request_id: Name
    uri: Text
    prompt: Text | None = None


class DisplayMedia(MessageBase):
    """Shows or clears a picture, sequence or video on foreign displays."""

    type: Name = MessageType.DISPLAY_MEDIA
    content_type: ContentType
    request_id: Name | None = None
    uri: Text | None = None
    image_data: ImageData | None = None
    sequence_path: Text | None = None
    video_path: Text | None = None
    duration: float | None = None
    loop: bool | None = None
    fade_in: float | None = None
    fade_out: float | None = None
    position: tuple[float, float] | Text | None = None
    size: tuple[int, int] | None = None
    final_tile: bool | None = None


class TextStyle(Model):
    """How a DisplayText is set."""

    model_config = ConfigDict(extra="allow", defer_build=True)

    font_size: float | None = None
    color: list[float] | Text | None = None
    position: list[float] | Text | None = None
    max_width: float | None = None
    anchor: Text | None = None
    align: Text | None = None


class DisplayText(MessageBase):
    """Shows a line of text on foreign displays until its duration ends or RemoveText comes."""

    type: Name = MessageType.DISPLAY_TEXT
    text_id: Name
    content: Text
    speaker: Text | None = None
    duration: float | None = None
    style: TextStyle | None = None
    fade_duration: float | tuple[float, float] | None = None


class RemoveText(MessageBase):
    """Takes a DisplayText away."""

    type: Name = MessageType.REMOVE_TEXT
    text_id: Name
    fade_out: float | None = None


class SpaceTimeUpdate(MessageBase):
    """Where and when a foreign core's story is."""

    type: Name = MessageType.SPACE_TIME_UPDATE
    tags: list[Text] = Field(default_factory=list)
    timestamp: float | Text | None = None


class PresenceStatus(MessageBase):
    """What the sensors know of the people in the room."""

    type: Name = MessageType.PRESENCE_STATUS
    idle: bool | None = None
    present: bool | None = None
    hand: bool | None = None
    voice: bool | None = None
    touch: bool | None = None
    conversation: bool | None = None
    person_count: int | None = None
    timestamp: float | Text | None = None


class AudiencePresent(MessageBase):
    """How many people are there."""

    type: Name = MessageType.AUDIENCE_PRESENT
    person_count: int | None = None


class SpeechDetected(MessageBase):
    """Somebody began or ceased to speak."""

    type: Name = MessageType.SPEECH_DETECTED
    is_speaking: bool | None = None
    speaker: Text | None = None


class StoryHeard(MessageBase):
    """A visitor's story, from the agent service."""

    type: Name = MessageType.STORY_HEARD
    content: Text
    speaker_id: Text | None = None
    confidence: float | None = None
    timestamp: float | Text | None = None


class UpdateLocation(MessageBase):
    """A visitor or agent names another place."""

    type: Name = MessageType.UPDATE_LOCATION
    content: Text
    update_type: Text | None = None


class TranscriptUpdate(MessageBase):
    """One turn, or a part of one, of a conversation with a visitor."""

    type: Name = MessageType.TRANSCRIPT_UPDATE
    content: Text
    speaker_id: Name
    speaker_display_name: Text | None = None
    session_id: Text | None = None
    turn_id: Text | None = None
    is_partial: bool | None = None
    duration: float | None = None
    timestamp: float | Text | None = None


class Alert(MessageBase):
    """Something went wrong in a foreign service."""

    type: Name = MessageType.ALERT
    request_id: Name | None = None
    severity: Text | None = None
    message: Text | None = None


class TransitionReady(MessageBase):
    """Known, counted, ignored."""

    type: Name = MessageType.TRANSITION_READY


class LoopReady(MessageBase):
    """Known, counted, ignored."""

    type: Name = MessageType.LOOP_READY


class TransitionRequest(MessageBase):
    """Known, counted, ignored."""

    type: Name = MessageType.TRANSITION_REQUEST


class LoopRequest(MessageBase):
    """Known, counted, ignored."""

    type: Name = MessageType.LOOP_REQUEST


class ChangeMap(MessageBase):
    """Known, counted, ignored."""

    type: Name = MessageType.CHANGE_MAP


BASE_SCHEMAS: Final[Mapping[str, type[MessageBase]]] = MappingProxyType(
    {kind.value: globals()[kind.value] for kind in MessageType}
)
"""Every class above by the type it is of."""
