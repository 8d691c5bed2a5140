"""Tests of a value's shape that type checkers follow."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value can stand for a repeated field: a list or tuple."""
    return isinstance(value, list | tuple)


def is_dict(value: object) -> TypeGuard[dict[Any, Any]]:
    """Whether a value can stand for a map or a JSON object."""
    return isinstance(value, dict)


def is_bytes(value: object) -> TypeGuard[bytes]:
    """Whether a value can stand for bytes: bytes, or a buffer of them."""
    return isinstance(value, bytes | bytearray | memoryview)
