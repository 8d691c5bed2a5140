"""Servers that answer as `clientcompat` does: each path below is one of its cases.

`/ok/twirp` serves without errors, `/not_found/twirp` with this one, as each other code has a path;
everything else gets an answer that is not one of Twirp.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from compat_stubs import (
    TwirpCode,
    TwirpContext,
    TwirpError,
    twirp_asgi,
    twirp_wsgi,
)
from compat_stubs.twirp.clientcompat import CompatService, Empty, Req, Resp

GARBAGE = b"garbage"


class Right(CompatService):
    """Answers without errors."""

    def noop_method(self, request: Empty, context: TwirpContext, /) -> Empty:
        return Empty()

    def method(self, request: Req, context: TwirpContext, /) -> Resp:
        if not request.v:
            return Resp()
        if request.v != "value":
            raise TwirpError("invalid_argument", "v should be 'value'")
        return Resp(v=1)


class Failing(CompatService):
    """Answers one error. What is not written down here is `unimplemented`."""

    def __init__(self, code: TwirpCode) -> None:
        self.code = code

    def noop_method(self, request: Empty, context: TwirpContext, /) -> Empty:
        raise TwirpError(self.code, "failed")


async def _garbage(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 400, "headers": []})
    await send({"type": "http.response.body", "body": GARBAGE})


def _wsgi_garbage(environ: Any, start_response: Any) -> Iterable[bytes]:
    start_response("400 Bad Request", [])
    return [GARBAGE]


def _cases(make: Callable[..., Any], last: Any) -> Any:
    """An application of all cases; each passes on what is not below its prefix."""
    made = make(Right(), prefix="/ok/twirp", fallback=last)
    for code in TwirpCode:
        made = make(Failing(code), prefix=f"/{code}/twirp", fallback=made)
    return made


asgi = _cases(twirp_asgi, _garbage)
wsgi = _cases(twirp_wsgi, _wsgi_garbage)
