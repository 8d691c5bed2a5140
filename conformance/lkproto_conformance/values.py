"""Checks of JSON values, which checkers of types understand."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value read from JSON is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value read from JSON is a list."""
    return isinstance(value, list)


def nests_deeper(value: object, depth: int) -> bool:
    """Whether a value read from JSON has more levels of objects and lists than a bound."""
    level = [value]
    for _ in range(depth + 1):
        containers = [each for each in level if is_object(each) or is_list(each)]
        if not containers:
            return False
        level = [inner for each in containers for inner in _inside(each)]
    return True


def _inside(container: Any) -> Any:
    return container.values() if is_object(container) else container


def counted(number: int, noun: str) -> str:
    """A number and what there is of it: `1 failure`, `2 failures`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def cut(text: str, length: int) -> str:
    """A text, or its beginning and `…`: others may write any number of characters."""
    return text if len(text) <= length else text[:length] + "…"


def base64url(data: bytes) -> str:
    """Bytes as a segment of a token."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(segment: str) -> bytes:
    """The bytes of a segment. Raises ValueError."""
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def printable(text: str) -> str:
    """What others wrote, with all characters escaped that a terminal might act on."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
