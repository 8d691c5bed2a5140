# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""What callers hand in: its shape, tested so that type checkers follow, and its bounds."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard

_BUILTINS = ("bool", "bytes", "dict", "float", "int", "list", "str")
# How many messages deep a message is read by default.
MAX_DEPTH = 100


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value can stand for a repeated field: a list or tuple."""
    return isinstance(value, list | tuple)


def is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether a value can stand for a map or a JSON object."""
    return isinstance(value, dict)


def is_bytes(value: object) -> TypeGuard[bytes]:
    """Whether a value can stand for bytes: bytes, or a buffer of them."""
    return isinstance(value, bytes | bytearray | memoryview)


def is_message_class(value: object) -> TypeGuard[type[Any]]:
    """Whether a value is a message class, of any generated package."""
    return isinstance(value, type) and hasattr(value, "_specifiers")


def unencodable(text: str, errors: str = "strict") -> int | None:
    """The offset of the first lone surrogate, which UTF-8 cannot hold; None if all is well.

    An error raised here would stay behind that of the caller, and it holds the text.
    """
    if not text.isascii():
        try:
            text.encode("utf-8", errors)
        except UnicodeEncodeError as error:
            return error.start
    return None


def as_bytes(value: object, taker: str) -> bytes:
    """Bytes that a function was given. Raises TypeError, for `bytes(5)` is five zeros."""
    if not is_bytes(value):
        raise TypeError(f"{taker} takes bytes, not {kind_of(value)}")
    return bytes(value)


def as_text(value: object, taker: str) -> str | bytes:
    """Text or its bytes, as a function was given them. Raises TypeError."""
    if isinstance(value, str):
        return value
    if not is_bytes(value):
        raise TypeError(f"{taker} takes str or bytes, not {kind_of(value)}")
    return bytes(value)


def kind_of(value: object) -> str:
    """What a value is, for messages: None, or its type.

    A type that only sounds like one of Python's has its module in front: `numpy.bool`.
    """
    if value is None:
        return "None"
    cls = type(value)
    is_other = cls.__name__ in _BUILTINS and cls.__module__ != "builtins"
    return f"{cls.__module__}.{cls.__name__}" if is_other else cls.__name__


def check_depth(max_depth: int) -> None:
    """Refuse a bound on nesting that not even an empty message keeps. Raises ValueError."""
    if max_depth < 1:
        raise ValueError(f"max_depth is at least 1, not {max_depth}")


def too_long(text: str | bytes, max_size: int | None) -> str | None:
    """What is wrong with text longer than a bound, if it is."""
    if max_size is None or len(text) <= max_size:
        return None
    unit = "characters" if isinstance(text, str) else "bytes"
    return f"the text has {len(text)} {unit}, more than {max_size}"
