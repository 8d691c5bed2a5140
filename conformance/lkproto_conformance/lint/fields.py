"""Whether each field and each enum value of the public messages occurs in some valid vector.

Public is what users send and receive: the requests and responses of LiveKit's services, webhooks,
signals, data packets, what agents' workers exchange, and all messages inside of these. A value of
an enum counts where it is read by its name; the number proves nothing about that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from lkproto import Enum, Field, Message, fields_of, find_message, service_of, services

from ..vectors import Vector

Types = dict[str, type[Message]]
_CODECS = ("wire.roundtrip", "json.parse")
_PLACE = "see vectorgen/messages.py, populate.py and enum_values.py"


def gaps(vectors: Iterable[Vector]) -> Iterator[str]:
    """The fields and values that no vector of the codecs sets, and where to add them."""
    seen = _Seen()
    for vector in vectors:
        if vector.op in _CODECS and vector.result == "valid":
            cls = find_message(vector.args["message"])
            if cls is not None:
                message = cls.from_bytes(bytes.fromhex(vector.expect["output"]))
                seen.add(message, vector.args.get("json", ""))
    for name, cls in public_messages().items():
        for field in fields_of(cls):
            if (name, field.number) not in seen.fields:
                yield f"no valid vector sets {name}.{field.proto_name}; {_PLACE}"
    for name, enum in public_enums().items():
        for value in enum:
            if value and (name, int(value)) not in seen.values:
                yield f"no valid vector of json.parse has {value.name} of {name}; {_PLACE}"


@cache
def public_messages() -> Types:
    """The public message types by full name, in the order of the names."""
    found: Types = {}
    waiting = [*_roots()]
    while waiting:
        cls = waiting.pop()
        if cls.__proto_name__ not in found:
            found[cls.__proto_name__] = cls
            waiting += (each.type for each in _inner(cls) if each.kind == "message")
    return dict(sorted(found.items()))


def public_enums() -> dict[str, type[Enum]]:
    """The enums that public messages hold, by full name."""
    found: dict[str, type[Enum]] = {}
    for cls in public_messages().values():
        for each in _inner(cls):
            if each.kind == "enum":
                found[str(each.type_name)] = each.type
    return dict(sorted(found.items()))


def _inner(cls: type[Message]) -> Iterator[Field]:
    """What a message holds: its fields, and of maps the values."""
    for field in fields_of(cls):
        yield field.value or field


def _roots() -> Iterator[type[Message]]:
    """What is sent on its own: over Twirp, as a webhook, by participants and agents."""
    from lkproto import livekit

    yield livekit.WebhookEvent
    yield from (livekit.SignalRequest, livekit.SignalResponse, livekit.DataPacket)
    yield from (livekit.WorkerMessage, livekit.ServerMessage)
    for name in services():
        service = service_of(name)
        if service.transport == "twirp":
            for method in service.methods:
                yield from (method.input_type, method.output_type)


class _Seen:
    """What occurs in messages: fields that are set, and values of enums."""

    def __init__(self) -> None:
        self.fields: set[tuple[str, int]] = set()
        self.values: set[tuple[str, int]] = set()

    def add(self, message: Message, text: str) -> None:
        """Look at a message, at those inside of it, and at the text that it was read from."""
        waiting = [message]
        while waiting:
            each = waiting.pop()
            for field in fields_of(each.__class__):
                if values := _values(each, field):
                    self.fields.add((each.__proto_name__, field.number))
                    held = field.value or field
                    if held.kind in ("message", "group"):
                        waiting += values
                    elif held.kind == "enum":
                        self._name(str(held.type_name), values, text)

    def _name(self, enum: str, values: list[Any], text: str) -> None:
        for value in values:
            if f'"{getattr(value, "name", "")}"' in text:
                self.values.add((enum, int(value)))


def _values(message: Message, field: Field) -> list[Any]:
    """What a field holds; nothing if it is not set, or has the default of one without presence."""
    value = getattr(message, field.name)
    if field.presence == "map":
        return list(value.values())
    if field.presence == "repeated":
        return list(value)
    unset = value is None or (field.presence == "implicit" and not value)
    return [] if unset else [value]
