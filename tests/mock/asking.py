"""Requests to a mock as any client may send them, without a client of ours."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from lkproto.auth import AccessToken, VideoGrants
from lkproto.mock import MockLiveKit

CREATE = "/twirp/livekit.RoomService/CreateRoom"
LIST = "/twirp/livekit.RoomService/ListRooms"
DIAL = "/twirp/livekit.SIP/CreateSIPParticipant"
JSON = {"Content-Type": "application/json"}
ANYBODY = {**JSON, "X-Lk-Mock": '{"skipAuth":true}'}


class Answered(NamedTuple):
    """An answer, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str,
    path: str,
    body: bytes | str | None = b"{}",
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
) -> Answered:
    """The answer to one request, on a connection of its own. Raises OSError, HTTPException."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(
            method, path, body, dict(JSON if headers is None else headers)
        )
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answered(answer.status, found, answer.read())
    finally:
        connection.close()


def controlled(**control: object) -> dict[str, str]:
    """Headers of a call that needs no token and meets with something."""
    return {**JSON, "X-Lk-Mock": json.dumps({"skipAuth": True, **control})}


def bearer(mock: MockLiveKit, **grants: Any) -> dict[str, str]:
    """Headers of a call with a token that has some grants of `video`."""
    token = AccessToken(mock.api_key, mock.api_secret)
    jwt = token.with_grants(VideoGrants(**grants)).to_jwt()
    return {**JSON, "Authorization": f"Bearer {jwt}"}


def talk(url: str, data: bytes) -> bytes:
    """All that comes back for some bytes, until the server closes the connection."""
    target = urlsplit(url)
    with socket.create_connection((target.hostname, target.port), timeout=30) as peer:
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: peer.recv(1 << 16), b""))
