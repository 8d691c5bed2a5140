"""Which messages can nest deeply: those in a cycle of types, and all that hold one.

Codecs count depth in these alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import ir

# Holds a message of any type, though its fields do not say so.
_ANY = "google.protobuf.Any"
# Messages nested more deeply than this count as recursive without being it.
_LEVELS = 50


def recursive_messages(schema: ir.Schema) -> frozenset[str]:
    """Full names of the messages that can hold more than 50 levels of others."""
    holds = {
        message.full_name: frozenset(_held(message))
        for file in schema.files
        for message in _all(file.messages)
    }
    if _ANY in holds:
        holds[_ANY] = frozenset({_ANY})
    # What is left when messages that hold none of the others are taken away, again and again.
    for _ in range(_LEVELS):
        for name in [name for name, held in holds.items() if not held & holds.keys()]:
            del holds[name]
    return frozenset(holds)


def _held(message: ir.Message) -> Iterator[str]:
    for field in message.fields:
        kind = field.map.value if field.map else field.kind
        name = field.map.value_type if field.map else field.type_name
        if name is not None and kind in ("message", "group"):
            yield name


def _all(messages: tuple[ir.Message, ...]) -> Iterator[ir.Message]:
    for message in messages:
        yield message
        yield from _all(message.messages)
