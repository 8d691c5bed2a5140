"""JSON text to Python values, and the places of values in the text.

The standard library's scanner only reports the place of invalid JSON. So if a value turns out to be
wrong, the text is scanned again to find its place.
"""

# Modules of the runtime share the layout of messages and errors.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import re

from ..arguments import MAX_DEPTH
from ..errors import JsonError
from .iterative import TooDeepError, read_nested
from .nesting import BRACKETS, SAFE, nests_deeper, nests_deeper_than_messages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},]|[^\s\[\]{},:"]++')
_CONSTANTS = ("NaN", "Infinity", "-Infinity")


def decoded(text: str | bytes) -> str:
    """JSON text as str. Raises JsonError for bytes that are not UTF-8."""
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
    # Raised outside of `except`, because Python's error holds the text.
    place = line_and_column(before, len(before))
    raise JsonError("the text is not valid UTF-8", *place)


class _RepeatedKeyError(ValueError):
    """An object has a duplicate key; the scanner does not say where."""


class _ConstantError(ValueError):
    """The text has NaN or an infinity without quotes."""


class WrittenNumber(float):
    """A number that keeps its text, for a float may not hold it.

    It is whole, or an infinity because it is out of range of floats: integers need all digits, and
    error messages show what was written.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> WrittenNumber:
        """Make a float that keeps its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __repr__(self) -> str:
        return self.text


def parsed(text: str, max_depth: int) -> Any:
    """JSON text as Python values.

    Raises JsonError for invalid JSON, for duplicate keys, and for values that nest
    deeper than JSON of messages within `max_depth` does.
    """
    try:
        if nests_deeper_than_messages(text, max_depth):
            raise TooDeepError(0)
        return _loaded(text, max_depth)
    except json.JSONDecodeError as error:
        wrong, place = f"not JSON: {error.msg}", (error.lineno, error.colno)
    except _RepeatedKeyError:
        wrong = "duplicate key in the object"
        place = line_and_column(text, repeated_key(text))
    except _ConstantError as error:
        wrong = f'{error} is not JSON; write it as "{error}", in quotes'
        place = line_and_column(text, constant(text))
    except TooDeepError:
        wrong, place = "values are nested too deeply", too_deep(text, max_depth)
    # Raised outside of `except`, because Python's error holds the text.
    raise JsonError(wrong, *place)


def _loaded(text: str, max_depth: int) -> Any:
    """The values, by the scanner, which recurses, or in its place by the iterative reader."""
    if max_depth <= MAX_DEPTH or not nests_deeper(text, SAFE):
        try:
            return json.loads(text, **_HOOKS)
        except RecursionError:  # the caller's stack is nearly full, or the limit is low
            pass
    return read_nested(text, scanner(), _object, BRACKETS * max_depth)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError
    return found


def _integer(text: str) -> int | float:
    # "-0" is the negative zero of floats. A number of several hundred digits is out of range of
    # all types, and int() refuses very long text.
    return _float(text) if text == "-0" or len(text) > 400 else int(text)


def _float(text: str) -> float:
    number = float(text)
    return WrittenNumber(text) if number - number or number.is_integer() else number


def _constant(text: str) -> Any:
    raise _ConstantError(text)


_HOOKS: dict[str, Any] = {
    "object_pairs_hook": _object,
    "parse_int": _integer,
    "parse_float": _float,
    "parse_constant": _constant,
}


def scanner() -> Callable[[str, int], tuple[Any, int]]:
    """The standard library's scanner, which returns the value at an offset and where it ends.

    It raises ValueError, StopIteration or RecursionError, none of which users should see.
    """
    decoder: Any = json.JSONDecoder(**_HOOKS)
    scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once
    return scan


def place(error: JsonError, text: str | None) -> None:
    """Set line and column of an error, if there is a text, and drop its keys."""
    keys, error._keys = error._keys, ()
    if text is not None and error.line is None:
        error.line, error.column = line_and_column(text, value_at(text, keys[::-1]))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """The line and column of an offset in text, both counted from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)


def value_at(text: str, keys: Sequence[object]) -> int:
    """The offset of the value that keys of objects and indexes of arrays lead to."""
    wanted = list(keys)
    for offset, path, is_key in _tokens(text):
        if not is_key and path == wanted:
            return offset
    return 0  # cannot happen for keys that are in the text


def repeated_key(text: str) -> int:
    """The offset of the first key that its object already has."""
    seen: list[set[object]] = [set()]
    for offset, path, is_key in _tokens(text):
        del seen[len(path) + 1 :]
        if not is_key:
            seen.append(set())
        elif path[-1] in seen[-1]:
            return offset
        else:
            seen[-1].add(path[-1])
    return 0


def constant(text: str) -> int:
    """The offset of the first NaN or Infinity."""
    # A token begins with the constant, but may be longer, as in `NaN1`.
    found = (each for each in _TOKEN.finditer(text) if each[0].startswith(_CONSTANTS))
    return next(found).start()


def too_deep(text: str, max_depth: int) -> tuple[int, int]:
    """Line and column of the first bracket deeper than a limit, or else of the deepest one."""
    depth = deepest = at = 0
    for found in _TOKEN.finditer(text):
        if found[0] in "]}":
            depth -= 1
        elif found[0] in "[{":
            depth += 1
            if depth > deepest:
                deepest, at = depth, found.start()
            if depth > max_depth:
                break
    return line_and_column(text, at)


def _tokens(text: str) -> Iterator[tuple[int, list[Any], bool]]:
    """Each key and each value: its offset, the keys that lead to it, whether it is a key.

    The list of keys is the same object each time. It ends with None in an object whose next key has
    not been read. Text after the last token that the caller takes need not be valid JSON.
    """
    path: list[Any] = []
    for found in _TOKEN.finditer(text):
        first = text[found.start()]
        if first == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
        elif first in "]}":
            path.pop()
        elif path and path[-1] is None:
            path[-1] = json.loads(found[0])
            yield found.start(), path, True
        else:
            yield found.start(), path, False
            if first in "[{":
                path.append(0 if first == "[" else None)
