"""What a message shows of itself: everything but what the schema calls sensitive.

Two degrees, named by the schema's sensitivity option: PII (personal data) and SECRET (tokens,
passwords, keys). Both are hidden in `repr` and `str`, and so in logs and exceptions.
"""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .visit import set_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .message import Message
    from .table import Field

    M = TypeVar("M", bound=Message)


def describe(message: Message) -> str:
    """`Room(sid='RM_1', token=<redacted SECRET>)`: set fields, sensitive ones hidden."""
    parts = [
        f"{field.name}={_shown(field, value)}" for field, value in set_fields(message)
    ]
    if message._unknown:
        parts.append(f"<{len(message._unknown)} bytes of unknown fields>")
    return f"{message.__class__.__qualname__}({', '.join(parts)})"


def _shown(field: Field, value: Any) -> str:
    if field.redact is None:
        return repr(value)
    if field.redact_format is None:
        return f"<redacted {field.redact}>"
    return _formatted(field, value)


def _formatted(field: Field, value: Any) -> str:
    """The schema's own replacement text: a Go template that may use two values.

    `.Size` is the encoded size of the field's value in bytes, `.TextName` its name
    (livekit/protocol, logger/proto.go).
    """
    text = field.redact_format or ""
    for name, shown in (("Size", str(_size(field, value))), ("TextName", field.name)):
        for spelling in (f"{{{{ .{name} }}}}", f"{{{{.{name}}}}}"):
            text = text.replace(spelling, shown)
    return text


def _size(field: Field, value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    from .binary_encode import encode_field
    from .errors import EncodeError

    try:
        return len(encode_field(field, value))
    except EncodeError:
        return 0


def redacted(message: M, /, *, pii: bool = True, secrets: bool = True) -> M:
    """A deep copy of a message with its sensitive fields cleared.

    `pii=False` keeps personal data, `secrets=False` keeps secrets. Unknown fields are
    dropped, since nothing is known of their sensitivity.
    """
    from copy import deepcopy

    copy = deepcopy(message)
    _clear(copy, {"PII": pii, "SECRET": secrets})
    return copy


def _clear(message: Message, hidden: dict[str, bool]) -> None:
    from .visit import submessages

    message._unknown = b""
    for field, _ in tuple(set_fields(message)):
        # A sensitivity this runtime has no switch for is always cleared.
        if field.redact is not None and hidden.get(field.redact, True):
            many = field.presence in ("repeated", "map")
            setattr(message, field.name, field.default() if many else field.default)
    for child in submessages(message):
        _clear(child, hidden)
