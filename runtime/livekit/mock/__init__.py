# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A LiveKit server without media, for tests; nothing of it belongs into production."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._errors import MockError
    from ._mock import MockLiveKit
    from ._participants import MockParticipant
    from ._request import MockRequest
    from ._rpc import RpcError
    from ._scripts import Script
    from ._signed_webhooks import SignedWebhook, sample_events

__all__ = [
    "MockError",
    "MockLiveKit",
    "MockParticipant",
    "MockRequest",
    "RpcError",
    "Script",
    "SignedWebhook",
    "sample_events",
]

_MODULES = {
    "MockError": "_errors",
    "MockLiveKit": "_mock",
    "MockParticipant": "_participants",
    "MockRequest": "_request",
    "RpcError": "_rpc",
    "Script": "_scripts",
    "SignedWebhook": "_signed_webhooks",
    "sample_events": "_signed_webhooks",
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
