"""Calls by livekit-api: its services, or the client under them, over aiohttp."""

from __future__ import annotations

import asyncio
import base64
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from answers import DeclinedError, Object, Rejection
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message
from livekit import api
from livekit.api.twirp_client import TwirpClient
from messages import decoded, encoded

SERVICES = {
    "livekit.RoomService": "room",
    "livekit.Egress": "egress",
    "livekit.Ingress": "ingress",
    "livekit.SIP": "sip",
    "livekit.AgentDispatchService": "agent_dispatch",
    "livekit.Connector": "connector",
}
KEY, SECRET = "APItestee", "a secret that no server of the runner looks at"

_loop = asyncio.new_event_loop()


def call(args: Object) -> Object:
    """`twirp.call`."""
    if args["service"] not in SERVICES:
        raise DeclinedError(f"LiveKitAPI has no {args['service']}")
    if args["codec"] != "protobuf":
        raise DeclinedError("the client sends protobuf only")
    return {"response": encoded(_loop.run_until_complete(_called(args)))}


async def _called(args: Object) -> Message:
    service = descriptor_pool.Default().FindServiceByName(args["service"])
    try:
        method = service.FindMethodByName(args["method"])
    except KeyError:
        raise DeclinedError(f"livekit-protocol has no {args['method']}") from None
    request = decoded(method.input_type.full_name, args["request"])
    response = message_factory.GetMessageClass(method.output_type)
    timeout = aiohttp.ClientTimeout(total=args["timeout_ms"] / 1000)
    lkapi = api.LiveKitAPI(args["base_url"], KEY, SECRET, timeout=timeout)
    session = aiohttp.ClientSession(timeout=timeout)
    async with lkapi, session:
        if send := _method(args, lkapi):
            # Some methods return nothing for an empty response.
            return await _named(send(request)) or response()
        prefix, name = args["prefix"].removeprefix("/"), args["method"]
        client = TwirpClient(session, args["base_url"], "livekit", prefix)
        to = args["service"].removeprefix("livekit.")
        called = client.request(to, name, request, args["headers"], response)
        return await _named(called) or response()


def _method(
    args: Object, lkapi: api.LiveKitAPI
) -> Callable[[Message], Awaitable[Message | None]] | None:
    """The method of a service that takes the request, if there is one with these settings.

    Services have no parameter for the prefix or for headers, and some methods take fields.
    """
    if args["headers"] or args["prefix"] != "/twirp":
        return None
    service = getattr(lkapi, SERVICES[args["service"]])
    method: Any = getattr(service, _python_name(args["method"]), None)
    if method is None:
        return None
    parameters = inspect.signature(method).parameters.values()
    needed = [each for each in parameters if each.default is inspect.Parameter.empty]
    takes_message = len(needed) == 1 and needed[0].annotation not in ("str", str)
    return method if takes_message else None


def _python_name(name: str) -> str:
    name = name.replace("WhatsApp", "Whatsapp").replace("SIP", "Sip")
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


async def _named(call: Awaitable[Message | None]) -> Message | None:
    """The response. What aiohttp raises is passed on by the client, and has no code."""
    try:
        return await call
    except api.ServerError as error:
        kind = f"twirp:{error.code}"
        raise Rejection(kind, error.message, error.metadata) from error
    except (TimeoutError, aiohttp.ClientError) as error:
        # Without its text, which has the port of the runner's server.
        raise Rejection("twirp:unknown", type(error).__name__) from error


def error(args: Object) -> Object:
    """`twirp.error`: a server of this process sends the answer to a call."""
    return _loop.run_until_complete(_reported(args))


async def _reported(args: Object) -> Object:
    async def serve(reader: Any, writer: Any) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(_raw(args))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with api.LiveKitAPI(address, KEY, SECRET) as lkapi:
            await lkapi.room.list_rooms(api.ListRoomsRequest())
    except api.ServerError as found:
        return {"code": found.code, "msg": found.message, "meta": found.metadata}
    except (TimeoutError, aiohttp.ClientError) as found:
        raise Rejection("twirp:unknown", type(found).__name__) from found
    finally:
        server.close()
    return {"code": "", "msg": "", "meta": {}}  # the call succeeded


def _raw(args: Object) -> bytes:
    body = base64.b64decode(args["body_b64"])
    lines = [f"HTTP/1.1 {args['status']} Status"]
    lines += [f"{name}: {value}" for name, value in args["headers"].items()]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body
