"""The calls that are measured, and what they are answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..payloads import (
    Build,
    Read,
    participant,
    read_participants,
    read_room,
    room,
)

PACKAGE, SERVICE = "livekit", "RoomService"
TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "e" * 180 + "." + "s" * 43  # as long as a usual one
CONTENT_TYPE = "application/protobuf"


@dataclass(frozen=True, slots=True)
class Call:
    """A method, the fields of its request, and its answer: how it is built and read."""

    rpc: str
    python_name: str
    fields: Mapping[str, Any]
    output: str
    read: Read
    participants: int = 0

    @property
    def label(self) -> str:
        """What tables call it."""
        return f"{self.rpc}, {self.participants}" if self.participants else self.rpc

    @property
    def path(self) -> str:
        """Where it is on a server."""
        return f"/twirp/{PACKAGE}.{SERVICE}/{self.rpc}"

    def request(self, classes: Any) -> Any:
        """Its request, of the classes of a library."""
        return getattr(classes, f"{self.rpc}Request")(**self.fields)

    def builder(self, lib: Any) -> Build:
        """The function that builds its answer."""
        if self.output == "Room":
            return room(lib)
        if not self.participants:
            empty: Build = getattr(lib, self.output)
            return empty
        response, one = lib.ListParticipantsResponse, participant(lib, 2)
        return lambda: response(participants=[one() for _ in range(self.participants)])


def _list(count: int) -> Call:
    name, fields = "ListParticipants", {"room": "weekly-planning"}
    cls = f"{name}Response"
    return Call(name, "list_participants", fields, cls, read_participants, count)


CREATE_ROOM = Call(
    "CreateRoom",
    "create_room",
    {"name": "weekly-planning", "empty_timeout": 300, "max_participants": 50},
    "Room",
    read_room,
)
CALLS = (CREATE_ROOM, _list(4), _list(50))
# Of servers: what they do themselves, and a call whose method makes an answer.
DELETE_ROOM = Call(
    "DeleteRoom",
    "delete_room",
    {"room": "weekly-planning"},
    "DeleteRoomResponse",
    lambda _: None,
)
SERVED = (DELETE_ROOM, CREATE_ROOM)


def http_answer(body: bytes) -> bytes:
    """A whole answer that a Twirp server gives."""
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {CONTENT_TYPE}\r\n"
        f"Date: Thu, 01 Oct 2026 12:00:00 GMT\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def http_request(path: str, body: bytes) -> bytes:
    """A whole request as our clients send it."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: lkproto\r\n"
        f"Authorization: Bearer {TOKEN}\r\nAccept: {CONTENT_TYPE}\r\n"
        f"Content-Type: {CONTENT_TYPE}\r\nTwirp-Version: v8.1.3\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
