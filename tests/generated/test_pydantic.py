"""Messages in models of pydantic: ProtoJSON in, ProtoJSON out, and an instance in Python."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Annotated, Any

import pytest
from lkproto import Message, find_message
from lkproto._index import TYPES
from lkproto.google.protobuf import (
    Duration,
    ListValue,
    Struct,
    Timestamp,
    Value,
)
from lkproto.livekit import (
    ParticipantInfo,
    Room,
    S3Upload,
    TrackInfo,
    TrackType,
    WebhookEvent,
)

from tests.support import sampled

from .samples import given

pydantic: Any = pytest.importorskip("pydantic")
pytestmark = pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
# Samples of these cannot be printed: a Value lacks its kind, an Any its type.
WITHOUT_JSON = {
    "google.protobuf.Any",
    "google.protobuf.ListValue",
    "google.protobuf.Struct",
    "google.protobuf.Value",
    "livekit.SIPCallInfo",
    "livekit.agent.DebugMessage",
    "livekit.agent.SessionResponse.GetRTCStatsResponse",
}
MESSAGES = [name for name in TYPES if find_message(name) and name not in WITHOUT_JSON]


class Visit(pydantic.BaseModel):  # type: ignore[misc,name-defined]
    """A model of a user."""

    room: Room
    tracks: list[TrackInfo] = pydantic.Field(default_factory=list)
    by_name: dict[str, Room] = pydantic.Field(default_factory=dict)
    who: ParticipantInfo | None = None


def errors(value: Any) -> list[dict[str, Any]]:
    """The errors of a model that does not take a value, and none of its input."""
    with pytest.raises(pydantic.ValidationError) as caught:
        Visit.model_validate(value)
    assert caught.value.__cause__ is None
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in caught.value.json()
    found: list[dict[str, Any]] = caught.value.errors()
    return found


@pytest.mark.parametrize("name", sampled(MESSAGES))
def test_a_message_is_read_and_printed_as_its_json(name: str) -> None:
    cls: Any = find_message(name)
    message = cls(**given(cls))
    adapter = pydantic.TypeAdapter(cls)

    assert adapter.dump_python(message, mode="json") == message.to_dict()
    assert json.loads(adapter.dump_json(message)) == message.to_dict()
    assert adapter.dump_python(message) is message
    assert adapter.validate_python(message) is message
    assert adapter.validate_python(message.to_dict()) == message
    assert adapter.validate_json(message.to_json()) == message
    json.dumps(adapter.json_schema())


def test_a_field_has_what_json_says() -> None:
    found = Visit.model_validate({"room": {"maxParticipants": 5, "creationTime": "7"}})

    assert found.room == Room(max_participants=5, creation_time=7)
    assert repr(found).startswith("Visit(room=Room(max_participants=5, creation_ti")
    assert found.model_dump()["room"] is found.room
    assert pickle.loads(pickle.dumps(found.room)) == found.room


def test_messages_inside_containers_are_printed_as_json() -> None:
    text = (
        '{"room":{"creationTime":"7"},"tracks":[{"type":"VIDEO"}],'
        '"by_name":{"a":{"sid":"RM_1"}},"who":null}'
    )

    found = Visit.model_validate_json(text)

    assert found.tracks == [TrackInfo(type=TrackType.VIDEO)]
    assert found.model_dump_json() == text


def test_what_is_printed_is_not_redacted_and_what_is_shown_is() -> None:
    class Target(pydantic.BaseModel):  # type: ignore[misc,name-defined]
        upload: S3Upload

    found = Target(upload=S3Upload(secret="hunter2"))

    assert found.model_dump(mode="json") == {"upload": {"secret": "hunter2"}}
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("value", "loc", "msg"),
    [
        (
            {"room": {"maxParticipants": 1.5, "metadata": "hunter2"}},
            ("room", "max_participants"),
            "1.5 is not a whole number",
        ),
        (
            {"room": {}, "tracks": [{}, {"codecs": [{}, {"mimeType": 3}]}]},
            ("tracks", 1, "codecs", 1, "mime_type"),
            "string takes text, not a number",
        ),
        (
            {"room": {}, "who": {"attributes": {"a": 1}}},
            ("who", "attributes", "key"),  # personal, so it is not shown
            "string takes text, not a number",
        ),
        ({"room": "hunter2"}, ("room",), "livekit.Room takes an object, not text"),
        ({"room": None}, ("room",), "livekit.Room takes an object, not null"),
        (
            {"room": ParticipantInfo(name="hunter2")},
            ("room",),
            "takes ProtoJSON or a Room, not a ParticipantInfo",
        ),
    ],
)
def test_an_error_has_its_place_and_no_input(
    value: Any, loc: tuple[object, ...], msg: str
) -> None:
    (found,) = errors(value)

    assert (found["type"], found["loc"]) == ("protojson", loc)
    assert found["msg"] == msg


def test_a_name_that_no_field_has_is_an_error_as_in_from_dict() -> None:
    (found,) = errors({"room": {"maxParticipant": 5}})

    assert found["loc"] == ("room", "maxParticipant")
    before = pydantic.BeforeValidator(
        lambda value: Room.from_dict(value, ignore_unknown=True)
    )
    adapter = pydantic.TypeAdapter(Annotated[Room, before])
    assert adapter.validate_python({"maxParticipant": 5}) == Room()


def test_deep_json_is_an_error() -> None:
    value: Any = {}
    for _ in range(5000):
        value = {"room": value}

    assert errors({"room": {"version": value}})


def test_a_schema_has_the_fields_by_their_names_in_json() -> None:
    schema = pydantic.TypeAdapter(WebhookEvent).json_schema()

    assert schema["title"] == "livekit.WebhookEvent"
    assert schema["type"] == "object"
    assert schema["properties"]["createdAt"] == {"type": "string", "format": "int64"}
    assert schema["properties"]["numDropped"] == {"type": "integer"}
    assert schema["properties"]["room"] == {"type": "object", "title": "livekit.Room"}
    fields = pydantic.TypeAdapter(ParticipantInfo).json_schema()["properties"]
    assert fields["tracks"]["items"]["title"] == "livekit.TrackInfo"
    assert fields["attributes"]["additionalProperties"] == {"type": "string"}
    assert "room" in Visit.model_json_schema()["properties"]


@pytest.mark.parametrize(
    ("cls", "value", "kind"),
    [
        (Timestamp, "2026-01-01T00:00:00Z", "string"),
        (Duration, "1.500s", "string"),
        (ListValue, [1.0, None], "array"),
        (Struct, {"a": 1.0}, "object"),
        (Value, None, None),
    ],
)
def test_well_known_types_have_their_form(
    cls: type[Message], value: Any, kind: str | None
) -> None:
    adapter = pydantic.TypeAdapter(cls)

    assert adapter.dump_python(adapter.validate_python(value), mode="json") == value
    assert adapter.json_schema().get("type") == kind
    assert "properties" not in adapter.json_schema()


def test_any_message_is_taken_as_it_is() -> None:
    adapter = pydantic.TypeAdapter(Message)

    assert adapter.validate_python(room := Room(sid="RM_1")) is room
    assert adapter.dump_python(room, mode="json") == {"sid": "RM_1"}
    assert adapter.json_schema() == {"type": "object"}
    with pytest.raises(pydantic.ValidationError):
        adapter.validate_python({})


def test_messages_do_not_import_pydantic() -> None:
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from lkproto.livekit import Room;"
        "Room(sid='a').to_json(); sys.exit('pydantic_core' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
