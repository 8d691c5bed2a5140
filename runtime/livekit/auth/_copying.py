# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Deep copies of messages whose maps are in the order that Go writes them in: by key."""

from __future__ import annotations

from .._runtime import copying

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from .._runtime.message import Message

    M = TypeVar("M", bound=Message)
    K = TypeVar("K")
    V = TypeVar("V")


def clone(message: M) -> M:
    """A deep copy of a message that shares nothing with it; maps come sorted by key."""
    return copying.clone(message, sorted_map)


def sorted_map(entries: Mapping[K, V]) -> dict[K, V]:
    """Entries in the order of their keys' texts, which is that of their UTF-8 bytes."""
    if len(entries) < 2:
        return dict(entries)
    return dict(sorted(entries.items(), key=lambda entry: str(entry[0])))
