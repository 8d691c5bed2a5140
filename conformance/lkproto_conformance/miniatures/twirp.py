"""A client and a server of Twirp as one writes them in an afternoon: wrong on purpose.

The client follows redirects, believes any JSON, and knows no intermediaries. The server knows
content types by heart only, takes any method and prefix, and answers with its exceptions.
"""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lkproto import Message, service_of

from ..protocol import VERSION
from ..serve import Answer

Args = dict[str, Any]
_OPS = ("twirp.error", "twirp.map_error", "twirp.sip_status", "twirp.call")
_TYPES = {"protobuf": "application/protobuf", "json": "application/json"}
_GRPC = (
    "ok",
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
)


class NaiveTwirp:
    """Calls and serves, in a hurry."""

    def __init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None

    def hello(self) -> dict[str, Any]:
        """Offer Twirp."""
        return {
            "protocol": VERSION,
            "implementation": {"name": "naive-twirp"},
            "capabilities": [*_OPS, "twirp.serve", "twirp.stop"],
            "profiles": ["go"],
        }

    def answer(self, op: str, args: Args) -> Answer:
        """Do it."""
        if op == "twirp.call":
            return _called(args)
        if op == "twirp.serve":
            return {"ok": {"base_url": self._serve(args)}}
        if op == "twirp.stop":
            self._stop()
            return {"ok": {}}
        if op == "twirp.error":
            return {"ok": _error(args["status"], base64.b64decode(args["body_b64"]))}
        if op == "twirp.map_error":
            return {"ok": _mapped(args)}
        meta = {"sip_status_code": str(args["code"]), "sip_status": args["status"]}
        return {"ok": {"code": "internal", "meta": meta}}

    def _serve(self, args: Args) -> str:
        self._stop()
        handler = type("Handler", (_Handler,), {"asked": args})
        self._server = server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    def _stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _error(status: int, body: bytes) -> Args:
    try:
        found = json.loads(body)
        code, meta = found.get("code", "unknown"), found.get("meta", {})
        return {"code": code, "msg": found.get("msg", ""), "meta": meta}
    except (ValueError, AttributeError):
        return {"code": "unknown", "msg": f"HTTP {status}", "meta": {}}


def _mapped(args: Args) -> Args:
    code: str | int = args["code"]
    if args["source"] == "grpc":
        code = dict(enumerate(_GRPC)).get(int(code), "internal")
    status = {"not_found": 404, "invalid_argument": 400}.get(str(code), 500)
    return {"code": code, "http_status": status, "msg": args["msg"]}


def _called(args: Args) -> Answer:
    method = _method(args["service"], args["method"])
    request = method.input_type.from_bytes(bytes.fromhex(args["request"]))
    codec = args["codec"]
    url = f"{args['base_url']}{args['prefix']}/{args['service']}/{args['method']}"
    headers = {**args["headers"], "Content-Type": _TYPES[codec]}
    body = request.to_json().encode() if codec == "json" else request.to_bytes()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        sent = urllib.request.Request(url, body, headers)  # noqa: S310
        with opener.open(sent, timeout=args["timeout_ms"] / 1000) as answer:
            response = _read(method.output_type, codec, answer.read())
            return {"ok": {"response": response.to_bytes().hex()}}
    except urllib.error.HTTPError as failed:
        with failed:
            error = _error(failed.code, failed.read())
        kind, meta = f"twirp:{error['code']}", error["meta"]
        return {"reject": {"kind": kind, "message": error["msg"], "meta": meta}}
    except (OSError, ValueError) as failed:
        return {"reject": {"kind": "twirp:unavailable", "message": str(failed)}}


def _read(cls: type[Message], codec: str, body: bytes) -> Message:
    if codec == "json":
        return cls.from_dict(json.loads(body or "{}"), ignore_unknown=True)
    return cls.from_bytes(body)


def _method(service: str, name: str) -> Any:
    return next(each for each in service_of(service).methods if each.name == name)


class _Handler(BaseHTTPRequestHandler):
    asked: Args

    def do_POST(self) -> None:
        """Answer a request of whatever method, below any prefix."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        codec = "json" if kind == "application/json" else "protobuf"
        if kind not in _TYPES.values():
            self._fail(404, "bad_route", "unexpected content type")
            return
        try:
            self._send(200, kind, self._answered(codec, body))
        except (StopIteration, KeyError):
            self._fail(404, "not_found", "no such method")
        except Exception as error:  # noqa: BLE001 - the client gets to see it
            self._fail(500, "internal", repr(error))

    do_GET = do_PUT = do_POST  # noqa: N815

    def _answered(self, codec: str, body: bytes) -> bytes:
        method = _method(self.asked["service"], self.path.rpartition("/")[2])
        request = _read(method.input_type, codec, body)
        if self.asked["behaviour"] != "echo":
            raise RuntimeError(self.asked.get("msg", ""))
        response = method.output_type.from_bytes(b"")
        for name in ("name", "metadata", "empty_timeout", "max_participants"):
            if hasattr(response, name) and hasattr(request, name):
                setattr(response, name, getattr(request, name))
        text: bytes = response.to_json().encode()
        return text if codec == "json" else response.to_bytes()

    def _fail(self, status: int, code: str, msg: str) -> None:
        body = json.dumps({"code": code, "msg": msg}).encode()
        self._send(status, "application/json", body)

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""
