# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Reads JSON without recursion, for text that nests deeper than the C scanner's stack holds.

It has a stack of its own, and its containers are freed without recursion (`deep`), so neither the
interpreter's limit of recursion nor the size of a thread's stack matters, and the work is linear.
Scalars and strings are the scanner's, so that both readers understand the same.
"""

from __future__ import annotations

import re
from json import JSONDecodeError

from .deep import DeepDict, DeepList, is_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Scanner = Callable[[str, int], tuple[Any, int]]
    MakeObject = Callable[[list[tuple[str, Any]]], dict[str, Any]]

_SPACE = re.compile(r"[ \t\r\n]*+")


class TooDeepError(Exception):
    """Values nest deeper than the limit; `offset` is that of the first bracket beyond it."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def after_space(text: str, offset: int) -> int:
    """The offset of the first character that is not white space."""
    found = _SPACE.match(text, offset)
    assert found is not None
    return found.end()


def read_nested(
    text: str, scan: Scanner, make_object: MakeObject, max_depth: int
) -> Any:
    """The value of a JSON text: scalars by a scanner, objects from pairs by a function.

    Raises JSONDecodeError with the scanner's messages, TooDeepError, and what the functions raise.
    """
    cursor = _Cursor(text, scan)
    stack: list[_Open] = []
    while True:
        first = cursor.peek()
        if first and first in "{[":
            if len(stack) == max_depth:
                raise TooDeepError(cursor.at)
            stack.append(_Open("}" if first == "{" else "]", len(stack)))
            cursor.take()
            if cursor.peek() != stack[-1].end:
                cursor.key(stack[-1])
                continue
            cursor.take()
            value = stack.pop().value(make_object)
        else:
            value = cursor.scalar()
        while stack:
            stack[-1].add(value)
            following = cursor.take()
            if following == ",":
                cursor.key(stack[-1])
                break
            if following != stack[-1].end:
                raise cursor.wrong("Expecting ',' delimiter", cursor.taken)
            value = stack.pop().value(make_object)
        else:
            if cursor.peek():
                raise cursor.wrong("Extra data", cursor.at)
            return value


class _Open:
    """An object or array that is still open."""

    __slots__ = ("deep", "end", "items", "key")

    def __init__(self, end: str, level: int) -> None:
        self.end = end
        self.items: list[Any] = []
        self.key = ""
        self.deep = is_deep(level)

    def add(self, value: Any) -> None:
        self.items.append((self.key, value) if self.end == "}" else value)

    def value(self, make_object: MakeObject) -> Any:
        if self.end == "]":
            return DeepList(self.items) if self.deep else self.items
        found = make_object(self.items)
        return DeepDict(found) if self.deep and type(found) is dict else found


class _Cursor:
    """A place in the text, always after white space."""

    __slots__ = ("at", "scan", "taken", "text")

    def __init__(self, text: str, scan: Scanner) -> None:
        self.text = text
        self.scan = scan
        self.at = after_space(text, 0)
        self.taken = 0

    def wrong(self, message: str, offset: int) -> JSONDecodeError:
        return JSONDecodeError(message, self.text, offset)

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        found = self.peek()
        self.taken = self.at
        self.at = after_space(self.text, self.at + 1)
        return found

    def key(self, container: _Open) -> None:
        """Read the key of an object's next member; in an array, nothing."""
        if container.end == "}":
            if self.peek() != '"':
                message = "Expecting property name enclosed in double quotes"
                raise self.wrong(message, self.at)
            container.key = str(self.scalar())
            if self.take() != ":":
                raise self.wrong("Expecting ':' delimiter", self.taken)

    def scalar(self) -> Any:
        """A value that is not an object or array."""
        try:
            value, end = self.scan(self.text, self.at)
        except StopIteration as error:
            at = error.value
        else:
            self.at = after_space(self.text, end)
            return value
        raise self.wrong("Expecting value", at)
