# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Messages to text format: the exact printer, driven by field tables.

https://protobuf.dev/reference/protobuf/textformat-spec. The text is the same as that of
google's runtimes: fields and extensions in the order of their numbers, maps sorted by key.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from ..arguments import MAX_DEPTH, is_bytes, is_list
from ..checks import (
    check_bool,
    check_bytes,
    check_dict,
    check_enum,
    check_int,
    check_list,
    check_message,
    check_text,
    not_set,
    printable_float,
    utf8_errors,
)
from ..errors import DecodeError, EncodeError, key_step
from ..extensions import known_extensions, unknown_without
from ..kinds import by_group
from ..layout import is_message
from ..registry import find_message
from ..table import table_of, unknown_of, value_of
from ..values import as_int, is_unset
from ..visit import submessages
from .lines import Lines, quoted, quoted_text
from .names import extension_name, text_name, type_of_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..message import Message
    from ..table import Field


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
    if out.print_unknown and unknown_of(message):
        from .unknown import print_unknown

        print_unknown(unknown_without(message, extensions), out)


def _number(item: tuple[Field, str, Any]) -> int:
    return item[0].number


def _set_fields(message: Message) -> Iterator[tuple[Field, str, Any]]:
    """The fields and extensions that are set, with their names in text and their values."""
    for field in table_of(message.__class__).fields:
        value = value_of(message, field)
        if not is_unset(field, value):
            yield field, text_name(field), value
        elif field.presence == "required":
            raise not_set(field)
    if unknown_of(message):
        yield from _extensions(message)


def _extensions(message: Message) -> Iterator[tuple[Field, str, Any]]:
    for extension, value in known_extensions(message):
        yield extension.field, f"[{extension_name(extension)}]", value


def _any(message: Any, out: Lines) -> bool:
    """Print the message an Any holds; False if it is not a sound one of this package."""
    inner = None if out.within >= MAX_DEPTH else _content(message)
    if inner is None:
        return False
    if out.within:
        message.value = b""  # a copy of ours; else each level would keep one
    out.within += 1
    out.open(f"[{message.type_url}]")
    _message(inner, out)
    out.close()
    out.within -= 1
    return True


def _content(message: Any) -> Message | None:
    """The message an Any holds, if it is a sound one of this package."""
    url, value = (getattr(message, each, None) for each in ("type_url", "value"))
    if not isinstance(url, str) or not is_bytes(value) or unknown_of(message):
        return None
    cls = find_message(type_of_url(url) or "")
    try:
        inner = None if cls is None else cls.from_bytes(bytes(value))
    except DecodeError:
        return None
    return inner if inner is not None and _is_whole(inner) else None


def _is_whole(message: Message) -> bool:
    """Whether all required fields are set, in the message and what it holds but Anys."""
    for field in table_of(message.__class__).fields:
        if field.presence == "required" and getattr(message, field.name) is None:
            return False
    values = [value for _, value in known_extensions(message)]
    parts = [
        each for value in values for each in (value if is_list(value) else [value])
    ]
    return all(map(_is_whole, (*submessages(message), *filter(is_message, parts))))


def _field(field: Field, name: str, value: Any, out: Lines) -> None:
    if field.presence == "map":
        _map(field, name, value, out)
    elif field.presence == "repeated":
        _list(field, name, value, out)
    else:
        _single(field, name, value, out)


def _list(field: Field, name: str, values: Any, out: Lines) -> None:
    for index, value in enumerate(check_list(values)):
        try:
            _single(field, name, value, out)
        except EncodeError as error:
            error.inside(f"[{index}]")
            raise


def _map(field: Field, name: str, entries: Any, out: Lines) -> None:
    entries = check_dict(entries)
    key_field, value_field = field.key, field.value
    assert key_field is not None
    assert value_field is not None
    keys = [(_order(key), key, _key(key_field, key)) for key in entries]
    for _, key, shown in sorted(keys, key=_map_order):
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


def _order(key: Any) -> Any:
    number = None if isinstance(key, str) else as_int(key)
    return key if number is None else number


def _map_order(item: tuple[Any, Any, str]) -> Any:
    return item[0]


def _single(field: Field, name: str, value: Any, out: Lines) -> None:
    if field.kind not in ("message", "group"):
        out.add(f"{name}: {_SCALARS[field.kind](field, value)}")
        return
    message = check_message(field, value)
    out.open(name)
    _message(message, out)
    out.close()


def _int(field: Field, value: Any) -> str:
    return str(check_int(field, value))


def _float(field: Field, value: Any) -> str:
    return str(printable_float(field, value))


def _bool(field: Field, value: Any) -> str:
    return "true" if check_bool(value) else "false"


def _string(field: Field, value: Any) -> str:
    return quoted_text(check_text(value, errors=utf8_errors(field)))


def _bytes(field: Field, value: Any) -> str:
    return quoted(check_bytes(value))


def _enum(field: Field, value: Any) -> str:
    number = check_enum(field, value)
    cls = field.type
    return str(cls(number).name) if number in cls else str(number)


_SCALARS: dict[str, Callable[[Field, Any], str]] = by_group(
    integer=_int,
    float=_float,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)
