"""Servers of Twirp: what they answer to raw requests."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from typing import Any

from lkproto import service_of
from lkproto.livekit_room_pb import CreateRoomRequest, UpdateParticipantRequest

from .area import Area, Args, Note, each
from .raw_http import CODES, JSON, PROTOBUF, SERVICES, Headers, raw, request, slim

_PATH = "/twirp/livekit.RoomService/CreateRoom"
_BODY = CreateRoomRequest(
    name="lobby", empty_timeout=300, max_participants=20, metadata="größe"
).to_bytes()
_JSON_BODY = (
    '{"name":"lobby","empty_timeout":300,"maxParticipants":20,"metadata":"größe"}'
).encode()


def areas() -> Iterator[Area]:
    """The area of servers."""
    area = Area(
        "twirp.serve",
        "twirp_servers",
        "a generated server under net/http",
        ("livekit/livekit_room.twirp.go",),
        {"service": "livekit.RoomService", "behaviour": "echo"},
        {
            "Route": Note("INTEROP", "the way to a method", "calls end elsewhere"),
            "Type": Note("INTEROP", "the content type", "clients in JavaScript fail"),
            "Body": Note("MALFORMED", "the body", "a server crashes, or reads else"),
            "Open": Note("SPEC_GAP", "not said by Twirp", "servers differ"),
        },
        normal=_normal,
    )
    _methods(area)
    _types(area)
    _http_methods(area)
    _routes(area)
    _json_bodies(area)
    _protobuf_bodies(area)
    _behaviours(area)
    _errors(area)
    yield area


def _normal(args: Args, result: Args) -> Args:
    """Texts that are Go's own are free: all but those of errors that the vector demands."""
    demanded = args["behaviour"].partition(":")[2]
    for found in result["answers"]:
        error = found.get("error")
        if isinstance(error, dict) and error["code"] != demanded:
            error["msg"] = None
    return result


def _methods(area: Area) -> None:
    """Each method of each service, with a codec in turn."""
    number = 0
    for service in SERVICES:
        for method in service_of(service).methods:
            codec = ("json", "protobuf")[number % 2]
            number += 1
            found = slim(method.input)
            body = found.to_json().encode() if codec == "json" else found.to_bytes()
            kind = JSON if codec == "json" else PROTOBUF
            path = f"/twirp/{service}/{method.name}"
            asked = request(path, body, {"Content-Type": kind})
            name = f"{service.rpartition('.')[2]}-{method.name}-{codec}".lower()
            args = {"service": service, "requests": [asked]}
            area.add(name, f"{service}/{method.name}", args)


def _ask(
    area: Area,
    name: str,
    comment: str,
    *flags: str,
    path: str = _PATH,
    body: bytes = _BODY,
    kind: str | None = PROTOBUF,
    method: str = "POST",
    headers: Headers | None = None,
    more: Args | None = None,
    reason: str = "",
) -> None:
    """Add a case of one request."""
    asked = request(path, body, {"Content-Type": kind, **(headers or {})}, method)
    args = {**(more or {}), "requests": [asked]}
    area.add(name, comment, args, *flags, reason=reason)


def _types(area: Area) -> None:
    served = {
        "json": (JSON, _JSON_BODY),
        "json-charset": ("application/json;charset=UTF-8", _JSON_BODY),
        "json-charset-space": ("application/json; charset=utf-8", _JSON_BODY),
        "json-upper-case": ("APPLICATION/JSON", _JSON_BODY),
        "json-spaces": ("  application/json  ", _JSON_BODY),
        "json-space-before-parameters": ("application/json ; x=y", _JSON_BODY),
        "json-semicolon": ("application/json;", _JSON_BODY),
        "protobuf": (PROTOBUF, _BODY),
        "protobuf-mixed-case": ("Application/Protobuf", _BODY),
        "protobuf-parameters": ("application/protobuf; proto=x;y", _BODY),
    }
    for name, (kind, body) in served.items():
        _ask(area, f"type-{name}", f"{kind!r}", "Type", kind=kind, body=body)
    for name, kind in each(
        {
            "missing": None,
            "empty": "",
            "parameters-alone": ";charset=utf-8",
            "text": "text/plain",
            "form": "application/x-www-form-urlencoded",
            "octet-stream": "application/octet-stream",
            "x-protobuf": "application/x-protobuf",
            "grpc": "application/grpc",
            "json-suffix": "application/problem+json",
            "json-prefix": "application/json5",
            "json-alone": "json",
            "two": "application/json, application/protobuf",
            "quoted": '"application/json"',
        }
    ):
        _ask(area, f"type-{name}", f"{kind!r}", "Type", kind=kind)
    _ask(
        area,
        "accept-does-not-matter",
        "Accept: text/html",
        "Type",
        headers={"Accept": "text/html"},
    )
    data = _ask_twice("Content-Type: application/json\r\nContent-Type: text/plain\r\n")
    reason = "what a server makes of two headers of that name is its own affair"
    area.add(
        "type-twice", "two content types", {"requests": [data]}, "Open", reason=reason
    )


def _ask_twice(lines: str) -> dict[str, Any]:
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: testee.invalid\r\nConnection: close\r\n{lines}"
    )
    tail = f"Content-Length: {len(_JSON_BODY)}\r\n\r\n"
    return raw((head + tail).encode() + _JSON_BODY)


def _http_methods(area: Area) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "post", "POSTS"):
        label = "lower-case-post" if method == "post" else method.lower()
        _ask(area, f"method-{label}", f"{method} is not POST", "Route", method=method)
    _ask(
        area,
        "method-get-without-body",
        "as a browser asks",
        "Route",
        method="GET",
        body=b"",
        kind=None,
        headers={"Content-Length": None},
    )


def _routes(area: Area) -> None:
    service = "livekit.RoomService"
    missed = {
        "root": "/",
        "empty-path-below-prefix": "/twirp",
        "prefix-alone": "/twirp/",
        "service-alone": f"/twirp/{service}",
        "no-method": f"/twirp/{service}/",
        "trailing-slash": f"{_PATH}/",
        "below-a-method": f"{_PATH}/x",
        "unknown-method": f"/twirp/{service}/Nope",
        "method-of-another-service": f"/twirp/{service}/ListEgress",
        "unknown-service": "/twirp/livekit.Nope/CreateRoom",
        "another-service": "/twirp/livekit.Egress/ListEgress",
        "no-package": "/twirp/RoomService/CreateRoom",
        "another-package": "/twirp/lk.RoomService/CreateRoom",
        "leading-dot": f"/twirp/.{service}/CreateRoom",
        "slash-in-the-name": "/twirp/livekit/RoomService/CreateRoom",
        "lower-case-service": "/twirp/livekit.roomservice/CreateRoom",
        "lower-case-method": f"/twirp/{service}/createroom",
        "camel-case-method": f"/twirp/{service}/createRoom",
        "snake-case-method": f"/twirp/{service}/create_room",
        "no-prefix": f"/{service}/CreateRoom",
        "another-prefix": f"/rpc/{service}/CreateRoom",
        "longer-prefix": f"/twirp/v1/{service}/CreateRoom",
        "prefix-twice": f"/twirp{_PATH}",
        "prefix-before": f"/api{_PATH}",
        "prefix-begins-alike": f"/twirps/{service}/CreateRoom",
        "upper-case-prefix": f"/TWIRP/{service}/CreateRoom",
        "double-slash": f"/twirp//{service}/CreateRoom",
        "double-slash-before-method": f"/twirp/{service}//CreateRoom",
        "dot-segments": f"/twirp/../twirp/{service}/CreateRoom",
        "dot": f"/twirp/./{service}/CreateRoom",
        "grpc-health": "/grpc.health.v1.Health/Check",
        "query-of-a-miss": f"/twirp/{service}/Nope?x=1",
        "unicode": f"/twirp/{service}/Cr%C3%A9ateRoom",
        "nul": f"{_PATH}%00",
        "space-after": f"{_PATH}%20",
    }
    for name, path in missed.items():
        _ask(area, f"route-{name}", f"no way to a method: {name}", "Route", path=path)
    found = {
        "query": f"{_PATH}?x=1&y=/twirp/x",
        "empty-query": f"{_PATH}?",
        "percent-encoded-letter": _PATH.replace("CreateRoom", "Create%52oom"),
    }
    for name, path in found.items():
        _ask(area, f"route-{name}", f"the way to a method: {name}", "Route", path=path)
    reason = "a matter of the HTTP server's, which may clean paths"
    for name, path in {
        "leading-double-slash": f"/{_PATH}",
        "encoded-slash": "/twirp%2Flivekit.RoomService/CreateRoom",
        "encoded-query": f"{_PATH}%3Fx=1",
        "matrix-parameters": f"{_PATH};x=1",
    }.items():
        comment = f"a path: {name}"
        _ask(area, f"route-{name}", comment, "Open", path=path, reason=reason)
    _ask(
        area,
        "route-before-type",
        "a miss with another content type",
        "Route",
        path="/twirp/livekit.RoomService/Nope",
        kind="text/plain",
    )


def _json_bodies(area: Area) -> None:
    served: dict[str, bytes] = {
        "empty-object": b"{}",
        "snake-case": b'{"name":"lobby","empty_timeout":300,"max_participants":20}',
        "camel-case": b'{"name":"lobby","emptyTimeout":300,"maxParticipants":20}',
        "numbers-as-texts": b'{"empty_timeout":"300","max_participants":2e1}',
        "white-space": b' \r\n\t{ "name" : "lobby" } \n',
        "escapes": b'{"n\\u0061me":"\\ud83d\\ude00"}',
        "null-member": b'{"name":"lobby","metadata":null}',
        "unknown-field": b'{"name":"lobby","not_known":[{"a":null},1.5]}',
        "unknown-field-inside": b'{"name":"lobby","agents":[{"not_known":1}]}',
        "unknown-text": b'{"name":"lobby","Name":"other case is another name"}',
    }
    for name, body in served.items():
        _ask(area, f"json-{name}", f"JSON: {name}", "Body", kind=JSON, body=body)
    refused: dict[str, bytes] = {
        "empty": b"",
        "space-alone": b" \n",
        "null": b"null",
        "true": b"true",
        "number": b"1",
        "text": b'"lobby"',
        "array": b'[{"name":"lobby"}]',
        "truncated": b'{"name":"lob',
        "no-end": b'{"name":"lobby"',
        "trailing-comma": b'{"name":"lobby",}',
        "single-quotes": b"{'name':'lobby'}",
        "comment": b'{"name":"lobby"/* x */}',
        "wrong-type": b'{"name":1}',
        "wrong-type-inside": b'{"agents":{}}',
        "negative": b'{"max_participants":-1}',
        "too-large-a-number": b'{"max_participants":4294967296}',
        "fraction": b'{"max_participants":1.5}',
        "duplicate": b'{"name":"a","name":"b"}',
        "duplicate-in-both-forms": b'{"max_participants":1,"maxParticipants":2}',
        "not-utf-8": b'{"name":"\xff"}',
        "utf-16": '{"name":"lobby"}'.encode("utf-16"),
        "byte-order-mark": b'\xef\xbb\xbf{"name":"lobby"}',
        "unpaired-surrogate": b'{"name":"\\ud800"}',
        "line-feed-in-a-text": b'{"name":"a\nb"}',
        "protobuf": _BODY,
        "form": b"name=lobby",
        "garbage": b"\x00\x01\x02",
    }
    for name, body in refused.items():
        comment = f"not the request in JSON: {name}"
        _ask(area, f"json-wrong-{name}", comment, "Body", kind=JSON, body=body)
    reason = (
        "Go's server reads the first JSON value only; that others do so is not demanded"
    )
    for name, body in {
        "text": b'{"name":"lobby"} and more',
        "value": b'{"name":"lobby"}{"name":"other"}',
        "brace": b'{"name":"lobby"}}',
    }.items():
        label = f"json-trailing-{name}"
        comment = f"JSON, and more after it: {name}"
        _ask(area, label, comment, "Open", kind=JSON, body=body, reason=reason)
    packed = gzip.compress(_JSON_BODY, mtime=0)
    _ask(
        area,
        "json-gzip",
        "a compressed body",
        "Open",
        kind=JSON,
        body=packed,
        headers={"Content-Encoding": "gzip"},
        reason="Go's server reads no compressed bodies; one before it may",
    )
    attributes = {"user_id": "1", "camelCase": "2"}
    update = UpdateParticipantRequest(identity="x", attributes=attributes)
    path = "/twirp/livekit.RoomService/UpdateParticipant"
    body = update.to_json().encode()
    _ask(area, "json-map", "keys of maps", "Body", path=path, kind=JSON, body=body)


def _protobuf_bodies(area: Area) -> None:
    served: dict[str, bytes] = {
        "empty": b"",
        "unknown-field": _BODY + bytes.fromhex("fa3f03616263"),
        "twice-the-same-field": _BODY + b"\x0a\x05other",
        "default-values": b"\x0a\x00\x10\x00",
    }
    for name, body in served.items():
        _ask(area, f"protobuf-{name}", f"protobuf: {name}", "Body", body=body)
    refused: dict[str, bytes] = {
        "truncated": _BODY[:-1],
        "tag-alone": b"\x0a",
        "field-zero": b"\x00\x01",
        "wire-type-7": b"\x0f",
        "invalid-utf-8": b"\x0a\x01\xff",
        "long-varint": b"\x10" + b"\xff" * 11,
        "end-of-group": b"\x0c",
        "json": _JSON_BODY,
        "page": b"<html></html>",
    }
    for name, body in refused.items():
        comment = f"not the request in protobuf: {name}"
        _ask(area, f"protobuf-wrong-{name}", comment, "Body", body=body)


def _behaviours(area: Area) -> None:
    kinds = {"protobuf": (PROTOBUF, _BODY), "json": (JSON, _JSON_BODY)}
    for codec, (kind, body) in kinds.items():
        asked = request(_PATH, body, {"Content-Type": kind})
        for behaviour in ("panic", "nil"):
            args = {"behaviour": behaviour, "requests": [asked, asked]}
            name = f"{behaviour}-{codec}"
            area.add(name, f"{behaviour}, and again: the server goes on", args)
        args = {"behaviour": "slow:200", "requests": [asked]}
        area.add(f"slow-{codec}", "an answer after 200 ms", args)
        args = {"requests": [asked, asked, asked]}
        area.add(f"three-{codec}", "one request after another", args)
    missed = request("/twirp/x/Y", b"", {"Content-Type": PROTOBUF})
    asked = request(_PATH, _BODY, {"Content-Type": PROTOBUF})
    args = {"requests": [missed, asked]}
    area.add("request-after-a-miss", "a miss, then a request", args)
    head = f"POST {_PATH} HTTP/1.0\r\nContent-Type: {PROTOBUF}\r\n"
    old = raw(f"{head}Content-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY)
    area.add("http-1-0", "a request of HTTP/1.0", {"requests": [old]})
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(_BODY), _BODY)
    head = f"POST {_PATH} HTTP/1.1\r\nHost: testee.invalid\r\nConnection: close\r\n"
    head += f"Content-Type: {PROTOBUF}\r\nTransfer-Encoding: chunked\r\n\r\n"
    args = {"requests": [raw(head.encode() + chunks)]}
    reason = "chunks are a matter of the HTTP server's; that of WSGI need not read them"
    area.add("chunked", "a request in chunks", args, "Open", reason=reason)


def _errors(area: Area) -> None:
    for code in CODES:
        more = {
            "behaviour": f"error:{code}",
            "msg": "what happened",
            "meta": {"a": "1"},
        }
        name = f"error-{code.replace('_', '-')}"
        _ask(area, name, f"an error: {code}", more=more)
    for name, given in each(
        {
            "json": {"msg": "what happened", "meta": {"a": "1", "b": "2"}},
            "no-meta": {"msg": "what happened"},
            "empty": {"msg": "", "meta": {}},
            "unicode": {"msg": "世界 😀 \u2028", "meta": {"größe": "é", "": ""}},
            "markup": {"msg": '<a href="x">&\'\\</a>', "meta": {"<": ">"}},
            "controls": {"msg": "a\r\nb\t\x00\x1b", "meta": {"a\n": "b\n"}},
            "long": {"msg": "x" * 5000, "meta": {"y": "z" * 5000}},
        }
    ):
        more = {"behaviour": "error:not_found", **given}
        comment = f"an error with: {name}"
        _ask(area, f"error-with-{name}", comment, more=more, kind=JSON, body=_JSON_BODY)
    more = {"behaviour": "error:nope", "msg": "what happened"}
    reason = "the library may refuse to make an error without a code of Twirp"
    _ask(
        area,
        "error-not-a-code",
        "a code that is not Twirp's",
        "Open",
        more=more,
        reason=reason,
    )
