# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""JSON text to values, and where in the text something stands.

The standard library's scanner tells the place of what is not JSON, and of nothing else. So once
something is wrong with a value, the text is read again as far as needed.
"""

# Modules of the runtime share the layout of messages and of errors.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
import re

from ..errors import JsonError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
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
    # Raised out here, for the error of Python holds the text.
    place = line_and_column(before, len(before))
    raise JsonError("the text is not valid UTF-8", *place)


class _RepeatedKeyError(Exception):
    """An object has a key twice; the scanner does not tell where."""


class _ConstantError(Exception):
    """NaN or an infinity stands as it is."""


class HugeNumber(float):
    """A number beyond the range of floats, as infinity; messages show it as it was written."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> HugeNumber:
        """Keep the text."""
        number = super().__new__(cls, text)
        number._text = text
        return number

    def __repr__(self) -> str:
        return self._text


def parsed(text: str, max_depth: int) -> Any:
    """JSON text as Python values.

    Raises JsonError for text that is not JSON, and for a key that stands twice. `max_depth` is
    only for the place of what is nested deeper than the scanner reads.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        wrong, place = f"not JSON: {error.msg}", (error.lineno, error.colno)
    except _RepeatedKeyError:
        wrong = "the key stands twice in its object"
        place = line_and_column(text, repeated_key(text))
    except _ConstantError as error:
        wrong = f'{error} is not JSON; write it as "{error}", in quotes'
        place = line_and_column(text, constant(text))
    except RecursionError:
        wrong, place = "values are nested too deeply", too_deep(text, max_depth)
    # Raised out here, for the error of Python holds the text.
    raise JsonError(wrong, *place)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError
    return found


def _integer(text: str) -> int | float:
    # "-0" is a float's negative zero; beyond a few hundred digits only a float's range
    # matters, and int() refuses very long text.
    return _float(text) if text == "-0" or len(text) > 400 else int(text)


def _float(text: str) -> float:
    number = float(text)
    return HugeNumber(text) if number - number else number


def _constant(text: str) -> Any:
    raise _ConstantError(text)


def place(error: JsonError, text: str | None) -> None:
    """Find line and column of an error in the text, if there is one, and forget its keys."""
    keys, error._keys = error._keys, ()
    if text is not None and error.line is None:
        error.line, error.column = line_and_column(text, value_at(text, keys[::-1]))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """A place in text as line and column, both from 1."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)


def value_at(text: str, keys: Sequence[object]) -> int:
    """The offset of the value that keys of objects and indexes of arrays lead to."""
    wanted = list(keys)
    for offset, path, is_key in _tokens(text):
        if not is_key and path == wanted:
            return offset
    return 0  # not reached for keys of the text itself


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
    # Whatever stands right behind a constant is part of its token, as in `NaN1`.
    found = (each for each in _TOKEN.finditer(text) if each[0].startswith(_CONSTANTS))
    return next(found).start()


def too_deep(text: str, max_depth: int) -> tuple[int, int]:
    """Line and column of the first bracket deeper than a bound, or else of the deepest one."""
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

    The list of keys is the same one each time. In an object that waits for a key it ends with
    None. Text behind what was asked for need not be JSON.
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
