"""The binary decoder with a bound on how many messages it makes.

It is the same written function with another way to make a message, which counts.
"""

# Modules of the runtime share the layout of messages; see `table`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from threading import local

from ..arguments import as_bytes
from .decode import decoder as unbounded
from .decode import write
from .function import remembered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..message import Message


class _Budget(local):
    """`take` is called for each message that a thread's call makes, and raises after the last."""

    def __init__(self) -> None:
        self.take: Callable[[], int] = iter(()).__next__


_budget = _Budget()
_new = object.__new__


def decoder(cls: type[Message]) -> Callable[[bytes, int], Message]:
    """A function of data and how many messages it may hold; raises on more, and as `decode`'s."""
    inner, free = _inner(cls), unbounded(cls)

    def decode(data: Any, most: int) -> Message:
        data = as_bytes(data, "from_bytes")
        if len(data) <= 2 * most:  # a message inside takes two bytes at least
            message: Message = free(data)
            return message
        before, _budget.take = _budget.take, iter(range(most + 1)).__next__
        try:
            message = inner(data)
        finally:
            _budget.take = before
        return message

    return decode


def _inner(cls: type[Message]) -> Any:
    return remembered(cls, "_decode_bounded_part", _write)


def _write(cls: type[Message]) -> Any:
    return write(cls, _counted, _inner)


def _counted(cls: type[Message]) -> Message:
    _budget.take()
    return _new(cls)
