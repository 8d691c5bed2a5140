# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Shows messages without the fields that the schema marks as sensitive.

The schema's sensitivity option has two degrees: PII (personal data) and SECRET (tokens, passwords,
keys). `repr` and `str` hide both, so logs and exceptions do not show them.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from contextlib import suppress

from .arguments import is_bytes, kind_of
from .errors import DecodeError, EncodeError, shown
from .layout import check_own, is_message
from .registry import find_message
from .table import unknown_of
from .visit import set_fields, submessages
from .wellknown import type_name

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .message import Message
    from .table import Field

    M = TypeVar("M", bound=Message)

_ANY = "google.protobuf.Any"
# How many levels of messages, lists and dicts are shown.
_MAX_SHOWN = 100


def describe(message: Message) -> str:
    """`Room(sid='RM_1', token=<redacted SECRET>)`: set fields, sensitive ones hidden.

    A value that is nested too deeply, or contains itself, is shown as `…`. An Any shows the message
    inside if this package has its type, else the size of its content. Never raises: whatever an
    object in the place of a value does, the class and the error's name are shown.
    """
    if not hasattr(message.__class__, "__proto_name__"):
        return object.__repr__(message)  # of Message itself, without its constructor
    try:
        return _value(message, ())
    except Exception as error:  # noqa: BLE001 - an object of users may do anything
        name = message.__class__.__qualname__
        return f"<{name} that cannot be shown: {type(error).__name__}>"


def _message(message: Message, within: tuple[int, ...], own: bool) -> str:
    if message.__class__.__proto_name__ == _ANY:
        parts = _any_parts(message, within, own)
    else:
        parts = [
            f"{field.name}={_field(field, value, within, own)}"
            for field, value in set_fields(message)
        ]
    if unknown := unknown_of(message):
        parts.append(f"<{len(unknown)} bytes of unknown fields>")
    return f"{message.__class__.__qualname__}({', '.join(parts)})"


def _field(field: Field, value: Any, within: tuple[int, ...], own: bool) -> str:
    return _value(value, within, own) if field.redact is None else _hidden(field, value)


def _value(value: Any, within: tuple[int, ...], own: bool = False) -> str:
    """A value inside of the messages, lists and dicts with these ids.

    `own` is whether it is part of a message that was decoded to be shown.
    """
    if not _is_nested(value):
        return shown(value, None)
    if id(value) in within or len(within) >= _MAX_SHOWN:
        return "…"
    within = (*within, id(value))
    if value.__class__ is dict:
        items = [
            f"{shown(key, None)}: {_value(value[key], within, own)}" for key in value
        ]
        return f"{{{', '.join(items)}}}"
    if value.__class__ in (list, tuple):
        return f"[{', '.join([_value(each, within, own) for each in value])}]"
    return _message(value, within, own)


def _is_nested(value: object) -> bool:
    return value.__class__ in (list, tuple, dict) or is_message(value)


def _any_parts(message: Any, within: tuple[int, ...], own: bool) -> list[str]:
    # By name, because a loop over values would keep the content of each level.
    names = [field.name for field, _ in set_fields(message)]
    return [
        (
            f"{name}={_content(message, within, own)}"
            if name == "value"
            else f"{name}={_value(getattr(message, name), within)}"
        )
        for name in names
    ]


def _content(message: Any, within: tuple[int, ...], own: bool) -> str:
    inner = _unpacked(message) if len(within) < _MAX_SHOWN else None
    if inner is not None:
        if own:
            message.value = b""  # else each level of Anys would keep a copy
        return f"<{_value(inner, within, True)}>"
    value = message.value
    return f"<{len(value)} bytes>" if is_bytes(value) else f"<{kind_of(value)}>"


def _unpacked(message: Any) -> Message | None:
    """The message in an Any, or None if it is invalid or not of this package."""
    url, value = (getattr(message, each, None) for each in ("type_url", "value"))
    if not isinstance(url, str) or not is_bytes(value):
        return None
    cls = find_message(type_name(url))
    try:
        return None if cls is None else cls.from_bytes(value)
    except DecodeError:
        return None


def _hidden(field: Field, value: Any) -> str:
    if field.redact_format is None:
        return f"<redacted {field.redact}>"
    return _formatted(field, value)


def _formatted(field: Field, value: Any) -> str:
    """The schema's own replacement text, a Go template that can use two values.

    `.Size` is the encoded size of the field's value in bytes, `.TextName` the field's name
    (livekit/protocol, logger/proto.go).
    """
    text = field.redact_format or ""
    for name, word in (("Size", str(_size(field, value))), ("TextName", field.name)):
        for spelling in (f"{{{{ .{name} }}}}", f"{{{{.{name}}}}}"):
            text = text.replace(spelling, word)
    return text


def _size(field: Field, value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    from .binary.encode import encode_field

    try:
        return len(encode_field(field, value))
    except (EncodeError, RecursionError):
        return 0


def redacted(message: M, /, *, pii: bool = True, secrets: bool = True) -> M:
    """A deep copy of a message with its sensitive fields cleared.

    `pii=False` keeps personal data, `secrets=False` keeps secrets. Unknown fields are
    dropped, because they might be sensitive, and so is the content of an Any whose type this
    package does not have. Raises TypeError for a value that is not a message of this package,
    EncodeError if something else is in the place of a message, or messages nest too deeply.
    """
    from .copying import clone

    check_own(message)
    try:
        copy = clone(message)
        _clear(copy, {"PII": pii, "SECRET": secrets})
    except RecursionError:
        raise EncodeError("the message is nested too deeply to copy") from None
    return copy


def _clear(message: Message, hidden: dict[str, bool]) -> None:
    message._unknown = b""
    for field in [field for field, _ in set_fields(message)]:
        # A degree of sensitivity that this runtime does not know is always cleared.
        if field.redact is not None and hidden.get(field.redact, True):
            many = field.presence in ("repeated", "map")
            setattr(message, field.name, field.default() if many else field.default)
    if message.__class__.__proto_name__ == _ANY:
        _clear_content(message, hidden)
    for child in submessages(message):
        _clear(child, hidden)


def _clear_content(message: Any, hidden: dict[str, bool]) -> None:
    inner = _unpacked(message)
    message.value = b""
    if inner is not None:
        _clear(inner, hidden)
        with suppress(EncodeError):  # a required field was cleared
            message.value = inner.to_bytes(deterministic=True)
