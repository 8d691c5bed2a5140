# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Pauses the garbage collector while large messages are read.

Reading makes objects only, none of them in a cycle, but the collector goes through all of them
again and again: on 28 kB it takes a tenth of the time, on 40 MB a half. It rests for the whole
process until the last such call has ended, if it was at work when the first began.

There is no lock: a signal handler, a finalizer or a forked child would wait for it for ever. The
steps between two calls of functions cannot be interrupted, neither by a thread nor by a signal.
"""

from __future__ import annotations

import gc
import os
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

# Bytes or characters.
LARGE = 20_000

# Calls under way, each with its thread.
_calls: dict[object, int] = {}
# Whether it rests because of them.
_state = {"resting": False}


def at_rest(function: Callable[..., T], *arguments: Any) -> T:
    """Call a function with the collector at rest."""
    call = object()
    _calls[call] = get_ident()
    try:
        if gc.isenabled():
            _state["resting"] = True
            gc.disable()
        return function(*arguments)
    finally:
        del _calls[call]
        if not _calls and _state["resting"]:
            _state["resting"] = False
            gc.enable()


def _in_child() -> None:
    """Forget calls of threads that a forked process does not have."""
    own = get_ident()
    for call in [call for call, thread in _calls.items() if thread != own]:
        del _calls[call]
    if not _calls and _state["resting"]:
        _state["resting"] = False
        gc.enable()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_in_child)
