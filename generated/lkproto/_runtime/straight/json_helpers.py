# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""What written JSON functions call for values that need more than a line."""

# Modules of the runtime share the layout of messages; see `message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import math
from binascii import a2b_base64
from json.encoder import encode_basestring
from struct import Struct

from ..checks import shortest_float32
from ..layout import blank
from .function import Unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..json.decode import Reader
    from ..message import Message

_print = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
).encode


def printer(writer: Callable[[Any, Any], Any]) -> Callable[[Any], str]:
    """The printer of a well-known type, from the exact codec's."""
    from ..json.encode import Printer

    exact = Printer()

    def write(message: Any) -> str:
        value = writer(message, exact)
        return encode_basestring(value) if value.__class__ is str else _print(value)

    return write


def is_zero(v: Any) -> bool:
    """Whether a float is the zero that is not printed; -0.0 is."""
    if v.__class__ is not float:
        raise Unusual
    return v == 0 and math.copysign(1, v) > 0


def float_printer(kind: str) -> Callable[[Any], str]:
    """A function from a float to its JSON text, quoted where JSON has no number for it."""

    def write(v: Any) -> str:
        if v.__class__ is not float:
            raise Unusual
        if v - v != 0:
            return '"NaN"' if v != v else '"Infinity"' if v > 0 else '"-Infinity"'
        return repr(shortest_float32(v) if kind == "float" else v)

    return write


def quoted_names(cls: Any) -> dict[int, str]:
    """The names of an enum by number, in quotes."""
    members: dict[int, Any] = cls._value2member_map_
    return {number: f'"{each._name_}"' for number, each in members.items()}


def unnamed(v: Any) -> str:
    """The text of a member without a name; a plain number might be out of range."""
    if v.__class__ is int:
        raise Unusual
    return str(int(v))


def parser(
    cls: type[Message], reader: Callable[[Any, Any, Reader], None]
) -> Callable[..., Any]:
    """The parser of a well-known type, from the exact codec's."""
    from ..json.decode import Reader

    def parse(value: Any, ignore: bool, depth: int = 100) -> Any:
        message = blank(cls)
        reader(message, plain(value), Reader(ignore, depth))
        return message

    return parse


def plain(value: Any) -> Any:
    """A scanned JSON value with dicts for its objects.

    Refuses names that come twice, and 0, which may have been the float -0.
    """
    if value.__class__ is int and not value:
        raise Unusual
    if value.__class__ is list:
        return [plain(each) for each in value]
    if value.__class__ is not tuple:
        return value
    found = {key: plain(each) for key, each in value}
    if len(found) != len(value):
        raise Unusual
    return found


def skip(skipped: set[str] | tuple[()], key: str, value: Any) -> set[str]:
    """Unknown names and one more. Raises Unusual for an extension and for what comes twice."""
    if key[:1] == "[" or key in skipped:
        raise Unusual
    if value.__class__ in (tuple, list):
        plain(value)
    found = skipped or set[str]()
    found.add(key)
    return found


def base64(text: str) -> bytes:
    """Bytes from standard base64 with padding; other legal forms are left to the exact codec."""
    # Python's strict mode lets whole quads of padding pass.
    if len(text) & 3 or text.endswith("==="):
        raise Unusual
    return a2b_base64(text, strict_mode=True)


def _double(v: float) -> float:
    if v - v != 0:
        raise Unusual
    return v


_float32 = Struct("<f")


def _float(v: float) -> float:
    rounded: float = _float32.unpack(_float32.pack(v))[0]
    return _double(rounded)


FLOATS = {"double": _double, "float": _float}
