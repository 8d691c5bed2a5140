# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Reads the JSON of tokens, whatever it contains.

It accepts the text that Go's encoding/json accepts (scanner.go), to the same depth. Unlike a
plain parser it keeps what a verdict may depend on: duplicate keys, bytes that are not UTF-8,
numbers that do not fit a float. It runs before the signature is checked, so its work is linear
and it never recurses deeper than the limit of nesting it is given.

Values are dict, list, str, int, float, bool and None. An object with duplicate keys is `Repeated`,
and a number that does not fit a float is infinite: JSON has no other infinity.
"""

from __future__ import annotations

import json
import re
from json.scanner import make_scanner

from .._runtime.arguments import is_dict, is_list
from .._runtime.json.deep import DeepDict, DeepList, free, is_deep
from .._runtime.json.iterative import TooDeepError, after_space, read_nested
from .._runtime.json.nesting import SAFE, nests_deeper
from ._errors import MalformedTokenError, TokenTooLargeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeAlias

    Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
    """A value of JSON."""

GO_DEPTH = 10_000
"""How deep values may nest in Go."""

# The first whole number that rounds to infinity.
_BEYOND = 2**1024 - 2**970
_START = 4096
_SURROGATES = re.compile("[\ud800-\udfff]")
# Up to an escape that is half of a pair.
_LONE = re.compile(
    r"(?:[^\\]++|\\[^u]|\\u(?![dD][89a-fA-F])....|"
    r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*+\\u"
)


class Repeated(dict[str, "Any"]):
    """An object with duplicate keys: the last value counts, `pairs` has them all."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def __del__(self) -> None:
        free(self)
        free(self.pairs)


def members(value: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The members of an object in order, duplicates included."""
    return value.pairs if isinstance(value, Repeated) else value.items()


def as_go(text: str) -> str:
    """Text as Go decodes it: U+FFFD for each invalid byte and lone half of a surrogate pair."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def is_broken(text: str) -> bool:
    """Whether text has invalid bytes or lone halves of surrogate pairs."""
    return not text.isascii() and _SURROGATES.search(text) is not None


def has_lone_surrogate(text: str) -> bool:
    """Whether an escape in a JSON text is half of a surrogate pair."""
    return "\\u" in text and _LONE.match(text) is not None


def read(data: bytes, strict: bool, depth: int) -> Json:
    """The value of a JSON text.

    If not strict, bytes that are not UTF-8 and lone halves of surrogate pairs become lone
    surrogates, for `as_go`. Raises MalformedTokenError, if strict also for these and for duplicate
    keys; if strict, TokenTooLargeError for values that nest deeper than `depth`.
    """
    try:
        text = data.decode() if strict else data.decode("utf-8", "surrogateescape")
    except UnicodeDecodeError:
        raise MalformedTokenError("the JSON text is not valid UTF-8") from None
    value = _read(text, strict, depth)
    if strict and has_lone_surrogate(text):
        raise MalformedTokenError("the JSON text has half of a surrogate pair")
    return value


def _read(text: str, strict: bool, depth: int) -> Json:
    """As `_read_nested` reads, where the standard library's scanner, which recurses, can."""
    opened = text.count("{") + text.count("[")
    if strict and opened == 1 and (found := _flat(text)) is not None:
        return found
    many = opened > depth
    if many and strict and _nests_deeper(text, depth):
        raise _too_deep(strict, depth)
    if opened > SAFE and _nests_deeper(text, SAFE):
        return _read_nested(text, strict, depth)
    scan = (_EXACT if "-0" in text else _QUICK)[strict]
    try:
        start = 0 if text[:1] == "{" else after_space(text, 0)
        value, end = scan(text, start)
    except StopIteration as error:
        raise _not_json(error.value) from None
    except json.JSONDecodeError as error:
        raise _not_json(error.pos) from None
    except MalformedTokenError:
        raise
    except (RecursionError, ValueError):
        return _read_nested(text, strict, depth)
    if end != len(text) and after_space(text, end) != len(text):
        raise _not_json(end)
    if many and not strict and depth < SAFE:  # if not, it is within `SAFE`
        _check_depth(value, strict, depth)
    return value


def _flat(text: str) -> dict[str, Any] | None:
    """The value of a text with one bracket, if it is an object like those of nearly all webhooks.

    It has as many members as colons, so no name is a duplicate, and nobody has to look at pairs.
    """
    colons = text.count(":")
    if text.count('":') != colons or "-0" in text:
        return None
    try:
        value, end = _FLAT(text, 0)
    except (StopIteration, ValueError, RecursionError, MalformedTokenError):
        return None
    if is_dict(value) and len(value) == colons and end == len(text):
        return value
    return None


def _nests_deeper(text: str, depth: int) -> bool:
    """Whether brackets outside of strings nest deeper, in text that need not be JSON."""
    # An attack mostly nests from the start.
    return any(nests_deeper(part, depth) for part in (text[:_START], text))


def _check_depth(value: Json, strict: bool, depth: int) -> None:
    level: list[Any] = [value]
    for _ in range(depth):
        level = [inner for each in level for inner in _containers(each)]
        if not level:
            return
    raise _too_deep(strict, depth)


def _containers(value: Any) -> Iterator[Any]:
    """The objects and arrays directly inside a value."""
    items = (item for _, item in members(value)) if is_dict(value) else value
    return (each for each in items if is_dict(each) or is_list(each))


def _too_deep(strict: bool, depth: int) -> MalformedTokenError | TokenTooLargeError:
    text = f"values nest deeper than {depth}"
    return TokenTooLargeError(text) if strict else MalformedTokenError(text)


def _not_json(offset: int) -> MalformedTokenError:
    return MalformedTokenError(f"not JSON, at character {offset}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedTokenError("a JSON object has a duplicate key")
    return found


def _integer(text: str) -> int | float:
    try:
        return -0.0 if text == "-0" else int(text)
    except ValueError:
        return float(text)  # infinite: int() accepts thousands of digits


class _Rounded(float):
    """A whole float from a number that is not whole: integer fields refuse it."""

    __slots__ = ()

    def is_integer(self) -> bool:
        return False


def _float(text: str) -> float:
    number = float(text)
    if number == 0:
        digits = text.lower().partition("e")[0]
        return _Rounded(number) if digits.strip("-0.") else number
    if number.is_integer() and abs(number) < 2**64:
        from decimal import Decimal

        return number if Decimal(text) == Decimal(number) else _Rounded(number)
    return number


def _constant(text: str) -> Any:
    raise MalformedTokenError(f"not JSON: {text}")


def _scanner(
    hook: Callable[[Any], Json] | None,
    parse_int: Callable[[str], int | float] = _integer,
) -> Callable[[str, int], tuple[Json, int]]:
    context: Any = json.JSONDecoder(
        object_pairs_hook=hook,
        parse_float=_float,
        parse_int=parse_int,
        parse_constant=_constant,
    )
    return make_scanner(context)


# Each not strict, and strict. The quick ones take "-0" for 0 and refuse numbers of thousands of
# digits, as int() does.
_EXACT = _scanner(_object), _scanner(_distinct)
_QUICK = _scanner(_object, int), _scanner(_distinct, int)
_FLAT = _scanner(None, int)


def _read_nested(text: str, strict: bool, depth: int) -> Json:
    """As the scanners read, but without recursion."""
    make_object = _distinct if strict else _object
    try:
        found: Json = read_nested(text, _EXACT[False], make_object, depth)
    except TooDeepError:
        wrong: Exception = _too_deep(strict, depth)
    except json.JSONDecodeError as error:
        wrong = _not_json(error.pos)
    else:
        return found
    raise wrong


def walk(value: Json) -> Iterator[Json]:
    """A value and all values and keys inside it."""
    stack = [value]
    while stack:
        each = stack.pop()
        yield each
        if isinstance(each, dict):
            for key, item in members(each):
                stack += (key, item)
        elif isinstance(each, list):
            stack += each


def plain(value: Json) -> Any:
    """A value without the types of this module; texts are `as_go`."""
    out: list[Any] = [None]
    stack: list[tuple[Any, Any, Json, int]] = [(out, 0, value, 0)]
    while stack:
        target, key, each, level = stack.pop()
        if isinstance(each, dict):
            make_dict = DeepDict if is_deep(level) else dict
            target[key] = inner = make_dict.fromkeys(map(as_go, each))
            stack += ((inner, as_go(k), item, level + 1) for k, item in each.items())
        elif isinstance(each, list):
            make_list: type[list[Any]] = DeepList if is_deep(level) else list
            target[key] = items = make_list([None] * len(each))
            stack += ((items, at, item, level + 1) for at, item in enumerate(each))
        elif isinstance(each, str):
            target[key] = as_go(each)
        else:
            target[key] = each
    return out[0]


def is_beyond_float(value: Json) -> bool:
    """Whether a value is a number that does not fit a float."""
    return isinstance(value, int | float) and not -_BEYOND < value < _BEYOND
