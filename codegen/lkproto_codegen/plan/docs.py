"""Documentation: comments of the schema as docstrings."""

from __future__ import annotations

import re

from .. import ir
from . import names

_SENTENCE = re.compile(r"(.+?[.!?:])(?:\s|$)", re.DOTALL)


def message_doc(message: ir.Message) -> str:
    """The comment of a message, its oneofs and the first sentence of each field's."""
    parts = [message.doc or f"The message `{message.full_name}`."]
    if message.deprecated:
        parts.append("Deprecated.")
    for oneof in message.oneofs:
        members = ", ".join(names.identifier(each, "member") for each in oneof.fields)
        text = f"At most one of {members} is set (oneof `{oneof.name}`)."
        parts.append(f"{text} {_joined(oneof.doc)}".rstrip())
    lines = [
        f"    {names.identifier(each.name, 'member')}: {_first(field_doc(each))}"
        for each in message.fields
        if field_doc(each)
    ]
    if lines:
        parts.append("\n".join(["Attributes:", *lines]))
    return "\n\n".join(parts)


def field_doc(field: ir.Field) -> str:
    """The comment of a field, and whether it is deprecated."""
    return _marked(field.doc, field.deprecated)


def value_doc(value: ir.EnumValue) -> str:
    """The comment of an enum value, and whether it is deprecated."""
    return _marked(value.doc, value.deprecated)


def _marked(doc: str, deprecated: bool) -> str:
    if not deprecated or "deprecated" in doc.lower():
        return doc
    return f"{doc}\n\nDeprecated." if doc else "Deprecated."


def _first(doc: str) -> str:
    text = _joined(doc)
    found = _SENTENCE.match(text)
    return found[1] if found else text


def _joined(doc: str) -> str:
    return " ".join(doc.split())
