"""What a LiveKit server has answered to calls of its API, as the session `live` recorded it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from lkproto import service_of

from . import twirp_errors
from .area import Area, Args
from .live_server import FOLDER
from .raw_http import level_of

_GOOGLE = "google.golang.org/protobuf"


def areas() -> Iterator[Area]:
    """Three areas for each server; they are added to those of codecs and of errors."""
    for path in sorted((FOLDER / "api").glob("*.json")):
        captured = json.loads(path.read_text("utf-8"))
        server, exchanges = captured["server"], captured["exchanges"]
        yield _messages("wire.roundtrip", "protobuf", server, exchanges)
        yield _messages("json.parse", "json", server, exchanges)
        yield _errors(server, exchanges)


def _messages(
    op: str, codec: str, server: str, exchanges: list[dict[str, Any]]
) -> Area:
    functions = {
        "wire.roundtrip": "proto.Unmarshal and proto.Marshal",
        "json.parse": "protojson.Unmarshal",
    }
    function = f"{functions[op]} of {_GOOGLE}, on what {server} sent"
    area = Area(op, "live_answers", function, ("livekit/livekit_room.twirp.go",))
    seen: list[Args] = []
    for exchange in exchanges:
        answer, method = exchange[codec], exchange["method"]
        if answer["status"] == 200:
            args = {"message": _output(method), **_input(answer)}
            if args not in seen:
                seen.append(args)
                comment = f"the answer of {method}, as {server} sent it"
                area.add(f"sent-{exchange['name']}", comment, args)
    return area


def _output(path: str) -> str:
    """The full name of the message that a method answers with."""
    name, _, method = path.partition("/")
    return service_of(name)[method].output


def _input(answer: dict[str, Any]) -> Args:
    if "body_hex" in answer:
        return {"input": answer["body_hex"]}
    return {"json": answer["body"], "ignore_unknown": False}


def _errors(server: str, exchanges: list[dict[str, Any]]) -> Area:
    area = Area(
        "twirp.error",
        "live_answers",
        f"a generated client's errorFromResponse, on what {server} sent",
        ("livekit/livekit_room.twirp.go",),
        normal=twirp_errors.normal,
    )
    seen: list[Args] = []
    for exchange in exchanges:
        answer = exchange["protobuf"]
        if answer["status"] != 200:
            args = _raw(answer)
            if args not in seen:
                seen.append(args)
                comment = f"a refusal of {exchange['method']}, as {server} sent it"
                # What checks tokens is in front of what speaks Twirp.
                flags = ("Intermediary",) if "text/" in answer["type"] else ()
                name = f"sent-{exchange['name']}"
                area.add(name, comment, args, *flags, level=level_of(flags))
    return area


def _raw(answer: dict[str, Any]) -> Args:
    return {
        "status": answer["status"],
        "headers": {"Content-Type": answer["type"]},
        "body_b64": base64.b64encode(answer["body"].encode()).decode(),
    }
