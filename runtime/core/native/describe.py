"""Describes message classes to the native codec: all that it knows of them.

The form is one of plain tuples, because the extension is older or newer than the package, and
`table.CONTRACT` is all that both agree on.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import MAX_DEPTH
from ..json.null import null_is_value
from ..layout import blank
from ..registry import tables
from ..straight.function import Unusual, supported
from ..table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from ..message import Message
    from ..table import Field

    # The attribute, the number, the kind; presence, packed, utf8, redacted, whether null is a
    # value; the default (None where it is None, or a new list or dict); the name in JSON, all names
    # in JSON; the slot (None for members of oneofs) and the oneof (its index, or None); the class
    # of messages or the description of an enum; the parts of a map.
    Description: TypeAlias = tuple[Any, ...]

_WHITESPACE = " \t\n\r"


def describe(cls: type[Message]) -> Description | None:
    """The description of a message class, or None if it has what the native codec does not support.

    It is `(extended, json, slot of unknown fields, fields, oneofs)`. `extended` says that unknown
    fields may be extensions, which JSON has to show. `json` has the two functions of a well-known
    type, or is None. `oneofs` are pairs of slots: the case and the value. Whether slots are as they
    should be is tested by the extension.
    """
    table = table_of(cls)
    if not supported(table):
        return None
    base, own = vars(cls.__base__), vars(cls)
    names: dict[int, list[str]] = {}
    for name, field in table.by_json.items():
        names.setdefault(field.number, []).append(name)
    places = {name: at for at, name in enumerate(table.oneofs)}
    fields: list[Description] = []
    for field in table.fields:
        slot = own.get(field.name) if field.oneof is None else None
        oneof = None if field.oneof is None else places[field.oneof]
        fields.append(_field(field, tuple(names[field.number]), slot, oneof))
    oneofs = [(own.get("_c_" + name), own.get("_v_" + name)) for name in places]
    extended = any(extendee == table.name for extendee, _ in tables().EXTENSIONS)
    return extended, _json(cls), base.get("_unknown"), fields, oneofs


def _field(
    field: Field, names: tuple[str, ...], slot: object, oneof: int | None
) -> Description:
    key, value = field.key, field.value
    return (
        field.name,
        field.number,
        field.kind,
        field.presence,
        field.packed,
        field.utf8,
        field.redact is not None,
        null_is_value(field),
        field.default if field.presence == "implicit" else None,
        field.json_name,
        names,
        slot,
        oneof,
        _type(field),
        None if key is None else _field(key, ("key",), None, None),
        None if value is None else _field(value, ("value",), None, None),
    )


def _type(field: Field) -> Any:
    """The class of messages, or `(class, closed, members by number, members by name)`."""
    cls = field.type
    if field.kind != "enum":
        return cls
    return cls, cls._closed_, cls._value2member_map_, cls._member_map_


def _json(
    cls: type[Message],
) -> tuple[Callable[[Any], str], Callable[[str, bool, int], Message]] | None:
    """The functions of a well-known type that JSON has a special form for."""
    if not is_special(cls):
        return None
    from ..straight.json_encode import inner_encoder

    return inner_encoder(cls), _reader(cls)


def is_special(cls: type[Message]) -> bool:
    """Whether JSON has a special form for a class."""
    if not cls.__proto_name__.startswith("google.protobuf."):
        return False
    from ..json.any import READERS  # with the calendar, which few messages need

    return cls.__proto_name__ in READERS


def _reader(cls: type[Message]) -> Callable[[str, bool, int], Message]:
    """The parser of a well-known type: takes its part of a text, as the exact codec reads it.

    Its last argument is `Reader.depth`: 100 less one for each message around it.
    """
    from ..json.any import READERS
    from ..json.decode import Reader
    from ..json.nesting import nests_deeper
    from ..json.syntax import scanner

    read = READERS[cls.__proto_name__]
    scan = scanner()

    def from_json(text: str, ignore: bool, depth: int) -> Message:
        # Around it are two brackets for each message at most, so that all are within the bound of
        # the exact codec. The scanner recurses, on a stack that may be small.
        if nests_deeper(text, MAX_DEPTH):
            raise Unusual
        value, end = scan(text, 0)
        if end != len(text) and text[end:].strip(_WHITESPACE):
            raise Unusual
        message = blank(cls)
        reader = Reader(ignore)
        reader.depth = depth
        read(message, value, reader)
        return message

    return from_json
