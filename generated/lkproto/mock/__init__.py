# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A LiveKit server without media, for tests; nothing of it belongs into production."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._mock import MockLiveKit
    from ._recorded import MockRequest
    from ._scripts import Script

__all__ = ["MockLiveKit", "MockRequest", "Script"]

_MODULES = {
    "MockLiveKit": "_mock",
    "MockRequest": "_recorded",
    "Script": "_scripts",
}


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
