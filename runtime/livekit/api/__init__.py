# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""LiveKit's server API: all of its services, with a token made for each call."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._api import LiveKitAPI
    from ._async_api import AsyncLiveKitAPI

__all__ = ["AsyncLiveKitAPI", "LiveKitAPI"]

# Who uses one of them does not load the other.
_MODULES = {"AsyncLiveKitAPI": "_async_api", "LiveKitAPI": "_api"}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
