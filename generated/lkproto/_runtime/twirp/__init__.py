# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Twirp: what generated clients and servers are made of, and their errors.

Nothing is loaded before it is used.
"""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._asgi import twirp_asgi
    from ._async_client import AsyncClient
    from ._calls import TwirpCall, TwirpReply
    from ._client import Client
    from ._codes import TwirpCode
    from ._context import TwirpContext
    from ._errors import TwirpError, unimplemented
    from ._hooks import TwirpHooks
    from ._limits import TwirpLimits
    from ._options import CallOptions
    from ._wsgi import twirp_wsgi

_HOME = {
    "AsyncClient": "_async_client",
    "CallOptions": "_options",
    "Client": "_client",
    "TwirpCall": "_calls",
    "TwirpCode": "_codes",
    "TwirpContext": "_context",
    "TwirpError": "_errors",
    "TwirpHooks": "_hooks",
    "TwirpLimits": "_limits",
    "TwirpReply": "_calls",
    "twirp_asgi": "_asgi",
    "twirp_wsgi": "_wsgi",
    "unimplemented": "_errors",
}

__all__ = [
    "AsyncClient",
    "CallOptions",
    "Client",
    "TwirpCall",
    "TwirpCode",
    "TwirpContext",
    "TwirpError",
    "TwirpHooks",
    "TwirpLimits",
    "TwirpReply",
    "twirp_asgi",
    "twirp_wsgi",
    "unimplemented",
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
