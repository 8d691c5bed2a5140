"""The classes that protoc-gen-twirpy would write for RoomService, made by hand: it needs Go.

They do what its output does, at the same cost. The messages are those of livekit-protocol, which
has to be imported first: twirpy finds them by name.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .calls import CALLS, PACKAGE, SERVED, SERVICE

_PREFIX = f"/twirp/{PACKAGE}.{SERVICE}"


def _symbol(name: str) -> Any:
    database: Any = import_module("google.protobuf.symbol_database")
    return database.Default().GetSymbol(name)


def client(url: str) -> Any:
    """A client with the methods of `CALLS`."""
    base: Any = import_module("twirp.client").TwirpClient

    def method(path: str, output: str) -> Any:
        def send(self: Any, *_: Any, ctx: Any, request: Any, **kwargs: Any) -> Any:
            return self._make_request(
                url=path,
                ctx=ctx,
                request=request,
                response_obj=_symbol(output),
                **kwargs,
            )

        return send

    methods = {
        call.rpc: method(f"{_PREFIX}/{call.rpc}", f"{PACKAGE}.{call.output}")
        for call in CALLS
    }
    return type("RoomServiceClient", (base,), methods)(url)


def server(service: Any) -> Any:
    """What twirpy's application serves a service by."""
    base: Any = import_module("twirp.server").TwirpServer
    endpoint: Any = import_module("twirp.base").Endpoint
    endpoints = {
        call.rpc: endpoint(
            service_name=SERVICE,
            name=call.rpc,
            function=getattr(service, call.rpc),
            input=_symbol(f"{PACKAGE}.{call.rpc}Request"),
            output=_symbol(f"{PACKAGE}.{call.output}"),
        )
        for call in SERVED
    }

    class RoomServiceServer(base):  # type: ignore[misc]
        def __init__(self) -> None:
            base.__init__(self, service=service)
            self._prefix = _PREFIX
            self._endpoints = endpoints

    return RoomServiceServer()
