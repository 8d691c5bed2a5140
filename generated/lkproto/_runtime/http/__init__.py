# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""HTTP requests, and the transports that send them. Private: import from the package.

Nothing is loaded before it is used: neither the names below, nor, by a transport, what it sends
with (TLS, other libraries) before its first request.
"""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._aiohttp import AiohttpTransport
    from ._default import default_async_transport, default_transport
    from ._protocol import (
        MAX_RESPONSE,
        TIMEOUT,
        Headers,
        Request,
        Response,
        TransportError,
    )
    from ._pyreqwest import PyreqwestAsyncTransport, PyreqwestTransport
    from ._scripted import AsyncScriptedTransport, ScriptedTransport
    from ._stdlib import StdlibTransport
    from ._stdlib_async import StdlibAsyncTransport
    from ._transport import AsyncTransport, Reason, Transport

_HOME = {
    "MAX_RESPONSE": "_protocol",
    "TIMEOUT": "_protocol",
    "AiohttpTransport": "_aiohttp",
    "AsyncScriptedTransport": "_scripted",
    "AsyncTransport": "_transport",
    "Headers": "_protocol",
    "PyreqwestAsyncTransport": "_pyreqwest",
    "PyreqwestTransport": "_pyreqwest",
    "Reason": "_transport",
    "Request": "_protocol",
    "Response": "_protocol",
    "ScriptedTransport": "_scripted",
    "StdlibAsyncTransport": "_stdlib_async",
    "StdlibTransport": "_stdlib",
    "Transport": "_transport",
    "TransportError": "_protocol",
    "default_async_transport": "_default",
    "default_transport": "_default",
}

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
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
