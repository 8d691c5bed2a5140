"""Asks a testee a case, and does the runner's part of it.

Most operations are a request and a reply. A call of Twirp has a server besides, which the runner
is, and a server of Twirp has clients; what the runner sees of them is added to the reply.
"""

from __future__ import annotations

import base64
from typing import Any

from ..connect import Connection
from ..operations import BY_NAME
from ..protocol import OPERATIONS, Broken, Reply
from ..vectors import Vector
from .raw_client import address_of, content, exchange, listens
from .raw_server import RawServer, Request

Args = dict[str, Any]


def arguments(vector: Vector, profile: str) -> Args:
    """The arguments of a case; the profile is one where the operation takes it."""
    if OPERATIONS.get(vector.op):
        return {**vector.args, "profile": profile}
    return vector.args


def needs_runner(op: str) -> bool:
    """Whether the runner is the other end, so that requests and replies alone are not enough."""
    operation = BY_NAME.get(op)
    return operation is not None and bool(operation.script.args)


def ask(testee: Connection, op: str, args: Args, case: str) -> Reply | Broken:
    """The answer to a case, with what the runner saw of it."""
    if op == "twirp.call":
        return _call(testee, args, case)
    if op == "twirp.serve":
        return _serve(testee, args, case)
    return testee.ask(op, args, case)


def _call(testee: Connection, args: Args, case: str) -> Reply | Broken:
    with RawServer(args["answer"]) as server:
        sent = {**_sent("twirp.call", args), "base_url": server.url + args["base_url"]}
        reply = testee.ask("twirp.call", sent, case)
        requests = [_seen(each, args["codec"]) for each in server.requests]
    if isinstance(reply, Broken) or reply.outcome not in ("ok", "reject"):
        return reply
    return Reply(reply.outcome, {**reply.body, "requests": requests})


def _seen(request: Request, codec: str) -> Args:
    return {
        "http_method": request.http_method,
        "target": request.target,
        "headers": request.headers,
        **content(codec == "json", request.body),
    }


def _serve(testee: Connection, args: Args, case: str) -> Reply | Broken:
    reply = testee.ask("twirp.serve", _sent("twirp.serve", args), case)
    if isinstance(reply, Broken) or reply.outcome != "ok":
        return reply
    address = address_of(reply.body.get("base_url"))
    if address is None:  # and nothing else of it: what is judged, the runner saw
        return Reply("ok", {"base_url": reply.body.get("base_url")})
    raws = [base64.b64decode(each["raw_b64"]) for each in args["requests"]]
    answers = [exchange(address, raw) for raw in raws]
    ended = testee.ask("twirp.stop", {}, case)
    if isinstance(ended, Broken):
        return ended
    if ended.outcome != "ok":
        return Reply("error", {"message": f"twirp.stop: {ended.outcome}: {ended.body}"})
    return Reply("ok", {"answers": answers, "stopped": not listens(address)})


def _sent(op: str, args: Args) -> Args:
    """The arguments that a testee gets: those of the protocol."""
    own = {name.removesuffix("?") for name in BY_NAME[op].args}
    return {name: value for name, value in args.items() if name in own}
