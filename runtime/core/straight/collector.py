"""Pauses the garbage collector while large messages are read.

Reading only makes objects, none of them in a cycle, but the collector visits all of them again and
again: that takes a tenth of the time for 28 kB, and half of it for 40 MB. If the collector was
enabled, it is disabled for the whole process from the start of the first such call to the end of
the last.
"""

from __future__ import annotations

import gc
from _thread import allocate_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

# Bytes or characters.
LARGE = 20_000

_lock = allocate_lock()
# The number of running calls, and whether the collector was enabled before the first of them.
_state = {"calls": 0, "enabled": False}


def at_rest(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function with the collector paused."""
    with _lock:
        if not _state["calls"]:
            _state["enabled"] = gc.isenabled()
            gc.disable()
        _state["calls"] += 1
    try:
        return function(*arguments)
    finally:
        with _lock:
            _state["calls"] -= 1
            if not _state["calls"] and _state["enabled"]:
                gc.enable()
