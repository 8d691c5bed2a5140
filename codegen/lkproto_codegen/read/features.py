"""What protobuf derives from a file's syntax or features: presence, packing, defaults.

protoc has judged the files. These are its rules and nothing more, so whatever it accepts is
accepted here; a descriptor pool would judge again, by rules of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.text_encoding import CUnescape

from ..ir import Presence

_Field = pb.FieldDescriptorProto
_Set = pb.FeatureSet
_SUBMESSAGES = {_Field.TYPE_MESSAGE, _Field.TYPE_GROUP}
_UNPACKABLE = _SUBMESSAGES | {_Field.TYPE_STRING, _Field.TYPE_BYTES}
_FLOATS = {_Field.TYPE_DOUBLE, _Field.TYPE_FLOAT}

_EDITIONS = _Set(
    field_presence=_Set.EXPLICIT,
    enum_type=_Set.OPEN,
    repeated_field_encoding=_Set.PACKED,
    utf8_validation=_Set.VERIFY,
    message_encoding=_Set.LENGTH_PREFIXED,
)
_PROTO3 = _Set(
    field_presence=_Set.IMPLICIT,
    enum_type=_Set.OPEN,
    repeated_field_encoding=_Set.PACKED,
    utf8_validation=_Set.VERIFY,
    message_encoding=_Set.LENGTH_PREFIXED,
)
_PROTO2 = _Set(
    field_presence=_Set.EXPLICIT,
    enum_type=_Set.CLOSED,
    repeated_field_encoding=_Set.EXPANDED,
    utf8_validation=_Set.NONE,
    message_encoding=_Set.LENGTH_PREFIXED,
)
# By `FileDescriptorProto.syntax`.
_DEFAULTS = {"proto3": _PROTO3, "editions": _EDITIONS}


def file_features(file: pb.FileDescriptorProto) -> pb.FeatureSet:
    """The features that hold in a file."""
    return features_of(_DEFAULTS.get(file.syntax, _PROTO2), file.options)


def features_of(parent: pb.FeatureSet, options: Any) -> pb.FeatureSet:
    """The features of an element: those of what it is in, and what its options change."""
    if not options.HasField("features"):
        return parent
    found = pb.FeatureSet()
    found.CopyFrom(parent)
    found.MergeFrom(options.features)
    return found


def is_closed(enum: pb.EnumDescriptorProto, parent: pb.FeatureSet) -> bool:
    """Whether an enum takes unknown numbers as unknown fields."""
    return features_of(parent, enum.options).enum_type == _Set.CLOSED


def type_of(field: pb.FieldDescriptorProto, features: pb.FeatureSet, map_: bool) -> int:
    """The type on the wire: a message may have the encoding of a group, a map has not."""
    delimited = features.message_encoding == _Set.DELIMITED and not map_
    if field.type == _Field.TYPE_MESSAGE and delimited:
        return _Field.TYPE_GROUP
    return field.type


def presence(field: pb.FieldDescriptorProto, features: pb.FeatureSet) -> Presence:
    """Whether a field knows that it is set; not asked for maps."""
    if field.label == _Field.LABEL_REPEATED:
        return "repeated"
    if (
        field.label == _Field.LABEL_REQUIRED
        or features.field_presence == _Set.LEGACY_REQUIRED
    ):
        return "required"
    always = (
        field.type in _SUBMESSAGES
        or field.HasField("oneof_index")
        or field.HasField("extendee")
    )
    return (
        "implicit"
        if features.field_presence == _Set.IMPLICIT and not always
        else "explicit"
    )


def is_packed(field: pb.FieldDescriptorProto, features: pb.FeatureSet) -> bool:
    """Whether repeated values share one record on the wire."""
    if field.label != _Field.LABEL_REPEATED or field.type in _UNPACKABLE:
        return False
    if field.options.HasField("packed"):
        return field.options.packed
    return features.repeated_field_encoding == _Set.PACKED


def checks_utf8(features: pb.FeatureSet) -> bool:
    """Whether strings must be valid UTF-8."""
    return features.utf8_validation != _Set.NONE


def default_of(
    field: pb.FieldDescriptorProto, enums: Mapping[str, pb.EnumDescriptorProto]
) -> bool | int | float | str | bytes | None:
    """The declared default as a value; an enum's as its number. None if there is none."""
    if not field.HasField("default_value"):
        return None
    text = field.default_value
    if field.type == _Field.TYPE_ENUM:
        values = enums[field.type_name.removeprefix(".")].value
        return next(each.number for each in values if each.name == text)
    if field.type == _Field.TYPE_BYTES:
        unescaped: bytes = CUnescape(text)
        return unescaped
    if field.type == _Field.TYPE_STRING:
        return _string(text)
    if field.type == _Field.TYPE_BOOL:
        return text == "true"
    if field.type not in _FLOATS:
        return int(text)
    return float(text) if field.type == _Field.TYPE_DOUBLE else _single(float(text))


def _string(text: str | bytes) -> str:
    """A string as messages hold it: bytes that are not UTF-8 are kept as lone surrogates."""
    if isinstance(text, bytes):
        return text.decode("utf-8", "surrogateescape")
    return text


def _single(value: float) -> float:
    """A number as a 32-bit float holds it."""
    with suppress(OverflowError):
        found: float = struct.unpack("<f", struct.pack("<f", value))[0]
        return found
    return float("inf") if value > 0 else float("-inf")
