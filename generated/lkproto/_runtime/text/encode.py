"""Messages to text format: the exact printer, driven by field tables.

https://protobuf.dev/reference/protobuf/textformat-spec. The text is the one google's
runtimes print: fields in the order of their numbers, extensions among them, maps by key.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import math

from ..arguments import is_bytes, is_dict, is_list, unencodable
from ..binary.encode import check_int, encode_float, is_unset, wrong_message
from ..errors import DecodeError, EncodeError, key_step
from ..json.encode import shortest_float32
from ..table import table_of
from .names import extension_name, text_name, type_of_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..message import Message
    from ..table import Field

# What stands in quotes: control characters, quotes and backslashes are escaped. Bytes that
# are no UTF-8 stand as the "surrogateescape" of their value.
_ESCAPES: dict[int, str] = {
    **{code: f"\\{code:03o}" for code in [*range(32), 127]},
    **{0xDC00 + byte: f"\\{byte:03o}" for byte in range(128, 256)},
    **{
        ord(each): "\\" + letter
        for each, letter in zip("\t\n\r\"'\\", "tnr\"'\\", strict=True)
    },
}


class Lines:
    """The lines of a text and how deep each stands; `print_unknown` is the option."""

    __slots__ = ("depth", "lines", "print_unknown")

    def __init__(self, print_unknown: bool) -> None:
        self.depth = 0
        self.lines: list[tuple[int, str]] = []
        self.print_unknown = print_unknown

    def add(self, line: str) -> None:
        """Add a line at the present depth."""
        self.lines.append((self.depth, line))

    def open(self, name: str) -> None:
        """Begin a message in braces."""
        self.add(name + " {")
        self.depth += 1

    def close(self) -> None:
        """End what `open` began."""
        self.depth -= 1
        self.add("}")


def to_text(
    message: Message,
    *,
    indent: int = 2,
    compact: bool = False,
    print_unknown: bool = False,
) -> str:
    """A message in text format. Raises EncodeError."""
    out = Lines(print_unknown)
    try:
        _message(message, out)
    except RecursionError:
        raise EncodeError("the message is nested too deeply to print") from None
    if compact:
        return " ".join(line for _, line in out.lines)
    return "".join(f"{' ' * (indent * depth)}{line}\n" for depth, line in out.lines)


def _message(message: Message, out: Lines) -> None:
    if message.__class__.__proto_name__ == "google.protobuf.Any" and _any(message, out):
        return
    extensions: set[int] = set()
    for field, name, value in sorted(_set_fields(message), key=_number):
        is_extension = name.startswith("[")
        if is_extension:
            extensions.add(field.number)
        try:
            _field(field, name, value, out)
        except EncodeError as error:
            error.conceal(field)
            error.inside(name if is_extension else "." + field.proto_name)
            raise
    if out.print_unknown and message._unknown:
        from ..extensions import unknown_without
        from .unknown import print_unknown

        print_unknown(unknown_without(message, extensions), out)


def _number(item: tuple[Field, str, Any]) -> int:
    return item[0].number


def _set_fields(message: Message) -> Iterator[tuple[Field, str, Any]]:
    """Each field and extension that is set, its name in text and its value."""
    for field in table_of(message.__class__).fields:
        value = getattr(message, field.name)
        if not is_unset(field, value):
            yield field, text_name(field), value
        elif field.presence == "required":
            raise EncodeError(f"the required field {field.proto_name!r} is not set")
    if message._unknown:
        yield from _extensions(message)


def _extensions(message: Message) -> Iterator[tuple[Field, str, Any]]:
    from ..extensions import known_extensions

    for extension, value in known_extensions(message):
        yield extension.field, f"[{extension_name(extension)}]", value


def _any(message: Any, out: Lines) -> bool:
    """Print the message an Any holds; False if it is not a sound one of this package."""
    from ..registry import find_message

    url, value = message.type_url, message.value
    if not isinstance(url, str) or not is_bytes(value) or message._unknown:
        return False
    cls = find_message(type_of_url(url) or "")
    if cls is None:
        return False
    mark, depth = len(out.lines), out.depth
    try:
        out.open(f"[{url}]")
        _message(cls.from_bytes(bytes(value)), out)
        out.close()
    except (DecodeError, EncodeError):
        del out.lines[mark:]
        out.depth = depth
        return False
    return True


def _field(field: Field, name: str, value: Any, out: Lines) -> None:
    if field.presence == "map":
        _map(field, name, value, out)
    elif field.presence == "repeated":
        _list(field, name, value, out)
    else:
        _single(field, name, value, out)


def _list(field: Field, name: str, values: Any, out: Lines) -> None:
    if not is_list(values):
        raise EncodeError(f"takes a list, not {type(values).__name__}")
    for index, value in enumerate(values):
        try:
            _single(field, name, value, out)
        except EncodeError as error:
            error.inside(f"[{index}]")
            raise


def _map(field: Field, name: str, entries: Any, out: Lines) -> None:
    if not is_dict(entries):
        raise EncodeError(f"takes a dict, not {type(entries).__name__}")
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    keys = [(key, _key(key_field, key)) for key in entries]
    for key, shown in sorted(keys, key=_map_order):
        out.open(name)
        out.add("key: " + shown)
        try:
            _single(value_field, "value", entries[key], out)
        except EncodeError as error:
            error.inside(key_step(field, key))
            raise
        out.close()


def _key(field: Field, key: Any) -> str:
    try:
        return _SCALARS[field.kind](field, key)
    except EncodeError as error:
        error.inside(key_step(field, key))
        raise


def _map_order(item: tuple[Any, str]) -> Any:
    return item[0]


def _single(field: Field, name: str, value: Any, out: Lines) -> None:
    if field.kind not in ("message", "group"):
        out.add(f"{name}: {_SCALARS[field.kind](field, value)}")
        return
    if value.__class__ is not field.type:
        raise wrong_message(field.type, value)
    out.open(name)
    _message(value, out)
    out.close()


def _int(field: Field, value: Any) -> str:
    return str(int(check_int(field, value)))


def _float(field: Field, value: Any) -> str:
    encode_float(field, value)
    number = float(value)
    if field.kind == "float" and math.isfinite(number):
        number = shortest_float32(number)
    return str(number)


def _bool(field: Field, value: Any) -> str:
    if not isinstance(value, bool):
        raise EncodeError(f"takes a bool, not {type(value).__name__}")
    return "true" if value else "false"


def _string(field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise EncodeError(f"takes a str, not {type(value).__name__}")
    at = unencodable(value, "strict" if field.utf8 else "surrogateescape")
    if at is not None:
        raise EncodeError(
            f"the text has a lone surrogate at character {at}, which UTF-8 cannot hold"
        )
    return f'"{value.translate(_ESCAPES)}"'


def _bytes(field: Field, value: Any) -> str:
    if not is_bytes(value):
        raise EncodeError(f"takes bytes, not {type(value).__name__}")
    return quoted(bytes(value))


def quoted(data: bytes) -> str:
    """Bytes in quotes, in ASCII."""
    text = data.decode("ascii", "surrogateescape")
    return f'"{text.translate(_ESCAPES)}"'


def _enum(field: Field, value: Any) -> str:
    number = check_int(field, value)
    cls = field.type
    if number in cls:
        return str(cls(number).name)
    if cls._closed_:
        shown = "the value" if field.redact else f"{number}"
        raise EncodeError(f"{shown} is not a value of the closed {cls.__proto_name__}")
    return str(int(number))


_SCALARS: dict[str, Callable[[Field, Any], str]] = {
    "double": _float,
    "float": _float,
    "int32": _int,
    "int64": _int,
    "uint32": _int,
    "uint64": _int,
    "sint32": _int,
    "sint64": _int,
    "fixed32": _int,
    "fixed64": _int,
    "sfixed32": _int,
    "sfixed64": _int,
    "bool": _bool,
    "string": _string,
    "bytes": _bytes,
    "enum": _enum,
}
