# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The registered claims of a payload (RFC 7519, section 4.1), typed.

`go` reads as encoding/json fills jwt.RegisteredClaims (decode.go, golang-jwt types.go): names in
any case, dates also in quotes or with exponents. `strict` accepts one spelling of names, and for
dates numbers within the calendar.
"""

from __future__ import annotations

import math
import re
import time

from ._errors import (
    ArgumentTypeError,
    ClaimError,
    ExpiredTokenError,
    MalformedTokenError,
    NotYetValidError,
)
from ._scan import Repeated, as_go, members
from ._secrets import always

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta
    from typing import Any

    from ._scan import Json

LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the last date that `strict` accepts."""

# Seconds from Go's zero time, the year 1, to 1970: its clock overflows from there.
_YEAR_1 = 62_135_596_800
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class DataclassParams:
    """What `pprint` and others ask of a dataclass: that its `repr` is its own."""

    init, repr, eq, order, unsafe_hash, frozen = True, False, True, False, False, False


class DataclassFields:
    """The slots of a class as the fields of a dataclass, for `asdict` and its like.

    They are made when they are asked for, because `dataclasses` costs more to import than tokens.
    """

    def __get__(self, instance: object, owner: Any) -> dict[str, Any]:
        from dataclasses import make_dataclass

        made: Any = make_dataclass(owner.__name__, owner.__slots__)
        found: dict[str, Any] = made.__dataclass_fields__
        owner.__dataclass_fields__ = found
        return found


class RegisteredClaims:
    """The claims of RFC 7519, section 4.1.

    `iss` is the API key. Dates are whole seconds since 1970, a fraction is dropped; an absent one
    is None.
    """

    __slots__ = ("aud", "exp", "iat", "iss", "jti", "nbf", "sub")
    __dataclass_fields__ = DataclassFields()
    __dataclass_params__ = DataclassParams

    def __init__(self) -> None:
        self.iss = ""
        self.sub = ""
        self.aud: list[str] = []
        self.exp: int | None = None
        self.nbf: int | None = None
        self.iat: int | None = None
        self.jti = ""

    @property
    def identity(self) -> str:
        """Who the token is for: `sub`, or `jti` where that is empty."""
        return self.sub or self.jti

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegisteredClaims):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    @always
    def __repr__(self) -> str:
        return f"<RegisteredClaims iss={self.iss!r} exp={self.exp}>"


def read_registered(
    payload: Json, strict: bool
) -> tuple[RegisteredClaims, list[tuple[str, Any]]]:
    """The registered claims of a payload, and its other members unchanged.

    Raises MalformedTokenError for a payload that is not an object, and ClaimError.
    """
    registered = RegisteredClaims()
    if payload is None and not strict:
        return registered, []  # to Go, null is an object without claims
    if not isinstance(payload, dict):
        raise MalformedTokenError("the payload is not a JSON object")
    if isinstance(payload, Repeated):
        return _read_each(payload, strict)
    rest: list[tuple[str, Any]] = []
    for key, value in payload.items():
        reader = _REGISTERED.get(key)
        if reader is not None:
            reader(registered, key, value, strict)
        elif len(key) == _LENGTH and _is_variant(key):
            return _read_each(payload, strict)
        else:
            rest.append((key, value))
    return registered, rest


def _read_each(
    payload: dict[str, Any], strict: bool
) -> tuple[RegisteredClaims, list[tuple[str, Any]]]:
    """As above where the order matters: for duplicate names, or names in another case."""
    registered = RegisteredClaims()
    rest: list[tuple[str, Any]] = []
    for key, value in members(payload):
        name = folded(key) if _is_variant(key) else key
        if name != key and strict:
            raise ClaimError("is spelled in another case", name)
        reader = _REGISTERED.get(name)
        if reader is None:
            rest.append((key, value))
        else:
            reader(registered, name, value, strict)
    return registered, rest


def _is_variant(key: str) -> bool:
    """Whether a key is a registered name in another case."""
    return key not in _REGISTERED and folded(key) in _REGISTERED


def folded(key: str) -> str:
    """A key as Go compares it: without case, by Unicode's simple folding.

    Besides A to Z, two characters fold into letters of names: U+017F and U+212A.
    """
    return key.lower().replace("\u017f", "s")


def _text_claim(claims: RegisteredClaims, name: str, value: Any, strict: bool) -> None:
    if value.__class__ is str and value.isascii():
        setattr(claims, name, value)
    elif value is not None:
        setattr(claims, name, text_of(value, name))


def _audience(claims: RegisteredClaims, name: str, value: Json, strict: bool) -> None:
    if isinstance(value, list):
        claims.aud = [text_of(each, name) for each in value]
    elif value is not None:
        claims.aud = [text_of(value, name)]


def _date(claims: RegisteredClaims, name: str, value: Any, strict: bool) -> None:
    if value.__class__ is int and 0 <= value <= LAST_SECOND:
        seconds = value
    elif value is None:
        seconds = None
    else:
        seconds = strict_date(value, name) if strict else go_date(value, name)
    setattr(claims, name, seconds)


_REGISTERED: dict[str, Callable[[RegisteredClaims, str, Any, bool], None]] = {
    "iss": _text_claim,
    "sub": _text_claim,
    "aud": _audience,
    "exp": _date,
    "nbf": _date,
    "iat": _date,
    "jti": _text_claim,
}
_LENGTH = 3  # of each of these names, however it is spelled


def text_of(value: Json, path: str) -> str:
    """A text as Go reads it. Raises ClaimError for anything else."""
    if not isinstance(value, str):
        raise ClaimError("takes text", path)
    return as_go(value)


def strict_date(value: Json, name: str) -> int:
    """A date: a number within the calendar. Raises ClaimError."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimError("takes a number of seconds since 1970", name)
    if not 0 <= value < LAST_SECOND + 1:
        raise ClaimError(f"is not a date from 0 to {LAST_SECOND}", name)
    return int(value)


def go_date(value: Json, name: str) -> int:
    """A date as golang-jwt reads it (types.go), in the seconds that it compares.

    It is a number, perhaps in quotes. A number that does not fit a float is refused; one that does
    not fit 64 bits is the most negative number, as on amd64, and the clock wraps around.
    """
    if isinstance(value, str):
        if _NUMBER.fullmatch(value) is None:
            raise ClaimError("is not a number", name)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimError("takes a number of seconds since 1970", name)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise ClaimError("does not fit a float", name)
    return go_seconds(number)


def go_seconds(number: float) -> int:
    """A float of seconds since 1970 as Go's clock has it, without the fraction."""
    fraction, whole = math.modf(number)
    seconds = int(whole) if -(2.0**63) <= whole < 2.0**63 else -(2**63)
    if int(fraction * 1e9) < 0:
        seconds -= 1
    return (seconds + _YEAR_1 + 2**63) % 2**64 - 2**63 - _YEAR_1


def now() -> float:
    """The time by the system's clock, or by what a test has put in its place."""
    return time.time()


def clock_of(clock: Callable[[], float] | None) -> Callable[[], float]:
    """The clock that is given, by default the system's. Raises InvalidArgumentError."""
    if clock is None:
        return now
    if not callable(clock):
        raise ArgumentTypeError(
            f"clock is a function that returns seconds, not {type(clock).__name__}"
        )
    return clock


def seconds_of(span: float | timedelta) -> float:
    """A number of seconds, or a timedelta, in seconds. Raises InvalidArgumentError."""
    if isinstance(span, int | float) and not isinstance(span, bool):
        return span
    from datetime import timedelta

    if isinstance(span, timedelta):
        return span.total_seconds()
    raise ArgumentTypeError(
        f"leeway is a number of seconds or a timedelta, not {type(span).__name__}"
    )


def check_dates(exp: int | None, nbf: int | None, now: float, leeway: float) -> None:
    """Check the time of a token. Raises ExpiredTokenError, NotYetValidError."""
    if exp is not None and not now < exp + leeway:
        raise ExpiredTokenError(
            f"the token has expired, {math.ceil(now - exp)} s ago; {_COMPARE}"
        )
    if nbf is not None and now < nbf - leeway:
        raise NotYetValidError(
            f"the token is not valid yet (`nbf`), only in {math.ceil(nbf - now)} s; "
            f"{_COMPARE}"
        )


def made_in_the_future(iat: int, now: float) -> NotYetValidError:
    """The error about an `iat` that is in the future."""
    return NotYetValidError(
        f"the token was made in the future, by its `iat`, in {math.ceil(iat - now)} s; "
        f"{_COMPARE}"
    )


_COMPARE = "if it is fresh, compare the clocks of both sides"
