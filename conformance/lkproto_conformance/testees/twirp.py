"""Twirp: errors, calls with the generated clients, and a server with scripted methods."""

from __future__ import annotations

import asyncio
import base64
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

from lkproto import CallOptions, Message, TwirpError, call_errors, http, service_of

from ..serve import Answer
from .arguments import Args, DeclinedError
from .twirp_server import Server, behaving


class Twirp:
    """The operations on Twirp, with clients that are sync or async; it has one server at a time."""

    def __init__(self, *, asynchronous: bool = False) -> None:
        self._asynchronous = asynchronous
        self._server: Server | None = None
        self.operations: dict[str, Callable[[Args], Args]] = {
            "twirp.error": _error,
            "twirp.map_error": _map_error,
            "twirp.sip_status": _sip_status,
            "twirp.call": self._call,
            "twirp.serve": self._serve,
            "twirp.stop": self._stop,
        }

    def answer(self, op: str, args: Args) -> Answer:
        """The answer to one of them; an error of a call is a reject."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                return {"ok": self.operations[op](args)}
        except DeclinedError as error:
            return {"unsupported": {"reason": str(error)}}
        except TwirpError as error:
            kind = f"twirp:{error.code}"
            return {"reject": {"kind": kind, "message": error.msg, "meta": error.meta}}
        except ValueError as error:
            return {"reject": {"kind": "invalid_argument", "message": str(error)}}

    def _call(self, args: Args) -> Args:
        method = service_of(args["service"])[args["method"]]
        request = method.input_type.from_bytes(bytes.fromhex(args["request"]))
        if self._asynchronous:
            response = asyncio.run(_awaited(args, method.python_name, request))
        else:
            with _client(args, "") as client:
                call = getattr(client, method.python_name)
                response = call(request, call=CallOptions(headers=args["headers"]))
        return {"response": response.to_bytes().hex()}

    def _serve(self, args: Args) -> Args:
        self._stop(args)
        service = service_of(args["service"])
        self._server = Server(service.serve(behaving(service, args)))
        return {"base_url": self._server.url}

    def _stop(self, _: Args) -> Args:
        if self._server is not None:
            self._server.close()
            self._server = None
        return {}


async def _awaited(args: Args, name: str, request: Message) -> Message:
    async with _client(args, "Async") as client:
        call = getattr(client, name)
        response: Message = await call(
            request, call=CallOptions(headers=args["headers"])
        )
        return response


def _client(args: Args, prefix: str) -> Any:
    """The generated client of a request. Raises ValueError for settings that it refuses."""
    package, _, name = args["service"].rpartition(".")
    cls = getattr(import_module(f"lkproto.{package}"), f"{prefix}{name}Client")
    return cls(
        args["base_url"],
        prefix=args["prefix"],
        codec=args["codec"],
        timeout=args["timeout_ms"] / 1000,
    )


def _error(args: Args) -> Args:
    """What a client reports of an answer."""
    from lkproto.livekit import RoomServiceClient

    body = base64.b64decode(args["body_b64"])
    answer = http.Response(args["status"], http.Headers(args["headers"]), body)
    client = RoomServiceClient(
        "http://server.invalid", transport=http.ScriptedTransport(answer)
    )
    try:
        client.list_rooms()
    except TwirpError as error:
        return {"code": error.code, "msg": error.msg, "meta": error.meta}
    raise ValueError(f"{args['status']} is not a failure")


def _map_error(args: Args) -> Args:
    if args["source"] == "grpc":
        error = call_errors.twirp_error_from_grpc(args["code"], args["msg"])
    else:
        error = call_errors.twirp_error_from_psrpc(args["code"], args["msg"])
    status = error.code.http_status
    return {"code": error.code, "http_status": status, "msg": error.msg}


def _sip_status(args: Args) -> Args:
    error = call_errors.twirp_error_from_sip_status(args["code"], args["status"])
    return {"code": error.code, "meta": error.meta}
