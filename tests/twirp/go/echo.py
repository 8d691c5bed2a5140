"""Our servers of all ten services; what they answer is in the headers of a request (scripts.py)."""

from __future__ import annotations

import json
from typing import Any

import lkproto.livekit as package
from lkproto import TwirpContext, TwirpError, service_of, twirp_asgi, twirp_wsgi

from .names import SERVICES, snake
from .scripts import ANSWER, ERROR, FAULT, SEEN, from_text, to_text


def implementation(name: str, *, is_async: bool) -> Any:
    """An implementation of a service whose methods do what requests say."""
    table = service_of(f"livekit.{name}")
    methods = {
        snake(each.name): _async_method(each) if is_async else _method(each)
        for each in table.methods
    }
    return type(f"Scripted{name}", (getattr(package, name),), methods)()


def _method(described: Any) -> Any:
    def answer(_self: Any, request: Any, context: TwirpContext) -> Any:
        return _scripted(described, request, context)

    return answer


def _async_method(described: Any) -> Any:
    async def answer(_self: Any, request: Any, context: TwirpContext) -> Any:
        return _scripted(described, request, context)

    return answer


def _scripted(described: Any, request: Any, context: TwirpContext) -> Any:
    """Answer, and note what came. Raises TwirpError, and ValueError for a fault."""
    assert isinstance(request, described.input_type)
    context.response_headers[SEEN] = to_text(request.to_bytes())
    headers = context.headers
    if text := headers.get(ERROR):
        raise TwirpError(**json.loads(text))
    if fault := headers.get(FAULT):
        if fault == "none":
            return None
        raise ValueError("a fault")
    return described.output_type.from_bytes(from_text(headers.get(ANSWER) or ""))


_plain = [implementation(each, is_async=False) for each in SERVICES]
_async = [implementation(each, is_async=True) for each in SERVICES]

asgi = twirp_asgi(*_async)
in_threads = twirp_asgi(*_plain)
wsgi = twirp_wsgi(*_plain)
short_json = twirp_asgi(*_async, camel_case=True, skip_defaults=True)
