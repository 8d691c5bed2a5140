# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Checks of what callers pass in: its type, in a form that type checkers follow, and its size."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard

# Names of types that types of other libraries have, too.
_BUILTINS = ("bool", "bytes", "dict", "float", "int", "list", "str")

# The default limit on how deeply messages may nest.
MAX_DEPTH = 100


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is accepted for a repeated field: a list or tuple."""
    return isinstance(value, list | tuple)


def is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether a value is accepted for a map or a JSON object: a dict."""
    return isinstance(value, dict)


def is_bytes(value: object) -> TypeGuard[bytes]:
    """Whether a value is accepted as bytes: bytes, a bytearray or a memoryview."""
    return isinstance(value, bytes | bytearray | memoryview)


def is_message_class(value: object) -> TypeGuard[type[Any]]:
    """Whether a value is a message class, of any generated package."""
    return isinstance(value, type) and hasattr(value, "_specifiers")


def unencodable(text: str, errors: str = "strict") -> int | None:
    """The offset of the first lone surrogate, which UTF-8 cannot encode; None if there is none.

    Returned, not raised: an error raised here would become the `__context__` of the caller's
    error, and it holds the text.
    """
    if not text.isascii():
        try:
            text.encode("utf-8", errors)
        except UnicodeEncodeError as error:
            return error.start
    return None


def as_bytes(value: object, taker: str) -> bytes:
    """The bytes passed to a function. Raises TypeError, because `bytes(5)` is five zeros."""
    if not is_bytes(value):
        raise TypeError(f"{taker} takes bytes, not {kind_of(value)}")
    return bytes(value)


def as_text(value: object, taker: str) -> str | bytes:
    """The str or bytes passed to a function. Raises TypeError for other types."""
    if isinstance(value, str):
        return value
    if not is_bytes(value):
        raise TypeError(f"{taker} takes str or bytes, not {kind_of(value)}")
    return bytes(value)


def kind_of(value: object) -> str:
    """What a value is, for messages: None, its type, or a class itself.

    A type whose name only looks like one of Python's has its module in front: `numpy.bool`.
    """
    if value is None:
        return "None"
    if isinstance(value, type):
        name = value.__qualname__
        advice = f"; write {name}() for a message" if is_message_class(value) else ""
        return f"the class {name}{advice}"
    cls = type(value)
    is_other = cls.__name__ in _BUILTINS and cls.__module__ != "builtins"
    return f"{cls.__module__}.{cls.__name__}" if is_other else cls.__name__


def check_depth(max_depth: int) -> None:
    """Raise ValueError for a nesting limit that even an empty message would exceed."""
    if max_depth < 1:
        raise ValueError(f"max_depth must be at least 1, not {max_depth}")


def too_long(text: str | bytes, max_size: int | None) -> str | None:
    """The error message for text longer than a limit; None if it is short enough."""
    if max_size is None or len(text) <= max_size:
        return None
    unit = "characters" if isinstance(text, str) else "bytes"
    return f"the text has {len(text)} {unit}, more than {max_size}"
