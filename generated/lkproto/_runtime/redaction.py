# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""What a message shows of itself: everything but what the schema calls sensitive.

Two degrees, named by the schema's sensitivity option: PII (personal data) and SECRET (tokens,
passwords, keys). Both are hidden in `repr` and `str`, and so in logs and exceptions.
"""

# Modules of the runtime share the layout of messages; see `message`.
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
# How many messages, lists and dicts deep a message is described.
_MAX_SHOWN = 100


def describe(message: Message) -> str:
    """`Room(sid='RM_1', token=<redacted SECRET>)`: set fields, sensitive ones hidden.

    What is nested too deeply, or holds itself, shows as `…`. An Any shows the message inside if
    its type is one of this package, else the size of what it holds.
    """
    if not hasattr(message.__class__, "__proto_name__"):
        return object.__repr__(message)  # of Message itself, without its constructor
    return _value(message, ())


def _message(message: Message, within: tuple[int, ...]) -> str:
    is_any = message.__class__.__proto_name__ == _ANY
    parts: list[str] = []
    for field, value in set_fields(message):
        if field.redact is not None:
            text = _hidden(field, value)
        elif is_any and field.name == "value":
            text = _content(message, within)
        else:
            text = _value(value, within)
        parts.append(f"{field.name}={text}")
    if unknown := unknown_of(message):
        parts.append(f"<{len(unknown)} bytes of unknown fields>")
    return f"{message.__class__.__qualname__}({', '.join(parts)})"


def _value(value: Any, within: tuple[int, ...]) -> str:
    """A value inside of the messages, lists and dicts with these ids."""
    if not _is_nested(value):
        return shown(value, None)
    if id(value) in within or len(within) >= _MAX_SHOWN:
        return "…"
    within = (*within, id(value))
    if value.__class__ is dict:
        items = [f"{shown(key, None)}: {_value(value[key], within)}" for key in value]
        return f"{{{', '.join(items)}}}"
    if value.__class__ in (list, tuple):
        return f"[{', '.join([_value(each, within) for each in value])}]"
    return _message(value, within)


def _is_nested(value: object) -> bool:
    return value.__class__ in (list, tuple, dict) or is_message(value)


def _content(message: Any, within: tuple[int, ...]) -> str:
    inner = _unpacked(message)
    if inner is not None:
        return f"<{_value(inner, within)}>"
    value = message.value
    return f"<{len(value)} bytes>" if is_bytes(value) else f"<{kind_of(value)}>"


def _unpacked(message: Any) -> Message | None:
    """What an Any holds, or None if it is not a sound message of this package."""
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
    """The schema's own replacement text: a Go template that may use two values.

    `.Size` is the encoded size of the field's value in bytes, `.TextName` its name
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
    dropped, since nothing is known of their sensitivity, and so is what an Any holds of a type
    that this package lacks. Raises TypeError for what is no message of this package.
    """
    from .copying import clone

    check_own(message)
    copy = clone(message)
    _clear(copy, {"PII": pii, "SECRET": secrets})
    return copy


def _clear(message: Message, hidden: dict[str, bool]) -> None:
    message._unknown = b""
    for field, _ in tuple(set_fields(message)):
        # A sensitivity this runtime has no switch for is always cleared.
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
