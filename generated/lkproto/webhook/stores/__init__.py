# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Where webhooks wait until they are sent: in memory, in an SQLite file, in Redis."""

from __future__ import annotations

from ._types import (
    Claim,
    DeadLetter,
    Delivery,
    LeaseLostError,
    Store,
    StoreError,
    StoreFullError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._memory import MemoryStore as MemoryStore
    from ._redis import RedisStore as RedisStore
    from ._sqlite import SQLiteStore as SQLiteStore

__all__ = [
    "Claim",
    "DeadLetter",
    "Delivery",
    "LeaseLostError",
    "MemoryStore",
    "RedisStore",
    "SQLiteStore",
    "Store",
    "StoreError",
    "StoreFullError",
]

# Of three stores most programs use one; sqlite3 and redis take long to import.
_LATER = {"MemoryStore": "_memory", "RedisStore": "_redis", "SQLiteStore": "_sqlite"}

# People see the classes where they import them from, also in tracebacks and pickles.
for _each in (
    Claim,
    DeadLetter,
    Delivery,
    LeaseLostError,
    Store,
    StoreError,
    StoreFullError,
):
    _each.__module__ = __name__


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}", name=name
        )
    from importlib import import_module

    return getattr(import_module(f".{_LATER[name]}", __name__), name)
