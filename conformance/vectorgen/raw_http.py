"""Raw requests and answers of HTTP, for vectors of Twirp."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import Any

from lkproto import Message, fields_of, find_message

from .populate import SAMPLES

CODES = {
    "canceled": 408,
    "unknown": 500,
    "invalid_argument": 400,
    "malformed": 400,
    "deadline_exceeded": 408,
    "not_found": 404,
    "bad_route": 404,
    "already_exists": 409,
    "permission_denied": 403,
    "unauthenticated": 401,
    "resource_exhausted": 429,
    "failed_precondition": 412,
    "aborted": 409,
    "out_of_range": 400,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
    "data_loss": 500,
}
"""The codes of Twirp, with the status that a server answers with."""

SERVICES = (
    "livekit.AgentDispatchService",
    "livekit.AgentSimulation",
    "livekit.CloudAgent",
    "livekit.Connector",
    "livekit.Egress",
    "livekit.Ingress",
    "livekit.PhoneNumberService",
    "livekit.Replay",
    "livekit.RoomService",
    "livekit.SIP",
)
"""The services that LiveKit offers over Twirp."""

JSON, PROTOBUF = "application/json", "application/protobuf"
Headers = dict[str, str | None]


def level_of(flags: tuple[str, ...]) -> str:
    """The level of a case: Twirp's specification does not speak of intermediaries."""
    return "recommended" if "Intermediary" in flags else "required"


def reason_of(status: int) -> str:
    """The words of a status; empty for one without."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def error(code: str, msg: str, meta: dict[str, str] | None = None) -> bytes:
    """The body of an error of Twirp."""
    found: dict[str, Any] = {"code": code, "msg": msg}
    if meta is not None:
        found["meta"] = meta
    return json.dumps(found, ensure_ascii=False).encode()


def answer(status: int, content_type: str, body: bytes, **more: Any) -> dict[str, Any]:
    """A whole answer; `more` are `close_after` and `delay_ms`."""
    headers: Headers = {"Content-Type": content_type, "Content-Length": str(len(body))}
    head = f"HTTP/1.1 {status} {reason_of(status)}\r\n{_lines(headers)}\r\n"
    return raw(head.encode() + body, **more)


def raw(data: bytes, **more: Any) -> dict[str, Any]:
    """Any bytes as an answer, or as a request."""
    return {"raw_b64": base64.b64encode(data).decode(), **more}


def request(
    path: str, body: bytes, headers: Headers, method: str = "POST"
) -> dict[str, Any]:
    """A whole request; headers whose value is None are left out."""
    all_headers = {
        "Host": "testee.invalid",
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    head = f"{method} {path} HTTP/1.1\r\n{_lines(all_headers)}\r\n"
    return raw(head.encode() + body)


def _lines(headers: Headers) -> str:
    given = ((name, value) for name, value in headers.items() if value is not None)
    return "".join(f"{name}: {value}\r\n" for name, value in given)


def slim(name: str) -> Message:
    """A message with its first three fields set of those that are a text, number or bool."""
    cls = find_message(name)
    assert cls is not None
    message = cls.from_bytes(b"")
    plain = [
        field
        for field in fields_of(cls)
        if field.kind in SAMPLES
        and field.oneof is None
        and field.presence not in ("repeated", "map")
    ]
    for at, field in enumerate(plain[:3]):
        samples = SAMPLES[field.kind]
        setattr(message, field.name, samples[at % len(samples)])
    return message
