"""Messages of every type, as wire data and as ProtoJSON."""

from __future__ import annotations

from collections.abc import Iterator

from lkproto_conformance.message_types import message_types

from . import enum_values, json_forms, wire_forms
from .area import Area
from .populate import of_oneofs, populated

ROUNDTRIP = Area(
    "wire.roundtrip",
    "messages",
    "proto.Unmarshal and proto.Marshal of google.golang.org/protobuf",
    ("https://protobuf.dev/programming-guides/encoding",),
)
PARSE = Area(
    "json.parse",
    "messages",
    "protojson.Unmarshal of google.golang.org/protobuf",
    ("https://protobuf.dev/programming-guides/json",),
)
PRINT = Area(
    "json.print",
    "messages",
    "protojson.Marshal of google.golang.org/protobuf",
    ("https://protobuf.dev/programming-guides/json",),
)


def areas() -> Iterator[Area]:
    """The areas of codecs."""
    roundtrip, parse, prints = map(_copy, (ROUNDTRIP, PARSE, PRINT))
    for name, cls in message_types().items():
        stem = name.lower().replace(".", "-").replace("_", "-")
        message = populated(cls)
        wire = {"message": name, "input": message.to_bytes(deterministic=True).hex()}
        roundtrip.add(stem, f"{name}, populated", wire)
        prints.add(stem, f"{name}, populated", wire)
        parse.add(stem, f"{name}, populated", _parsed(name, message.to_json()))
        for number, member in enumerate(of_oneofs(cls), 2):
            stem_of_member = f"{stem}-oneof-{number}"
            about = f"{name}, another field of a oneof"
            wire = {"message": name, "input": member.to_bytes().hex()}
            roundtrip.add(stem_of_member, about, wire)
            parse.add(stem_of_member, about, _parsed(name, member.to_json()))
    wire_forms.add(roundtrip)
    json_forms.add(parse)
    enum_values.add(parse)
    json_forms.add_printed(prints)
    yield from (roundtrip, parse, prints)


def _parsed(name: str, text: str) -> dict[str, object]:
    return {"message": name, "json": text, "ignore_unknown": False}


def _copy(area: Area) -> Area:
    return Area(area.op, area.source, area.function, area.spec)
