"""Twirp's errors: what clients make of answers, and what psrpc, gRPC and SIP become."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from lkproto.livekit_sip_pb import SIPStatusCode

from .area import Area, Args, Note, each
from .raw_http import CODES, error, level_of, reason_of

_INTERMEDIARY = "http_error_from_intermediary"
_HTML = b"<html><head><title>%d</title></head><body>nginx</body></html>"


def areas() -> Iterator[Area]:
    """The areas of errors."""
    yield _answers()
    yield _mapped()
    yield _sip()


def _answers() -> Area:
    area = Area(
        "twirp.error",
        "twirp_errors",
        "a generated client's errorFromResponse",
        ("livekit/livekit_room.twirp.go",),
        {"headers": {"Content-Type": "application/json"}},
        {
            "ContentType": Note(
                "INTEROP",
                "an error of Twirp without the type that servers give it",
                "a client that looks at the type takes an error for a page",
            ),
            "Intermediary": Note(
                "INTEROP",
                "the answer is not one of Twirp",
                "a proxy's answer is taken for the server's, or a crash for an error",
            ),
            "Lenient": Note("SPEC_GAP", "Go reads JSON leniently", "two codes for one"),
        },
        normal=normal,
    )
    _codes(area)
    _statuses(area)
    _bodies(area)
    _lenient(area)
    _types(area)
    return area


def normal(_: Args, result: Args) -> Args:
    """Texts that are Go's own are free."""
    own = _INTERMEDIARY in result["meta"] or result["msg"].startswith("invalid type ")
    return {**result, "msg": None} if own else result


def _add(
    area: Area, name: str, comment: str, status: int, body: bytes, *flags: str
) -> None:
    args: Args = {"status": status, "body_b64": base64.b64encode(body).decode()}
    if not body.startswith(b"{"):
        args["headers"] = {
            "Content-Type": f"text/{'html' if b'<' in body else 'plain'}"
        }
    area.add(name, comment, args, *flags, level=level_of(flags))


def _types(area: Area) -> None:
    """Errors of Twirp are JSON, whatever the header says."""
    body = base64.b64encode(error("not_found", "what happened")).decode()
    for name, headers in each(
        {
            "no-content-type": {},
            "content-type-with-charset": {
                "Content-Type": "application/json; charset=utf-8"
            },
            "content-type-upper-case": {"Content-Type": "Application/JSON"},
            "content-type-text": {"Content-Type": "text/plain"},
            "content-type-does-not-matter": {"Content-Type": "text/html"},
        }
    ):
        args = {"status": 404, "headers": headers, "body_b64": body}
        area.add(name, f"an error: {name}", args, "ContentType", level="recommended")


def _codes(area: Area) -> None:
    for code, status in CODES.items():
        name = f"code-{code.replace('_', '-')}"
        _add(area, name, f"the code {code}", status, error(code, "what happened"))
    given = {
        "dataloss": "dataloss",
        "grpc": "NOT_FOUND",
        "camel-case": "notFound",
        "ok": "ok",
        "number": "5",
        "space": "not_found ",
        "psrpc": "malformed_request",
    }
    for name, code in given.items():
        body = error(code, "what happened")
        _add(area, f"unknown-code-{name}", f"the code {code!r}", 500, body)
    for name, meta in each(
        {
            "meta": {"a": "1", "b": ""},
            "meta-empty": {},
            "meta-unicode": {"größe": "世界 😀", "": "empty name"},
            "meta-of-sip": {"sip_status_code": "486", "sip_status": "Busy Here"},
            "meta-body": {"body": "not of an intermediary"},
        }
    ):
        body = error("not_found", "what happened", meta)
        _add(area, name, f"meta: {name}", 404, body)
    for name, msg in {"empty": "", "unicode": "世界 😀\n", "long": "x" * 5000}.items():
        _add(area, f"msg-{name}", f"msg: {name}", 404, error("not_found", msg))
    for status in (400, 404, 503, 599):
        name = f"code-with-status-{status}"
        body = error("already_exists", "what happened")
        _add(area, name, f"the code of another status than {status}", status, body)


def _statuses(area: Area) -> None:
    others = (402, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418)
    more = (421, 422, 423, 424, 425, 426, 428, 431, 451, 499, 500, 501, 505, 507, 511)
    rare = (520, 522, 524, 530, 599)
    for status in (400, 401, 403, 404, 429, 502, 503, 504, *others, *more, *rare):
        name = f"intermediary-{status}"
        comment = f"a page with {status} {reason_of(status)}".rstrip()
        _add(area, name, comment, status, _HTML % status, "Intermediary")
    for status in (300, 301, 302, 303, 304, 305, 307, 308, 399):
        headers = {"Location": "https://elsewhere.invalid/login?next=%2F"}
        args = {"status": status, "headers": headers, "body_b64": ""}
        name = f"redirect-{status}"
        flags = ("Intermediary",)
        area.add(name, f"a redirect with {status}", args, *flags, level=level_of(flags))
    _add(area, "redirect-to-nowhere", "without Location", 302, b"", "Intermediary")
    body = error("not_found", "what happened")
    comment = "a redirect with an error of Twirp"
    _add(area, "redirect-with-an-error", comment, 307, body, "Intermediary")


def _bodies(area: Area) -> None:
    """Answers that are not Twirp's, among them those of real servers."""
    token = b"invalid token: eyJhbGciOiJIUzI1NiJ9.e30.x, error: go-jose/go-jose"
    bodies: dict[str, tuple[int, bytes]] = {
        "empty": (500, b""),
        "space": (503, b" \n"),
        "livekit-401": (401, token),
        "text-401": (401, b"Unauthorized"),
        "json-401": (401, b'{"error":"Unauthorized"}'),
        "envoy-503": (
            503,
            b"upstream connect error or disconnect/reset before headers",
        ),
        "cloudflare-520": (520, b"error code: 520"),
        "elb-502": (
            502,
            b"<html>\r\n<head><title>502 Bad Gateway</title></head></html>",
        ),
        "kubernetes-404": (404, b"default backend - 404"),
        "kubernetes-403": (403, b'{"kind":"Status","code":403,"message":"forbidden"}'),
        "aws-403": (403, b'{"message":"Missing Authentication Token"}'),
        "connect-404": (404, b'{"code":"not_found","message":"what happened"}'),
        "connect-details": (404, b'{"code":"not_found","msg":"x","details":[]}'),
        "grpc-gateway-404": (404, b'{"code":5,"message":"Not Found","details":[]}'),
        "twirp-go-fallback": (500, b'{"type":"internal","msg":"x"}'),
        "array": (400, b'[{"code":"not_found"}]'),
        "string": (400, b'"not_found"'),
        "null": (400, b"null"),
        "number": (500, b"500"),
        "true": (500, b"true"),
        "no-code": (404, b'{"msg":"what happened"}'),
        "no-members": (404, b"{}"),
        "empty-code": (404, b'{"code":"","msg":"what happened"}'),
        "null-code": (404, b'{"code":null,"msg":"what happened"}'),
        "number-as-code": (404, b'{"code":404,"msg":"what happened"}'),
        "number-as-msg": (404, b'{"code":"not_found","msg":1}'),
        "number-in-meta": (404, b'{"code":"not_found","msg":"x","meta":{"a":1}}'),
        "object-in-meta": (404, b'{"code":"not_found","msg":"x","meta":{"a":{}}}'),
        "array-as-meta": (404, b'{"code":"not_found","msg":"x","meta":["a"]}'),
        "text-as-meta": (404, b'{"code":"not_found","msg":"x","meta":"a"}'),
        "another-member": (404, b'{"code":"not_found","msg":"x","more":1}'),
        "truncated-json": (404, b'{"code":"not_found","msg":"wh'),
        "single-quotes": (404, b"{'code':'not_found'}"),
        "byte-order-mark": (404, b'\xef\xbb\xbf{"code":"not_found","msg":"x"}'),
        "not-utf-8": (500, b"\xff\xfe"),
        "protobuf": (500, b"\x0a\x03abc"),
        "nested": (404, b'{"error":{"code":"not_found","msg":"x"}}'),
        "javascript": (404, b'for(;;);{"code":"not_found","msg":"x"}'),
    }
    for name, (status, body) in bodies.items():
        flag = "Intermediary"
        _add(area, f"body-{name}", f"a body: {name}", status, body, flag)
    read: dict[str, bytes] = {
        "no-msg": b'{"code":"not_found"}',
        "null-msg": b'{"code":"not_found","msg":null}',
        "null-meta": b'{"code":"not_found","msg":"x","meta":null}',
        "white-space": b' \r\n\t{ "code" : "not_found" , "msg" : "x" }\n',
        "escapes": b'{"c\\u006fde":"not\\u005ffound","msg":"\\ud83d\\ude00"}',
    }
    for name, body in read.items():
        _add(area, f"json-{name}", f"an error: {name}", 404, body)


def _lenient(area: Area) -> None:
    reason = (
        "Go's decoder of JSON is lenient; that others are as lenient is not demanded"
    )
    bodies: dict[str, bytes] = {
        "trailing-data": b'{"code":"not_found","msg":"x"} and more',
        "two-values": b'{"code":"not_found","msg":"x"}{"code":"internal"}',
        "upper-case-names": b'{"Code":"not_found","MSG":"x"}',
        "duplicate-code": b'{"code":"internal","code":"not_found","msg":"x"}',
        "null-in-meta": b'{"code":"not_found","msg":"x","meta":{"a":null}}',
        "invalid-utf-8": b'{"code":"not_found","msg":"\xff"}',
        "unpaired-surrogate": b'{"code":"not_found","msg":"\\ud800"}',
        "deep": json.dumps({"code": "not_found", "msg": "x"}).encode() + b"[" * 100,
    }
    for name, body in bodies.items():
        args = {"status": 404, "body_b64": base64.b64encode(body).decode()}
        comment = f"an error: {name}"
        area.add(f"json-{name}", comment, args, "Lenient", reason=reason)


_PSRPC = [
    "canceled",
    "malformed_request",
    "malformed_result",
    "deadline_exceeded",
    "unavailable",
    "unknown",
    "invalid_argument",
    "not_found",
    "not_acceptable",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "data_loss",
    "unauthenticated",
    "unprocessable_entity",
    "upstream_server_error",
    "upstream_client_error",
]


def _mapped() -> Area:
    area = Area(
        "twirp.map_error",
        "twirp_errors",
        "xtwirp.ToError on errors of psrpc v0.7.1 and of gRPC",
        ("utils/xtwirp/errors.go",),
        {"msg": "what happened"},
    )
    args: Args
    for code in _PSRPC:
        name = f"psrpc-{code.replace('_', '-')}"
        area.add(name, f"psrpc's {code}", {"source": "psrpc", "code": code})
    for name, code in {
        "empty": "",
        "not-known": "nope",
        "upper-case": "NOT_FOUND",
        "of-twirp-alone": "bad_route",
        "malformed": "malformed",
    }.items():
        args = {"source": "psrpc", "code": code}
        area.add(f"psrpc-{name}", f"psrpc's code {code!r}", args)
    for number in (*range(1, 20), 99, 2**31):
        args = {"source": "grpc", "code": number}
        area.add(f"grpc-{number}", f"gRPC's code {number}", args)
    for name, msg in {
        "empty": "",
        "unicode": "世界 😀",
        "lines": "a\nb",
        "percent": "100% %s %d",
        "like-a-status": "rpc error: code = Internal desc = x",
    }.items():
        for source, code in each({"psrpc": "not_found", "grpc": 5}):
            args = {"source": source, "code": code, "msg": msg}
            area.add(f"{source}-msg-{name}", f"a text: {name}", args)
    return area


def _sip() -> Area:
    area = Area(
        "twirp.sip_status",
        "twirp_errors",
        "xtwirp.ToError on livekit.SIPStatus",
        ("livekit/sip.go", "utils/xtwirp/errors.go"),
        {"status": ""},
        {
            "Success": Note(
                "EDGE_CASE", "a status of success", "an error without a code"
            )
        },
    )
    for value in SIPStatusCode:
        name = value.name.removeprefix("SIP_STATUS_").lower().replace("_", "-")
        _status(area, f"{int(value)}-{name}", value.name, {"code": int(value)})
    listed = {int(value) for value in SIPStatusCode}
    ends = (-1, 1, 99, 101, 199, 299, 300, 303, 399, 404, 418, 450, 499, 500, 550, 599)
    for code in (*ends, 602, 650, 699, 700, 999, 2**31 - 1):
        if code not in listed:
            text = str(code).replace("-", "minus-")
            args = {"code": code}
            _status(area, f"{text}-unlisted", "a status without a name", args)
    for name, status in {
        "text": "Busy Here",
        "unicode": "Besetzt, 世界",
        "name": "SIP_STATUS_BUSY_HERE",
        "number": "486",
        "line-feed": "Busy\nHere",
    }.items():
        given = {"code": 486, "status": status}
        area.add(f"status-{name}", f"the server's text: {name}", given)
    for code in (100, 200, 404, 503, 603, 650):
        with_text = {"code": code, "status": "its text"}
        _status(area, f"{code}-with-a-text", "with the server's text", with_text)
    return area


def _status(area: Area, name: str, comment: str, args: Args) -> None:
    if 200 <= args["code"] < 300:
        reason = "success is not an error; the reference makes one without a code"
        area.add(name, comment, args, "Success", reason=reason)
    else:
        area.add(name, comment, args)
