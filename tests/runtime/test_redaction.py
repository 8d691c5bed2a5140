"""repr, str, logs and errors never show sensitive fields, whether PII or SECRET."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable, Iterator
from traceback import TracebackException
from typing import Any

import pytest
from lkproto import (
    EncodeError,
    Field,
    ProtoError,
    TextError,
    fields_of,
    find_message,
    redacted,
)
from lkproto._index import TYPES
from lkproto._runtime.binary.wire import varint
from lkproto.google.protobuf import Any as AnyMessage
from lkproto.livekit import (
    ParticipantInfo,
    RoomAgentDispatch,
    S3Upload,
    SIPCallInfo,
)

from tests.support import package_of, sampled

UPLOAD = S3Upload(access_key="AKIA1", secret="hunter2", bucket="b", metadata={"k": "v"})


def test_secrets_are_hidden_in_repr_and_str() -> None:
    assert "hunter2" not in repr(UPLOAD)
    assert "hunter2" not in str(UPLOAD)
    assert "secret=<redacted SECRET>" in repr(UPLOAD)
    assert "bucket='b'" in repr(UPLOAD)


def test_secrets_are_hidden_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("uploading to %s", UPLOAD)

    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("write", ["to_bytes", "to_json", "to_dict", "to_text"])
def test_variables_in_the_traceback_of_an_encoder_show_no_secret(write: str) -> None:
    upload = S3Upload(secret="hunter2\ud800", metadata={"hunter2": 1})  # type: ignore[dict-item]
    with pytest.raises(EncodeError) as caught:
        getattr(upload, write)()

    shown = TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [str(frame.locals) for frame in shown.stack if frame.locals]
    assert any("upload" in each for each in frames)
    assert "hunter2" not in "".join(frames)
    assert caught.value.__context__ is None


def test_personal_data_shows_the_schemas_replacement_text() -> None:
    dispatch = RoomAgentDispatch(metadata="äb", attributes={"k": "v"})

    assert "metadata=<redacted (3 bytes)>" in repr(dispatch)
    assert "attributes=<redacted (8 bytes)>" in repr(dispatch)


def test_a_sensitive_value_that_cannot_be_encoded_still_has_a_repr() -> None:
    dispatch = RoomAgentDispatch(attributes={"k": 3})  # type: ignore[dict-item]

    assert "attributes=<redacted (0 bytes)>" in repr(dispatch)


def test_encoding_is_not_redacted() -> None:
    assert UPLOAD.to_dict()["secret"] == "hunter2"
    assert b"hunter2" in UPLOAD.to_bytes()


def test_redacted_clears_the_chosen_degrees() -> None:
    info = ParticipantInfo(identity="alice", name="Alice", metadata="m")
    pii = {field.name for field in fields_of(ParticipantInfo) if field.redact == "PII"}

    assert pii
    clean = redacted(info)
    assert all(not getattr(clean, name) for name in pii)
    assert redacted(info, pii=False) == info
    assert redacted(UPLOAD, secrets=False).secret == "hunter2"
    assert redacted(UPLOAD).secret == ""
    assert UPLOAD.secret == "hunter2"


def test_redacted_drops_unknown_fields_and_reaches_sub_messages() -> None:
    holder = ParticipantInfo.from_bytes(b"\xf8\x7f\x01")

    assert redacted(holder) == ParticipantInfo()


def test_errors_show_no_sensitive_value() -> None:
    bad = S3Upload(secret="hunter2\ud800")

    with pytest.raises(EncodeError) as caught:
        bad.to_bytes()

    assert "hunter2" not in str(caught.value)


def test_unknown_fields_are_counted_not_shown() -> None:
    info = ParticipantInfo.from_bytes(b"\xf8\x7f\x01")

    assert repr(info) == "ParticipantInfo(<3 bytes of unknown fields>)"


SENSITIVE = """
syntax = "proto3";
import "google/protobuf/descriptor.proto";
enum Level { NONE = 0; LEVEL_PII = 1; }
extend google.protobuf.FieldOptions { Level level = 50000; string shown = 50001; }
message Part { string name = 1 [(level) = LEVEL_PII]; }
message Whole {
  bytes raw = 1 [(level) = LEVEL_PII, (shown) = "<{{ .TextName }}: {{.Size}}>"];
  Part part = 2;
  repeated Part parts = 3;
  map<string, Part> by_name = 4;
  oneof choice { Part chosen = 5; string text = 6 [(level) = LEVEL_PII]; }
}
"""


@pytest.fixture(scope="module")
def sensitive(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A package whose schema has its own option for sensitive fields."""
    return package_of(
        tmp_path_factory.mktemp("sensitive"),
        {"a.proto": SENSITIVE},
        redact="level",
        redact_format="shown",
    )


def test_everything_inside_a_message_is_redacted(sensitive: Any) -> None:
    part, whole = sensitive.Part, sensitive.Whole
    message = whole(
        raw=b"raw",
        part=part(name="a"),
        parts=[part(name="b"), part(name="c")],
        by_name={"k": part(name="d")},
        chosen=part(name="e"),
    )

    assert sensitive.redacted(message) == whole(
        part=part(), parts=[part(), part()], by_name={"k": part()}, chosen=part()
    )
    assert sensitive.redacted(whole(text="x")).which("choice") == (None, None)
    assert sensitive.redacted(message, pii=False) == message


def test_the_replacement_text_counts_bytes_and_names_the_field(sensitive: Any) -> None:
    assert repr(sensitive.Whole(raw=b"four")) == "Whole(raw=<raw: 4>)"


SECRET = "s3cr3t"
MARKED = [
    (cls, field)
    for cls in map(find_message, TYPES)
    if cls is not None
    for field in fields_of(cls)
    if field.redact
]
WRONG: list[Any] = [
    *(SECRET, [SECRET], [[SECRET]], {SECRET: SECRET}, {SECRET: 1}, [{SECRET: SECRET}]),
    *(SECRET + "\ud800", {SECRET: SECRET + "\ud800"}, {SECRET: {SECRET: SECRET}}),
    {"message": {"role": SECRET, "id": [SECRET], SECRET: 1}},
]
WRONG_TEXT = [
    *("{%s: 1}", ': "%s\\q"', ": %s", ': "%s"', ' "%s"', ": -%s", ': "%s'),
    *(': ["%s"', ": <%s>", ": [%s", ": 'a' '%s", ": 'a', '%s'", ': "\\U00110000%s"'),
    *(': "%s" %s', ': "a" %s', ': "a" [%s]', ': "a" %s {', ': "%s\ud800"', ': "%s'),
    *(": {} %s", ': {key: "a"} %s', ": {[%s]: 1}", ": {[x/%s]: 1}", ": {key: %s"),
    *(': {key: "%s" value: 5}', ": {key: %s}", ': {key: "%s" %s: 1}', ": { id: %s }"),
]


def wrong_bytes() -> Iterator[bytes]:
    key = b"\x0a" + bytes([len(SECRET)]) + SECRET.encode()
    for data in (SECRET.encode() + b"\xff", key + b"\x12\x50", key + b"\x12\x01\xff"):
        yield bytes([len(data)]) + data


@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    "marked",
    sampled(MARKED),
    ids=lambda marked: f"{marked[0].__name__}.{marked[1].name}",
)
def test_no_error_shows_a_sensitive_value(marked: tuple[Any, Field]) -> None:
    cls, field = marked
    calls: list[Callable[[], object]] = []
    for value in WRONG:
        given = {field.json_name: value}
        message = cls()
        setattr(message, field.name, value)
        calls += (message.to_bytes, message.to_json, message.to_text)
        calls.append(lambda given=given: cls.from_json(json.dumps(given)))  # type: ignore[misc]
        calls.append(lambda given=given: cls.from_dict(given))  # type: ignore[misc]
    for text in WRONG_TEXT:
        wrong = field.proto_name + text.replace("%s", SECRET)
        calls.append(lambda wrong=wrong: cls.from_text(wrong))  # type: ignore[misc]
    for data in wrong_bytes():
        record = varint(field.number << 3 | 2) + data
        calls.append(lambda record=record: cls.from_bytes(record))  # type: ignore[misc]
    errors = [error for error in map(error_of, calls) if error is not None]

    assert len(errors) > 20
    for error in errors:
        assert SECRET not in str(error)
        assert SECRET.encode() not in pickle.dumps(error)
        assert SECRET not in "".join(map(everything_in, contexts(error)))


def contexts(error: BaseException | None) -> Iterator[BaseException]:
    """An error and the ones that were being handled when it was raised."""
    while error is not None:
        yield error
        error = error.__context__


def everything_in(error: BaseException) -> str:
    """Everything an error holds, such as the text that could not be decoded."""
    parts = [error.args, [getattr(error, name, "") for name in ("doc", "object")]]
    return f"{error!r} {parts!r} {error.__dict__!r}"


@pytest.mark.parametrize(
    "wrong", ["x: 1s3cr3t", "x {y: 1s3cr3t}", "x: [s3cr3t, 1s3cr3t]"]
)
def test_skipped_parts_of_a_sensitive_map_are_not_shown(wrong: str) -> None:
    text = "attributes {key: 'a' " + wrong + "}"

    with pytest.raises(TextError, match="<redacted> is not a number"):
        ParticipantInfo.from_text(text, ignore_unknown=True)


def test_errors_of_invalid_text_do_not_hold_the_text() -> None:
    calls: list[Callable[[], object]] = [
        lambda: S3Upload.from_json(b'{"secret": "s3cr3t\xff"}'),
        lambda: S3Upload.from_json('{"secret": "s3cr3t'),
        lambda: S3Upload.from_json('{"secret": "s3cr3t", "secret": ""}'),
        lambda: S3Upload.from_json('{"secret": "s3cr3t", "bucket": NaN}'),
        lambda: S3Upload.from_text(b'secret: "s3cr3t\xff"'),
        lambda: S3Upload.from_text('secret: "s3cr3t\ud800"'),
        lambda: S3Upload.from_text('secret: "\\xffs3cr3t"'),
    ]
    for error in map(error_of, calls):
        assert error is not None
        assert SECRET not in "".join(map(everything_in, contexts(error)))


def error_of(call: Callable[[], object]) -> ProtoError | None:
    try:
        call()
    except ProtoError as error:
        return error
    return None


def test_repr_shows_the_message_in_an_any_without_sensitive_values() -> None:
    packed = AnyMessage.pack(UPLOAD)
    nested = AnyMessage.pack(AnyMessage.pack(S3Upload(secret="hunter2")))
    url = "type.googleapis.com"

    assert "hunter2" not in repr(packed) + repr(SIPCallInfo(call_context=[packed]))
    assert repr(nested) == (
        f"Any(type_url='{url}/google.protobuf.Any', value=<Any("
        f"type_url='{url}/livekit.S3Upload', "
        "value=<S3Upload(secret=<redacted SECRET>)>)>)"
    )


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (AnyMessage(type_url="x/Nope", value=b"hunter2"), "<7 bytes>"),
        (AnyMessage(type_url="x/livekit.S3Upload", value=b"hunter2"), "<7 bytes>"),
        (AnyMessage(type_url="x/livekit.TrackType", value=b"hunter2"), "<7 bytes>"),
        (AnyMessage(type_url="x/Nope", value="hunter2"), "<str>"),  # type: ignore[arg-type]
        (AnyMessage(type_url=5, value=b"hunter2"), "<7 bytes>"),  # type: ignore[arg-type]
    ],
)
def test_unknown_content_of_an_any_is_counted_not_shown(
    content: Any, text: str
) -> None:
    assert repr(content) == f"Any(type_url={content.type_url!r}, value={text})"
    assert redacted(content) == AnyMessage(type_url=content.type_url)


def test_redacted_reaches_the_message_in_an_any() -> None:
    call = SIPCallInfo(call_context=[AnyMessage.pack(UPLOAD)])

    assert redacted(call).call_context[0].unpack() == redacted(UPLOAD)
    assert redacted(call, secrets=False, pii=False) == call
    assert call.call_context[0].unpack() == UPLOAD


def test_only_messages_of_the_package_can_be_redacted(sensitive: Any) -> None:
    for value in (5, sensitive.Part(name="a")):
        with pytest.raises(TypeError, match="is not a message of this package"):
            redacted(value)
