"""The calls and connections that make a server send webhooks."""

from __future__ import annotations

import base64
import os
import socket
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from lkproto.auth import AccessToken, VideoGrants

from tests.services.livekit_server import LiveKitServer
from tests.services.process import masked


def access(server: LiveKitServer, **grants: Any) -> AccessToken:
    """A token for a server, of its first key."""
    key, secret = next(iter(server.keys.items()))
    return AccessToken(key, secret).with_grants(VideoGrants(**grants))


def call(server: LiveKitServer, method: str, request: Any, **grants: Any) -> bytes:
    """Call a method, such as `RoomService/CreateRoom`, and return the JSON of the answer."""
    headers = {
        "Authorization": f"Bearer {access(server, **grants).to_jwt()}",
        "Content-Type": "application/json",
    }
    url = f"{server.http}/twirp/livekit.{method}"
    post = urllib.request.Request(url, request.to_json().encode(), headers)
    try:
        with urllib.request.urlopen(post, timeout=20) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        text = masked(error.read().decode("utf-8", "replace"))
        raise RuntimeError(f"{method}: {error.code} {text}") from None


def connect_and_leave(server: LiveKitServer, token: str) -> None:
    """Open the WebSocket of a client, and close it once the server has let it in."""
    query = urllib.parse.urlencode(
        {"access_token": token, "protocol": 15, "auto_subscribe": 1}
    )
    lines = (
        f"GET /rtc?{query} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        answer = client.makefile("rb")
        status = answer.readline()
        if b" 101 " not in status:
            raise RuntimeError(f"/rtc: {status.decode().strip()}")
        while answer.readline().strip():
            pass
        answer.read(1)  # of the message that says that it has joined
