"""Sends raw bytes as a request to a server on this machine, and reads its answer."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

from ..protocol import MAX_DEPTH, MAX_LINE
from ..values import nests_deeper

AROUND = 8
"""Levels of a report around a value that was sent."""
SECONDS = 3.0
"""How long a server may take for an answer, and for each part of it."""

Address = tuple[str, int]


def address_of(base_url: object) -> Address | None:
    """The address that a testee gave, if it is one of this machine."""
    try:
        parts = urlsplit(str(base_url))
        host, port = parts.hostname or "", parts.port or 80
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    root = parts.path in ("", "/")
    return (host, port) if local and root and parts.scheme == "http" else None


def listens(address: Address) -> bool:
    """Whether anything accepts connections there."""
    try:
        socket.create_connection(address, SECONDS).close()
    except OSError:
        return False
    return True


def exchange(address: Address, raw: bytes) -> dict[str, Any]:
    """The answer to a request, as vectors have it; `failed` says why there is none."""
    try:
        with socket.create_connection(address, SECONDS) as connection:
            with contextlib.suppress(OSError):  # it may answer before it has read all
                connection.sendall(raw)
            method = raw.partition(b" ")[0].decode("latin-1")
            response = http.client.HTTPResponse(connection, method=method)
            response.begin()
            return _seen(response, _body(response, connection))
    except (OSError, ValueError, http.client.HTTPException) as error:
        return {"failed": f"{type(error).__name__}: {error}"}


def _body(response: http.client.HTTPResponse, connection: socket.socket) -> bytes:
    """The whole body. Raises ValueError for one that is too long, OSError for one that is slow."""
    found = bytearray()
    deadline = time.monotonic() + SECONDS
    while data := response.read1(1 << 16):
        found += data
        left = deadline - time.monotonic()
        if len(found) > MAX_LINE or left <= 0:
            raise ValueError(f"a body of more than {MAX_LINE} bytes or {SECONDS:g} s")
        connection.settimeout(left)
    if response.length:  # read1 does not say so itself
        raise http.client.IncompleteRead(bytes(found), response.length)
    return bytes(found)


def _seen(response: http.client.HTTPResponse, body: bytes) -> dict[str, Any]:
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    seen: dict[str, Any] = {"status": response.status, "content_type": kind}
    if response.status != http.client.OK:
        return {**seen, "error": value_of(body)}
    return {**seen, **content(kind == "application/json", body)}


def content(is_json: bool, body: bytes) -> dict[str, Any]:
    """The body of a message, as vectors have it."""
    return {"json": value_of(body)} if is_json else {"message": body.hex()}


def value_of(body: bytes) -> Any:
    """A value written in JSON; a text of another kind as it is."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
    if nests_deeper(value, MAX_DEPTH - AROUND):
        return body.decode(errors="replace")
    return value
