"""What stress tests do again and again: one call for each direction and input, good or broken."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.fuzz import mutate_json
from tests.fuzz.mutate_binary import Mutator
from tests.fuzz.schemas import Schema
from tests.fuzz.seeds import Maker

from . import calls
from .alike import difference

# Classes that together have all kinds of fields, in all forms.
CLASSES = {
    "fuzz": ("fuzz.proto3.Scalars", "fuzz.proto3.Lists", "fuzz.proto3.Maps", "fuzz.proto3.Known",
             "fuzz.Scalars", "fuzz.Inner", "fuzz.Needy", "fuzz.Lists"),
    "livekit": ("livekit.Room", "livekit.ParticipantInfo", "livekit.DataPacket",
                "livekit.WebhookEvent", "livekit.EgressInfo", "livekit.SIPCallInfo"),
}  # fmt: skip
DIRECTIONS = ("decode", "bounded", "encode", "to_json", "from_json", "construct")
Function = Callable[..., Any]


@dataclass(frozen=True)
class Call:
    """A function of a codec with arguments; `refused` if it raised when it was tried."""

    direction: str
    function: Function
    arguments: tuple[Any, ...]
    refused: bool

    def attempt(self) -> Any:
        """What it returns, or None if it refuses."""
        try:
            return self.function(*self.arguments)
        except Exception:  # noqa: BLE001 - as codecs may refuse
            return None

    def is_right(self, right: Any) -> bool:
        """Whether it returns this again."""
        found = self.attempt()
        if self.refused:
            return found is None
        return found is not None and difference(found, right) is None


def constructor(cls: Any) -> Function:
    """The construction of a class, as a function of its keywords."""

    def construct(named: dict[str, Any]) -> Any:
        return cls(**named)

    return construct


def calls_of(schema: Schema, codec: Any, names: tuple[str, ...]) -> list[Call]:
    """Calls of all directions for some classes of a schema, the same each time."""
    return [call for name in names for call in _of_class(schema, codec, name)]


def _of_class(schema: Schema, codec: Any, name: str) -> Iterator[Call]:
    cls = schema.ours(name)
    chance = random.Random(name)
    maker = Maker(schema.package, chance)
    mutator = Mutator(chance, schema.package.fields_of)
    for _ in range(4):
        data = _expressible(schema, maker, cls)
        for each in (data, *(mutator.mutated(cls, data, data) for _ in range(4))):
            yield _tried("decode", codec.decoder(cls), each)
            yield _tried("bounded", codec.bounded_decoder(cls), each, 2)
        yield from _of_message(schema, codec, cls, data, chance)


def _expressible(schema: Schema, maker: Maker, cls: Any) -> bytes:
    """An encoded message that JSON can express."""
    while True:
        message = maker.message(cls, 2)
        try:
            schema.codecs.to_json(message)
        except schema.package.EncodeError:
            continue
        data: bytes = schema.codecs.encode(message)
        return data


def _of_message(
    schema: Schema, codec: Any, cls: Any, data: bytes, chance: random.Random
) -> Iterator[Call]:
    message = schema.codecs.decode(cls, data)
    fields = schema.package.fields_of(cls)
    yield _tried("encode", codec.encoder(cls), message)
    yield _tried("to_json", codec.json_encoder(cls), message)
    named = calls.keywords_of(message, fields)
    yield _tried("construct", constructor(cls), named)
    yield _tried("construct", constructor(cls), {**named, "nope": 1})
    text = schema.codecs.to_json(message)
    names = [field.json_name for field in fields]
    for each in (text, *(mutate_json.mutated(chance, text, names) for _ in range(4))):
        yield _tried("from_json", codec.json_decoder(cls), each, True)
    broken = schema.codecs.decode(cls, data)
    name = fields[0].name
    setattr(broken, name, object())
    yield _tried("encode", codec.encoder(cls), broken)
    yield _tried("to_json", codec.json_encoder(cls), broken)


def _tried(direction: str, function: Function, *arguments: Any) -> Call:
    call = Call(direction, function, arguments, refused=False)
    if call.attempt() is not None:
        return call
    return Call(direction, function, arguments, refused=True)
