# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Functions that the written JSON functions call for values that need more than one line."""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import math
from binascii import a2b_base64
from json.encoder import encode_basestring
from struct import Struct

from ..arguments import MAX_DEPTH
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
    """The printer of a well-known type, made from that of the exact codec."""
    from ..json.encode import Printer

    exact = Printer()

    def write(message: Any) -> str:
        value = writer(message, exact)
        return encode_basestring(value) if value.__class__ is str else _print(value)

    return write


def is_zero(v: Any) -> bool:
    """Whether a float is 0.0, which is not printed; -0.0 is printed."""
    if v.__class__ is not float:
        raise Unusual
    return v == 0 and math.copysign(1, v) > 0


def float_printer(kind: str) -> Callable[[Any], str]:
    """A function that returns the JSON text of a float, in quotes if it is not finite."""

    def write(v: Any) -> str:
        if v.__class__ is not float:
            raise Unusual
        if v - v != 0:
            return '"NaN"' if v != v else '"Infinity"' if v > 0 else '"-Infinity"'
        return repr(shortest_float32(v) if kind == "float" else v)

    return write


def quoted_names(cls: Any) -> dict[int, str]:
    """The names of an enum, in quotes, by number."""
    members: dict[int, Any] = cls._value2member_map_
    return {number: f'"{each._name_}"' for number, each in members.items()}


def unnamed(v: Any) -> str:
    """The text of a member without a name. Refuses an int, which might be out of range."""
    if v.__class__ is int:
        raise Unusual
    return str(int(v))


def parser(
    cls: type[Message], reader: Callable[[Any, Any, Reader], None]
) -> Callable[..., Any]:
    """The parser of a well-known type, made from that of the exact codec."""
    from ..json.decode import Reader

    def parse(value: Any, ignore: bool, depth: int = 100) -> Any:
        message = blank(cls)
        reader(message, plain(value), Reader(ignore, depth))
        return message

    return parse


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """A scanned JSON value, with its objects as dicts.

    Refuses duplicate names, 0, because the text may have been the float -0, and more levels of
    objects and arrays than a depth.
    """
    if value.__class__ is int and not value:
        raise Unusual
    if value.__class__ is not list and value.__class__ is not tuple:
        return value
    if not depth:
        raise Unusual
    if value.__class__ is list:
        return [plain(each, depth - 1) for each in value]
    found = {key: plain(each, depth - 1) for key, each in value}
    if len(found) != len(value):
        raise Unusual
    return found


def skip(skipped: set[str] | tuple[()], key: str, value: Any) -> set[str]:
    """Add a name to the unknown ones. Raises Unusual for extensions and duplicate names."""
    if key[:1] == "[" or key in skipped:
        raise Unusual
    if value.__class__ in (tuple, list):
        plain(value)
    found = skipped or set[str]()
    found.add(key)
    return found


def base64(text: str) -> bytes:
    """Bytes from standard base64 with padding; the exact codec handles other valid forms."""
    # Python's strict mode accepts extra padding if it is a multiple of four characters.
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
