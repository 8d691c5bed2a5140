# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
"""Large messages are read with the garbage collector at rest.

Reading makes objects only, none of them in a cycle, but the collector goes through all of them
again and again: on 28 kB it takes a tenth of the time, on 40 MB a half. It rests for the whole
process until the last such call has ended, if it was at work when the first began.
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
# Calls under way, and whether the collector was at work before the first of them.
_state = {"calls": 0, "enabled": False}


def at_rest(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function with the collector at rest."""
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
