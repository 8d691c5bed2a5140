# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Text format tokens to scalars: types, ranges and spellings.

https://protobuf.dev/reference/protobuf/textformat-spec#value. Each reader reads the value at
the lexer's current token and goes past it.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import math
import re
from struct import pack, unpack

from ..checks import utf8_errors
from ..kinds import RANGES, by_group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..errors import TextError
    from ..table import Field
    from .lexer import Lexer

_INTEGER = re.compile(r"0[xX]0*+([0-9A-Fa-f]*+)|0([0-7]*+)|[1-9][0-9]*+")
_FLOAT = re.compile(
    r"((?:\.[0-9]++|(?:0|[1-9][0-9]*+)(?:\.[0-9]*+)?)(?:[eE][+-]?[0-9]++)?)[fF]?"
)
_NAMED_FLOATS = {"inf": math.inf, "infinity": math.inf, "nan": math.nan}
_BOOLS = {
    "True": True,
    "true": True,
    "t": True,
    "False": False,
    "false": False,
    "f": False,
}


def _wrong(field: Field, lexer: Lexer, what: str) -> TextError:
    """The error for a token that is not a value of a field."""
    shown = "" if field.redact else f", not {lexer.shown()}"
    return lexer.error(f"{field.kind} takes {what}{shown}")


def integer_of(token: str) -> int | None:
    """The value of an integer in decimal, octal or hexadecimal; None if it is not one.

    A number that is too long for every type is shortened, but remains out of range of all of them.
    """
    found = _INTEGER.fullmatch(token)
    if found is None or token in ("0x", "0X"):
        return None
    hexadecimal, octal = found.groups()
    if hexadecimal is not None:
        digits, base = hexadecimal, 16
    elif octal is not None:
        digits, base = octal.lstrip("0"), 8
    else:
        digits, base = token, 10
    return int(digits[:24] or "0", base)


def float_of(token: str) -> float | None:
    """The value of a decimal number, with or without a fraction; None if it is not one."""
    found = _FLOAT.fullmatch(token)
    return None if found is None else float(found[1])


def _int(field: Field, lexer: Lexer, what: str = "a whole number") -> int:
    at = lexer.start
    negative = lexer.take("-")
    number = integer_of(lexer.lexeme) if lexer.kind == "number" else None
    if number is None:
        raise _wrong(field, lexer, what)
    number = -number if negative else number
    low, high = RANGES[field.kind]
    # Unsigned types do not take a sign, not even for zero.
    if (negative and low == 0) or not low <= number <= high:
        sign = "-" if negative else ""
        shown = "the value" if field.redact else f"{sign}{lexer.lexeme:.60}"
        raise lexer.error(
            f"{shown} is out of range of {field.kind} ({low} to {high})", at
        )
    lexer.advance()
    return number


def _float(field: Field, lexer: Lexer) -> float:
    negative = lexer.take("-")
    number: float | None = None
    if lexer.kind == "number":
        number = float_of(lexer.lexeme)
    elif lexer.kind == "name":
        number = _NAMED_FLOATS.get(lexer.lexeme.lower())
    if number is None:
        raise _wrong(field, lexer, "a number")
    lexer.advance()
    number = -number if negative else number
    return _to_float32(number) if field.kind == "float" else number


def _to_float32(number: float) -> float:
    """The nearest 32-bit float; a number out of range becomes infinite."""
    try:
        rounded: float = unpack("<f", pack("<f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return rounded


def _bool(field: Field, lexer: Lexer) -> bool:
    value: bool | int | None = _BOOLS.get(lexer.lexeme)
    if lexer.kind == "number":
        value = integer_of(lexer.lexeme)
    if value not in (0, 1):
        raise _wrong(field, lexer, "true or false")
    lexer.advance()
    return value == 1


def _bytes(field: Field, lexer: Lexer) -> bytes:
    if lexer.kind != "string":
        raise _wrong(field, lexer, "text in quotes")
    return lexer.string()


def _string(field: Field, lexer: Lexer) -> str:
    at = lexer.start
    value = _bytes(field, lexer)
    try:
        return value.decode("utf-8", utf8_errors(field))
    except UnicodeDecodeError:
        pass  # raised outside of `except`, because Python's error holds the text
    raise lexer.error("the escapes of the text are not valid UTF-8", at)


def _enum(field: Field, lexer: Lexer) -> Any:
    cls = field.type
    at = lexer.start
    if lexer.kind == "name":
        value = cls.__members__.get(lexer.lexeme)
        if value is None:
            shown = "the name" if field.redact else lexer.shown()
            raise lexer.error(f"{shown} is not a value of {cls.__proto_name__}")
        lexer.advance()
        return value
    number = _int(field, lexer, f"a name or number of {cls.__proto_name__}")
    if cls._closed_ and number not in cls:
        shown = "the number" if field.redact else f"{number}"
        raise lexer.error(f"{shown} is not a value of {cls.__proto_name__}", at)
    return cls(number)


SCALARS: dict[str, Callable[[Field, Lexer], Any]] = by_group(
    integer=_int,
    float=_float,
    bool=_bool,
    string=_string,
    bytes=_bytes,
    enum=_enum,
)


def skip_scalar(lexer: Lexer) -> None:
    """Go past the value of an unknown field. Raises TextError if it is not a value."""
    if lexer.kind == "string":
        lexer.string()
        return
    lexer.take("-")
    token = lexer.lexeme
    if lexer.kind not in ("name", "number"):
        raise lexer.error(f"a value is expected, not {lexer.shown()}")
    if lexer.kind == "number" and integer_of(token) is float_of(token) is None:
        raise lexer.error(f"{lexer.shown()} is not a number")
    lexer.advance()
