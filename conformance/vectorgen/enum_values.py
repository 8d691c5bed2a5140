"""Every value of every enum of the public messages, by its name in ProtoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from lkproto import Enum, fields_of
from lkproto_conformance.lint.fields import public_enums, public_messages

from .area import Area


def add(area: Area) -> None:
    """Add a case for each value, in the first message that holds its enum."""
    for name, enum in public_enums().items():
        message, field, repeated = next(_holders(name))
        stem = name.lower().replace(".", "-").replace("_", "-")
        for value in enum:
            held = [value.name] if repeated else value.name
            given = {
                "message": message,
                "json": json.dumps({field: held}),
                "ignore_unknown": False,
            }
            area.add(f"enum-{stem}-{_kebab(value)}", f"{value.name} of {name}", given)


def _holders(enum: str) -> Iterator[tuple[str, str, bool]]:
    """Where an enum is: full name of a message, JSON name of a field, whether it is repeated."""
    for message, cls in public_messages().items():
        for field in fields_of(cls):
            if field.kind == "enum" and field.type_name == enum:
                yield message, field.json_name, field.presence == "repeated"


def _kebab(value: Enum) -> str:
    return value.name.lower().replace("_", "-").strip("-")
