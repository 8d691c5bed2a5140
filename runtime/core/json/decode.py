"""ProtoJSON to messages: the exact parser, driven by field tables.

https://protobuf.dev/programming-guides/json. Duplicate keys, numbers outside their type and
broken text are refused with their path and, in text, line and column.
"""

from __future__ import annotations

from ..arguments import as_text, is_dict, is_list
from ..codec import check_depth
from ..errors import EncodeError, JsonError, key_step, shown
from ..message import blank
from ..registry import find_message, registry_with
from ..table import table_of
from . import syntax as json_text
from .scalars import SCALARS, kind_of
from .wellknown import NULL_VALUE, READERS, VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from ..extensions import Extension
    from ..message import Message
    from ..registry import Registry
    from ..table import Field

    M = TypeVar("M", bound=Message)


class Reader:
    """How to read.

    Whether unknown names pass, how much deeper values may nest, and where types of Any are
    found.
    """

    __slots__ = ("depth", "find", "ignore_unknown")

    def __init__(
        self, ignore_unknown: bool, depth: int, find: Registry = find_message
    ) -> None:
        self.ignore_unknown = ignore_unknown
        self.depth = depth
        self.find = find

    def deeper(self) -> Reader:
        """For the values inside a message or JSON value."""
        if self.depth < 1:
            raise JsonError("values are nested too deeply")
        return Reader(self.ignore_unknown, self.depth - 1, self.find)


def from_json(
    cls: type[M],
    text: str | bytes,
    *,
    ignore_unknown: bool = False,
    max_depth: int = 100,
    max_size: int | None = None,
    registry: Registry | None = None,
) -> M:
    """Parse ProtoJSON text. Raises JsonError."""
    text = as_text(text, "from_json")
    check_depth(max_depth)
    if max_size is not None and len(text) > max_size:
        unit = "characters" if isinstance(text, str) else "bytes"
        raise JsonError(f"the text has {len(text)} {unit}, more than {max_size}")
    decoded = json_text.decoded(text)
    reader = Reader(ignore_unknown, max_depth, registry_with(registry))
    return _read(cls, json_text.parsed(decoded, max_depth), reader, decoded)


def from_json_value(
    cls: type[M],
    value: Any,
    *,
    ignore_unknown: bool = False,
    max_depth: int = 100,
    registry: Registry | None = None,
) -> M:
    """A message from the values its ProtoJSON stands for. Raises JsonError."""
    check_depth(max_depth)
    reader = Reader(ignore_unknown, max_depth, registry_with(registry))
    return _read(cls, value, reader, None)


def _read(cls: type[M], value: Any, reader: Reader, text: str | None) -> M:
    try:
        return read_message(cls, value, reader)
    except JsonError as error:
        error.place(text)
        raise
    except RecursionError:
        place = json_text.too_deep(text, reader.depth) if text else ()
        raise JsonError("values are nested too deeply", *place) from None


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
            if field is not None:
                error.conceal(field)
            error.inside("." + field.proto_name if field else _step(key), key)
            raise


def _step(key: object) -> str:
    """The step of a path for a name that is no field: it may be any text."""
    text = str(key)
    return "." + text if text.isprintable() and len(text) < 60 else f"[{shown(text)}]"


def _unknown(message: Message, key: Any, value: Any, reader: Reader) -> None:
    """A name that is no field: an extension in brackets, or unknown."""
    extension = _extension(message, key)
    if extension is not None:
        _read_extension(message, extension, value, reader)
    elif not reader.ignore_unknown:
        name = message.__class__.__proto_name__
        raise JsonError(f"{name} has no such field; ignore_unknown=True lets it pass")


def _extension(message: Message, key: Any) -> Extension[Any] | None:
    if not isinstance(key, str) or not (key.startswith("[") and key.endswith("]")):
        return None
    from ..registry import find_extension_by_name

    found = find_extension_by_name(key[1:-1])
    extends = found is not None and found.extendee == message.__class__.__proto_name__
    return found if extends else None


def _read_extension(
    message: Message, extension: Extension[Any], value: Any, reader: Reader
) -> None:
    from ..extensions import set_extension

    field = extension.field
    if value is None and not _takes_null(field):
        return
    try:
        set_extension(message, extension, any_value(field, value, reader))
    except JsonError as error:
        if not _passes(error, reader):
            raise
    except EncodeError as error:
        # Values were checked as they were read; what is left is a missing required field.
        raise JsonError(error.message) from None


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
    except JsonError as error:
        if not _passes(error, reader):
            raise


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
        except JsonError as error:
            if not _passes(error, reader):
                error.inside(f"[{index}]", index)
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
        except JsonError as error:
            if not _passes(error, reader):
                error.inside(key_step(field, text), text)
                raise
    return out


def _passes(error: JsonError, reader: Reader) -> bool:
    """Whether a value is only skipped: a name of an enum that it does not have."""
    return reader.ignore_unknown and error.unknown_enum_name


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
