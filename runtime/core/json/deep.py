"""Lists and dicts that are freed without recursion, however deep they nest.

CPython 3.13 frees what is in a list or dict by recursion, as deep as its limit of C calls, which
knows nothing of the size of a thread's stack: 9,000 nested lists end a thread of 256 KiB. So every
container at a level that `is_deep` is one of these. Inside of another that is being freed, its
contents wait until that is done.
"""

from __future__ import annotations

from _thread import get_ident

from .nesting import SAFE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Contents that wait, by thread.
_waiting: dict[int, list[list[Any]]] = {}


def is_deep(level: int) -> bool:
    """Whether containers at a level of nesting, counted from 0, have to be of this module."""
    return level > 0 and level % SAFE == 0


def free(container: list[Any] | dict[str, Any]) -> None:
    """Empty a container that is about to be freed."""
    thread = get_ident()
    waiting = _waiting.get(thread)
    mine: list[list[Any]] = [] if waiting is None else waiting
    values = container.values() if isinstance(container, dict) else container
    mine.append([*values])
    del values
    container.clear()
    if waiting is None:
        _waiting[thread] = mine
        while mine:
            mine.pop()
        del _waiting[thread]


class DeepList(list["Any"]):
    """A list at a deep level."""

    __slots__ = ()

    def __del__(self) -> None:
        free(self)


class DeepDict(dict[str, "Any"]):
    """A dict at a deep level."""

    __slots__ = ()

    def __del__(self) -> None:
        free(self)
