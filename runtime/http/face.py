"""HTTP as webhooks and clients use it: requests, answers, and transports to choose from.

Every name is loaded when it is first used.
"""

from __future__ import annotations

from ._runtime import http as _http

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._runtime.http import (
        MAX_RESPONSE,
        TIMEOUT,
        AiohttpTransport,
        AsyncScriptedTransport,
        AsyncTransport,
        Headers,
        PyreqwestAsyncTransport,
        PyreqwestTransport,
        Reason,
        Request,
        Response,
        ScriptedTransport,
        StdlibAsyncTransport,
        StdlibTransport,
        Transport,
        TransportError,
        default_async_transport,
        default_transport,
    )

__all__ = [
    "MAX_RESPONSE",
    "TIMEOUT",
    "AiohttpTransport",
    "AsyncScriptedTransport",
    "AsyncTransport",
    "Headers",
    "PyreqwestAsyncTransport",
    "PyreqwestTransport",
    "Reason",
    "Request",
    "Response",
    "ScriptedTransport",
    "StdlibAsyncTransport",
    "StdlibTransport",
    "Transport",
    "TransportError",
    "default_async_transport",
    "default_transport",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(_http, name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
