# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A LiveKit server without media, for tests; nothing of it belongs into production."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._errors import MockError
    from ._mock import MockLiveKit
    from ._participants import MockParticipant
    from ._recorded import MockRequest
    from ._scripts import Script
    from ._signed import SignedWebhook, sample_events

__all__ = [
    "MockError",
    "MockLiveKit",
    "MockParticipant",
    "MockRequest",
    "Script",
    "SignedWebhook",
    "sample_events",
]

_MODULES = {
    "MockError": "_errors",
    "MockLiveKit": "_mock",
    "MockParticipant": "_participants",
    "MockRequest": "_recorded",
    "Script": "_scripts",
    "SignedWebhook": "_signed",
    "sample_events": "_signed",
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
