"""Calls of Twirp: what a client sends, and what it makes of raw answers."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

from lkproto import service_of
from lkproto.livekit_models_pb import ParticipantInfo, Room
from lkproto.livekit_room_pb import CreateRoomRequest, UpdateParticipantRequest

from .area import Area, Args, Note, each
from .raw_http import (
    CODES,
    JSON,
    PROTOBUF,
    SERVICES,
    answer,
    error,
    level_of,
    raw,
    reason_of,
    slim,
)

_REQUEST = CreateRoomRequest(name="lobby", empty_timeout=300, metadata="größe")
_ROOM = Room(sid="RM_x", name="lobby", empty_timeout=300, creation_time=1767225600)
_ANSWER = answer(200, PROTOBUF, _ROOM.to_bytes())
_JSON_ROOM = json.dumps(
    {
        "sid": "RM_x",
        "name": "lobby",
        "empty_timeout": 300,
        "creation_time": "1767225600",
    }
).encode()
_KINDS = {"protobuf": PROTOBUF, "json": JSON}
_PAGE = b"<!doctype html><html><body>Welcome</body></html>"
_FREE = (
    "whether this is refused is up to the client: Twirp's specification does not say, "
    "and Go's client takes it"
)


def areas() -> Iterator[Area]:
    """The area of calls."""
    area = Area(
        "twirp.call",
        "twirp_calls",
        "a generated client, with xtwirp.ClientPassTimout",
        ("livekit/livekit_room.twirp.go", "utils/xtwirp/timeout.go"),
        {
            "base_url": "",
            "prefix": "/twirp",
            "service": "livekit.RoomService",
            "method": "CreateRoom",
            "codec": "protobuf",
            "request": _REQUEST.to_bytes().hex(),
            "headers": {},
            "timeout_ms": 2000,
        },
        {
            "Intermediary": Note(
                "INTEROP",
                "the answer is not one of Twirp",
                "a proxy's answer is taken for the server's, or a crash for an error",
            ),
            "Incomplete": Note(
                "EDGE_CASE", "the answer is not whole", "a part is taken for the whole"
            ),
            "Foreign": Note(
                "SPEC_GAP", "a 200 that Twirp does not send", "a page becomes a message"
            ),
            "Url": Note("SPEC_GAP", "an unusual URL or header", "calls go elsewhere"),
        },
        normal=_normal,
        refusal=_refusal,
    )
    _methods(area)
    _answers(area)
    _json_answers(area)
    _errors(area)
    _intermediaries(area)
    _incomplete(area)
    _foreign(area)
    _urls(area)
    _headers(area)
    yield area


def _normal(args: Args, result: Args) -> Args:
    return {**result, "requests": _requests(args, result)}


def _refusal(args: Args, reject: Args) -> Args:
    """What a client has to report of an error that a server, or an intermediary, sent."""
    expected: Args = {"requests": _requests(args, reject)}
    meta = reject.get("meta", {})
    if "cause" not in meta:  # which has the name of a type of Go
        expected["meta"] = meta
        if not {"http_error_from_intermediary", "body"} & meta.keys():
            expected["message"] = reject["message"]
    return expected


def _requests(args: Args, seen: Args) -> list[Any]:
    """The requests, with the headers that count."""
    names = {"accept", "content-type", *map(str.lower, args["headers"])}
    return [
        _ordered(args, each)
        | {"headers": {name: each["headers"][name] for name in sorted(names)}}
        for each in seen["requests"]
    ]


def _ordered(args: Args, request: Args) -> Args:
    """A request with its message as it was asked for: Go writes maps in any order."""
    kind = service_of(args["service"])[args["method"]].input_type
    sent, asked = (
        kind.from_bytes(bytes.fromhex(each))
        for each in (request.get("message", ""), args["request"])
    )
    same = "message" in request and sent == asked
    return request | ({"message": args["request"]} if same else {})


def _methods(area: Area) -> None:
    """Each method of each service, with a codec in turn."""
    number = 0
    for service in SERVICES:
        for method in service_of(service).methods:
            codec = ("protobuf", "json")[number % 2]
            number += 1
            found = slim(method.output)
            body = found.to_json().encode() if codec == "json" else found.to_bytes()
            args = {
                "service": service,
                "method": method.name,
                "codec": codec,
                "request": slim(method.input).to_bytes().hex(),
                "answer": answer(200, _KINDS[codec], body),
            }
            name = f"{service.rpartition('.')[2]}-{method.name}-{codec}".lower()
            area.add(name, f"{service}/{method.name}", args)


def _add(
    area: Area, name: str, comment: str, given: Args, *flags: str, **options: Any
) -> None:
    args = {"answer": _ANSWER, **given}
    area.add(name, comment, args, *flags, level=level_of(flags), **options)


def _answers(area: Area) -> None:
    _add(area, "room", "a room", {})
    _add(area, "empty-request", "a request without fields", {"request": ""})
    empty = answer(200, PROTOBUF, b"")
    _add(area, "empty-answer", "a message without fields", {"answer": empty})
    more = _ROOM.to_bytes() + bytes.fromhex("fa3f03616263")
    _add(
        area,
        "unknown-field",
        "a field that is not known",
        {"answer": answer(200, PROTOBUF, more)},
    )
    body = _ROOM.to_bytes()
    chunks = b"%x\r\n%b\r\n%x;x=y\r\n%b\r\n0\r\n\r\n" % (
        3,
        body[:3],
        len(body) - 3,
        body[3:],
    )
    kind = f"Content-Type: {PROTOBUF}\r\n".encode()
    ok = b"HTTP/1.1 200 OK\r\n" + kind
    length = b"Content-Length: %d\r\n" % len(body)
    until_closed = b"HTTP/1.0 200 OK\r\n" + kind + b"\r\n" + body
    forms: dict[str, tuple[bytes, int | None]] = {
        "chunked": (ok + b"Transfer-Encoding: chunked\r\n\r\n" + chunks, None),
        "until-closed": (until_closed, len(until_closed)),
        "no-reason": (b"HTTP/1.1 200 \r\n" + kind + length + b"\r\n" + body, None),
        "early-hints": (
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            + ok
            + length
            + b"\r\n"
            + body,
            None,
        ),
        "lower-case-headers": (
            (ok + length).lower().replace(b"http/1.1 200 ok", b"HTTP/1.1 200 OK")
            + b"\r\n"
            + body,
            None,
        ),
    }
    for name, (data, end) in forms.items():
        more_args = {} if end is None else {"close_after": end}
        _add(
            area, f"answer-{name}", f"HTTP: {name}", {"answer": raw(data, **more_args)}
        )
    late = answer(200, PROTOBUF, body, delay_ms=300)
    _add(area, "late-in-time", "an answer after 300 ms of 2 s", {"answer": late})
    part = {"answer": answer(200, f"{PROTOBUF}; charset=x", body)}
    _add(area, "content-type-with-parameters", "a content type with parameters", part)


def _json_answers(area: Area) -> None:
    bodies: dict[str, bytes] = {
        "room": _JSON_ROOM,
        "empty": b"{}",
        "camel-case": b'{"emptyTimeout":300,"creationTime":1767225600}',
        "unknown-field": b'{"sid":"RM_x","not_known":{"a":[1]},"maxParticipants":5}',
        "unknown-enum": b'{"enabled_codecs":[{"mime":"video/vp8","not_known":"X"}]}',
        "white-space": b' \r\n{ "sid" : "RM_x" } \n',
        "null-member": b'{"sid":"RM_x","name":null}',
        "unpopulated": Room(sid="RM_x").to_json(always_print=True).encode(),
    }
    for name, body in bodies.items():
        given = {"codec": "json", "answer": answer(200, JSON, body)}
        _add(area, f"json-{name}", f"JSON: {name}", given)
    wrong: dict[str, bytes] = {
        "no-body": b"",
        "null": b"null",
        "array": b"[]",
        "text": b'"x"',
        "truncated": b'{"sid":"RM',
        "wrong-type": b'{"sid":1}',
        "duplicate": b'{"sid":"a","sid":"b"}',
        "not-utf-8": b'{"sid":"\xff"}',
        "page": _PAGE,
    }
    for name, body in wrong.items():
        given = {"codec": "json", "answer": answer(200, JSON, body)}
        _add(area, f"json-wrong-{name}", f"not the message: {name}", given, "Foreign")
    given = {"codec": "json", "answer": answer(200, JSON, b'{"sid":"RM_x"} and more')}
    name, comment = "json-trailing-data", "JSON, and more after it"
    _add(area, name, comment, given, "Foreign", reason=_FREE)
    attributes = {"user_id": "1", "camelCase": "2", "": "3", "größe": "4"}
    participant = ParticipantInfo(identity="x", attributes=attributes)
    request = UpdateParticipantRequest(identity="x", attributes=attributes)
    for codec in ("protobuf", "json"):
        body = participant.to_bytes()
        if codec == "json":
            body = participant.to_json(preserving_names=True).encode()
        given = {
            "codec": codec,
            "method": "UpdateParticipant",
            "request": request.to_bytes().hex(),
            "answer": answer(200, _KINDS[codec], body),
        }
        name = f"keys-of-maps-{codec}"
        _add(area, name, "keys of maps stay as they are", given)


def _errors(area: Area) -> None:
    for code, status in CODES.items():
        for codec in ("protobuf", "json"):
            body = error(code, "what happened", {"where": code})
            given = {"codec": codec, "answer": answer(status, JSON, body)}
            name = f"error-{code.replace('_', '-')}-{codec}"
            _add(area, name, f"an error: {code}", given)
    bodies: dict[str, bytes] = {
        "no-meta": error("not_found", "what happened"),
        "no-msg": error("not_found", ""),
        "unicode": error("not_found", "世界 😀", {"größe": "é"}),
        "of-sip": error(
            "failed_precondition",
            "sip status: 486: Busy Here",
            {
                "sip_status_code": "486",
                "sip_status": "Busy Here",
                "error_details": "CAkSBEJ1c3k=",
            },
        ),
        "unknown-code": error("dataloss", "what happened"),
    }
    for name, body in bodies.items():
        _add(
            area,
            f"error-{name}",
            f"an error: {name}",
            {"answer": answer(404, JSON, body)},
        )
    chunk = error("not_found", "what happened")
    head = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(chunk), chunk)
    _add(area, "error-chunked", "an error in chunks", {"answer": raw(data)})
    late = answer(404, JSON, chunk, delay_ms=300)
    _add(area, "error-late", "an error after 300 ms of 2 s", {"answer": late})


def _intermediaries(area: Area) -> None:
    flag = "Intermediary"
    for status in (
        400,
        401,
        403,
        404,
        409,
        413,
        418,
        429,
        500,
        501,
        502,
        503,
        504,
        520,
    ):
        given = {"answer": answer(status, "text/html", _PAGE)}
        comment = f"a page with {status} {reason_of(status)}".rstrip()
        _add(area, f"intermediary-{status}", comment, given, flag)
    for status in (201, 202, 203, 206):
        given = {"answer": answer(status, "text/plain", b"done")}
        _add(
            area,
            f"success-{status}",
            f"a success that is not 200: {status}",
            given,
            flag,
        )
    nothing = raw(b"HTTP/1.1 204 No Content\r\n\r\n")
    _add(area, "success-204", "no content", {"answer": nothing}, flag)
    for status in (301, 302, 303, 307, 308):
        for name, where in {
            "absolute": "https://elsewhere.invalid/x",
            "relative": "/twirp/livekit.RoomService/ListRooms",
        }.items():
            lines = f"HTTP/1.1 {status} {reason_of(status)}\r\nLocation: {where}\r\n"
            data = raw(f"{lines}Content-Length: 0\r\n\r\n".encode())
            comment = f"a redirect with {status}, which nobody follows"
            _add(area, f"redirect-{status}-{name}", comment, {"answer": data}, flag)
    token = (
        b"invalid token: x, error: go-jose/go-jose: error in cryptographic primitive"
    )
    for name, (status, kind, body) in {
        "text-401": (401, "text/plain; charset=utf-8", token),
        "json-403": (403, JSON, b'{"error":"permissions denied"}'),
        "empty-500": (500, "text/plain", b""),
        "truncated-json-503": (503, JSON, b'{"code":"unavai'),
    }.items():
        given = {"answer": answer(status, kind, body)}
        _add(area, f"foreign-{name}", f"not of Twirp: {name}", given, flag)


def _incomplete(area: Area) -> None:
    """Answers that are not whole: a client must not take them, whatever it calls that."""
    body = _ROOM.to_bytes()
    whole = base64.b64decode(_ANSWER["raw_b64"])
    head = len(whole) - len(body)
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%b\r\n" % (len(body), body)
    )
    failed = error("not_found", "what happened")
    cut = base64.b64decode(answer(404, JSON, failed)["raw_b64"])
    answers: dict[str, Args] = {
        "nothing": raw(b"", close_after=0),
        "half-of-the-status": raw(whole, close_after=7),
        "half-of-the-head": raw(whole, close_after=head - 9),
        "no-body": raw(whole, close_after=head),
        "all-but-a-byte": raw(whole, close_after=len(whole) - 1),
        "chunks-without-an-end": raw(chunked, close_after=len(chunked)),
        "half-a-chunk": raw(chunked, close_after=len(chunked) - 4),
        "half-of-an-error": raw(cut, close_after=len(cut) - 4),
        "another-protocol": raw(b"SSH-2.0-OpenSSH_9.9\r\n", close_after=21),
        "bad-length": raw(
            whole.replace(b"Content-Length: ", b"Content-Length: x"),
            close_after=len(whole),
        ),
        "after-the-deadline": {**_ANSWER, "delay_ms": 1500},
        "a-part-in-time": raw(whole[:-3]),
    }
    for name, given in answers.items():
        waits = given.get("close_after") is None
        _add(
            area,
            f"incomplete-{name}",
            f"not a whole answer: {name}; which code it has is open (Go says internal)",
            {"answer": given, "timeout_ms": 600 if waits else 2000},
            "Incomplete",
            any_kind=True,
        )


def _foreign(area: Area) -> None:
    """Answers with 200 that a server of Twirp does not give."""
    room = _ROOM.to_bytes()
    flag = "Foreign"
    for name, body in {
        "page": _PAGE,
        "json": b'{"status":"ok"}',
        "text": b"OK",
        "truncated": room[:-2],
        "invalid-utf-8": bytes.fromhex("0a01ff"),
        "error": error("not_found", "what happened"),
    }.items():
        given = {"answer": answer(200, PROTOBUF, body)}
        _add(area, f"wrong-{name}", f"not the message: {name}", given, flag)
    for name, (codec, kind, body) in {
        "page-type": ("protobuf", "text/html", room),
        "json-type": ("protobuf", JSON, room),
        "octet-stream": ("protobuf", "application/octet-stream", room),
        "x-protobuf": ("protobuf", "application/x-protobuf", room),
        "no-type": ("protobuf", "", room),
        "protobuf-type": ("json", PROTOBUF, _JSON_ROOM),
        "plain-type": ("json", "text/plain", _JSON_ROOM),
        "error-as-json": ("json", JSON, error("not_found", "what happened")),
    }.items():
        other = {"codec": codec, "answer": answer(200, kind, body)}
        comment = f"200 with another content type or message: {name}"
        _add(area, f"ok-{name}", comment, other, flag, reason=_FREE)
    packed = gzip.compress(room, mtime=0)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    given = {"answer": raw(head.encode() + packed)}
    reason = "a client that does not ask for gzip need not read it; Go's asks"
    _add(area, "ok-gzip", "a compressed answer", given, flag, reason=reason)


def _urls(area: Area) -> None:
    for name, prefix in {
        "none": "",
        "other": "/custom",
        "two": "/api/v1",
        "of-unicode": "/gr%C3%B6%C3%9Fe",
    }.items():
        _add(area, f"prefix-{name}", f"a prefix: {name}", {"prefix": prefix})
    _add(area, "base-path", "a base URL with a path", {"base_url": "/base"})
    odd = "what a client makes of this is its own affair; Go's does as it can"
    for name, given in each(
        {
            "prefix-slash": {"prefix": "/"},
            "prefix-without-slash": {"prefix": "custom"},
            "prefix-with-two-slashes": {"prefix": "/twirp/"},
            "base-slash": {"base_url": "/"},
            "base-path-slash": {"base_url": "/base/"},
            "base-query": {"base_url": "?x=1"},
        }
    ):
        _add(area, name, f"a URL: {name}", given, "Url", reason=odd)


def _headers(area: Area) -> None:
    for name, headers in each(
        {
            "authorization": {"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x"},
            "several": {"X-One": "1", "x-two": "2", "X-LiveKit-Request-Id": "abc"},
            "empty": {"X-Empty": ""},
        }
    ):
        for codec in ("protobuf", "json"):
            body = _JSON_ROOM if codec == "json" else _ROOM.to_bytes()
            given = {
                "codec": codec,
                "headers": headers,
                "answer": answer(200, _KINDS[codec], body),
            }
            _add(area, f"headers-{name}-{codec}", f"headers: {name}", given)
    reason = "Go's client refuses headers that are Twirp's own; others replace or ignore them"
    for name in ("Content-Type", "Accept", "Twirp-Version"):
        given = {"headers": {name: "text/plain"}}
        label = f"headers-{name.lower()}"
        _add(area, label, f"the caller sets {name}", given, "Url", reason=reason)
