"""ProtoJSON of `google.protobuf.Any`, which may hold messages of another generated package.

Another generated package has its own runtime, so this module only calls the methods of its
messages, and converts its errors to ours. `WRITERS` and `READERS` include all well-known types.
"""

from __future__ import annotations

from .. import checks
from ..arguments import is_dict
from ..errors import EncodeError, JsonError, shown
from ..layout import is_message, is_own_message_class
from ..table import state_of
from ..wellknown import type_name
from . import wellknown
from .scalars import check_text, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .decode import Reader
    from .encode import Printer

_NOT_FOUND = "is not a type of this package, nor of the registry, if one was given"


def _write_any(message: Any, printer: Printer) -> dict[str, Any]:
    """The JSON object of an Any: that of the message inside, plus its type."""
    url, data = _parts(message)
    if not url and not data:
        return {}
    cls = printer.find(type_name(url))
    if cls is None:
        raise EncodeError(f"{shown(url, 100)} {_NOT_FOUND}")
    del data  # else each level of Anys would keep it
    value = _write_content(cls, message, printer)
    if cls.__proto_name__ in WRITERS or not is_dict(value):
        value = {"value": value}
    return {"@type": url, **value}


def _parts(message: Any) -> tuple[str, bytes]:
    """The type_url and the value of an Any. Raises EncodeError."""
    url, data = state_of(message)[1:]
    step = ".type_url"
    try:
        checks.check_text(url)
        step = ".value"
        return url, checks.check_bytes(data)
    except EncodeError as error:
        error.inside(step)
        raise


def _write_content(cls: Any, message: Any, printer: Printer) -> Any:
    """The JSON value of what an Any holds, by the package of its class.

    Inside of another Any, it is a copy of ours, and is emptied: else each level would keep one.
    """
    deeper = printer.inside()
    try:
        inner = cls.from_bytes(_parts(message)[1])
        if printer.within:
            message.value = b""
        if is_message(inner):
            return deeper.message(inner)
        return inner.to_dict(
            preserving_names=printer.preserving_names,
            enums_as_ints=printer.enums_as_ints,
            always_print=printer.always_print,
            registry=printer.find,
        )
    except EncodeError:
        raise
    except ValueError as error:  # a DecodeError, or an error of another package
        raise EncodeError(f"the {cls.__proto_name__} in an Any: {error}") from None


def _read_any(message: Any, value: Any, reader: Reader) -> None:
    """Fill an Any from its JSON object."""
    if not is_dict(value):
        raise JsonError(f"an Any is an object, not {kind_of(value)}")
    if not value:
        return
    rest = dict(value)
    url = rest.pop("@type", None)
    if not isinstance(url, str) or "/" not in url:
        raise JsonError(
            'an Any must name its type, as in "@type": "type.googleapis.com/…"'
        )
    message.type_url = check_text(url)
    cls = reader.find(type_name(url))
    if cls is None:
        raise JsonError(f"{shown(url, 100)} {_NOT_FOUND}")
    if cls.__proto_name__ not in READERS:
        message.value = _read_content(cls, rest, reader.deeper())
        return
    if set(rest) - {"value"} and not reader.ignore_unknown:
        raise JsonError(f'the {cls.__proto_name__} in an Any belongs under "value"')
    try:
        message.value = _read_content(cls, rest.get("value"), reader.deeper())
    except JsonError as error:
        error.inside(".value", "value")
        raise


def _read_content(cls: Any, value: Any, reader: Reader) -> bytes:
    """The encoded message in an Any, read from JSON and encoded by the package of its class."""
    try:
        if is_own_message_class(cls):
            inner: Any = reader.at_once().message(cls, value)
        else:
            reader.deeper()  # the other package raises ValueError for a depth of 0
            inner = cls.from_dict(
                value,
                ignore_unknown=reader.ignore_unknown,
                max_depth=reader.depth,
                registry=reader.find,
            )
        encoded: bytes = inner.to_bytes(deterministic=True)
    except JsonError:
        raise
    except ValueError as error:  # an EncodeError, or an error of another package
        raise JsonError(f"the {cls.__proto_name__} in an Any: {error}") from None
    return encoded


WRITERS: dict[str, Callable[[Any, Printer], Any]] = {
    "google.protobuf.Any": _write_any,
    **wellknown.WRITERS,
}
READERS: dict[str, Callable[[Any, Any, Reader], None]] = {
    "google.protobuf.Any": _read_any,
    **wellknown.READERS,
}
