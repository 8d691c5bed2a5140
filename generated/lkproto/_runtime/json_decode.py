"""ProtoJSON to messages: the exact parser, driven by field tables.

https://protobuf.dev/programming-guides/json. Text is read by the standard library's scanner;
duplicate keys, numbers outside their type and broken text are refused with their path.
"""

from __future__ import annotations

import json

from .errors import JsonError
from .json_scalars import SCALARS, UnknownEnumName, kind_of
from .json_wellknown import NULL_VALUE, READERS, VALUE
from .message import blank
from .shapes import is_dict, is_list
from .table import table_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .message import Message
    from .table import Field

    M = TypeVar("M", bound=Message)


class Reader:
    """How to read: whether unknown names pass, and how much deeper nesting may go."""

    __slots__ = ("depth", "ignore_unknown")

    def __init__(self, ignore_unknown: bool, depth: int) -> None:
        self.ignore_unknown = ignore_unknown
        self.depth = depth

    def deeper(self) -> Reader:
        """For the values inside a message or JSON value."""
        if self.depth <= 1:
            raise JsonError("values are nested too deeply")
        return Reader(self.ignore_unknown, self.depth - 1)


def from_json(
    cls: type[M],
    text: str | bytes,
    *,
    ignore_unknown: bool = False,
    max_depth: int = 100,
) -> M:
    """Parse ProtoJSON text. Raises JsonError."""
    return from_json_value(
        cls, parse(text), ignore_unknown=ignore_unknown, max_depth=max_depth
    )


def from_json_value(
    cls: type[M], value: Any, *, ignore_unknown: bool = False, max_depth: int = 100
) -> M:
    """A message from the values its ProtoJSON stands for. Raises JsonError."""
    try:
        return read_message(cls, value, Reader(ignore_unknown, max_depth))
    except RecursionError:
        raise JsonError("values are nested too deeply") from None


def parse(text: str | bytes) -> Any:
    """JSON text as Python values. Raises JsonError for text that is not JSON, and for
    duplicate keys."""
    if not isinstance(text, str):
        try:
            text = bytes(text).decode("utf-8")
        except UnicodeDecodeError as error:
            raise JsonError(
                f"the text is not valid UTF-8 at byte {error.start}"
            ) from None
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise JsonError(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        raise JsonError("values are nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise JsonError(f"the key {key!r} stands twice in one object")
            seen.add(key)
    return found


def _integer(text: str) -> int | float:
    # "-0" is a float's negative zero; beyond a few hundred digits only a float's range
    # matters, and int() refuses very long text.
    return float(text) if text == "-0" or len(text) > 400 else int(text)


def _constant(text: str) -> Any:
    raise JsonError(f'{text} is not JSON; write it as "{text}", in quotes')


def read_message(cls: type[M], value: Any, reader: Reader) -> M:
    """A message of a class from its JSON value, well-known types included."""
    special = READERS.get(cls.__proto_name__)
    message = blank(cls)
    if special is not None:
        special(message, value, reader)
    else:
        read_fields(message, value, reader)
    return message


def read_fields(message: Message, value: Any, reader: Reader) -> None:
    """Fill a message from a JSON object of its fields."""
    if not is_dict(value):
        name = message.__class__.__proto_name__
        raise JsonError(f"{name} takes an object, not {kind_of(value)}")
    inner = reader.deeper()
    by_json = table_of(message.__class__).by_json
    seen: set[int] = set()
    oneofs: dict[str, str] = {}
    for key, each in value.items():
        field = by_json.get(key)
        try:
            if field is None:
                _unknown(message, key, each, inner)
            elif field.number in seen:
                raise JsonError("the field stands twice, under two names")
            else:
                seen.add(field.number)
                _field(message, field, each, inner, oneofs)
        except JsonError as error:
            error.inside("." + (field.proto_name if field else str(key)))
            raise


def _unknown(message: Message, key: Any, value: Any, reader: Reader) -> None:
    if isinstance(key, str) and key.startswith("[") and key.endswith("]"):
        from .extensions import set_extension
        from .registry import find_extension_by_name

        found = find_extension_by_name(key[1:-1])
        if found is not None and found.extendee == message.__class__.__proto_name__:
            set_extension(message, found, any_value(found.field, value, reader))
            return
    if not reader.ignore_unknown:
        name = message.__class__.__proto_name__
        raise JsonError(f"{name} has no such field; ignore_unknown=True lets it pass")


def _field(
    message: Any, field: Field, value: Any, reader: Reader, oneofs: dict[str, str]
) -> None:
    if value is None and not _takes_null(field):
        return
    if field.oneof is not None:
        first = oneofs.setdefault(field.oneof, field.proto_name)
        if first != field.proto_name:
            raise JsonError(f"{first!r}, of the same oneof, is also given")
    try:
        setattr(message, field.name, any_value(field, value, reader))
    except UnknownEnumName as unknown:
        if not reader.ignore_unknown:
            raise unknown.error() from None


def _takes_null(field: Field) -> bool:
    """Whether null is a value of the field, and not the absence of one."""
    if field.presence in ("repeated", "map"):
        return False
    return field.type_name in (VALUE, NULL_VALUE)


def any_value(field: Field, value: Any, reader: Reader) -> Any:
    """The value of a field from its JSON value, single or many."""
    if field.presence == "repeated":
        return _list(field, value, reader)
    if field.presence == "map":
        return _map(field, value, reader)
    return _single(field, value, reader)


def _list(field: Field, values: Any, reader: Reader) -> list[Any]:
    if not is_list(values):
        raise JsonError(f"takes an array, not {kind_of(values)}")
    out: list[Any] = []
    for index, value in enumerate(values):
        try:
            out.append(_single(field, value, reader))
        except UnknownEnumName as unknown:
            if not reader.ignore_unknown:
                error = unknown.error()
                error.inside(f"[{index}]")
                raise error from None
        except JsonError as error:
            error.inside(f"[{index}]")
            raise
    return out


def _map(field: Field, entries: Any, reader: Reader) -> dict[Any, Any]:
    if not is_dict(entries):
        raise JsonError(f"takes an object, not {kind_of(entries)}")
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    out: dict[Any, Any] = {}
    for text, value in entries.items():
        try:
            key = _key(key_field, text)
            if key in out:
                raise JsonError("the key stands twice")
            out[key] = _single(value_field, value, reader)
        except UnknownEnumName as unknown:
            if not reader.ignore_unknown:
                error = unknown.error()
                error.inside(f"[{text!r}]")
                raise error from None
        except JsonError as error:
            error.inside("[key]" if field.redact else f"[{text!r}]")
            raise
    return out


def _key(field: Field, text: Any) -> Any:
    if field.kind == "bool":
        if text not in ("true", "false"):
            raise JsonError('a bool key is "true" or "false"')
        return text == "true"
    return SCALARS[field.kind](field, text)


def _single(field: Field, value: Any, reader: Reader) -> Any:
    if value is None and field.type_name not in (VALUE, NULL_VALUE):
        raise JsonError("null is not a value here")
    if field.kind in ("message", "group"):
        return read_message(field.type, value, reader)
    return SCALARS[field.kind](field, value)
