"""Random requests of HTTP, near to those that Twirp serves; and a way to send them as they are."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lkproto import Method, fields_of, service_of
from vectorgen.populate import populated

from tests.fuzz import mutate_json
from tests.fuzz.mutate_binary import Mutator

from .scripts import FAULT, SEEN, answering, from_text

SERVICE = "livekit.RoomService"
METHODS = service_of(SERVICE).methods
VERBS = ("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "post", "Post", "X-Y")
PREFIXES = (
    *("", "/", "/twirp/", "//twirp", "/TWIRP", "/twirp/twirp", "/a/twirp", "/twirp/a"),
    *("/twirp.", "/%74wirp", "/twirp%2f", "/twirp%20", "/./twirp", "/a/../twirp"),
)
SERVICES = (
    *("", "RoomService", "livekit.roomService", "livekit.room_service", ".RoomService"),
    *("livekit..RoomService", "livekit.RoomService.", "livekit.RoomServic%65", "livekit"),
    *("LIVEKIT.RoomService", "livekit/RoomService", "%6Civekit.RoomService", "livekit.Nope"),
    *("livekit.RoomService%20", "livekit.RoomService%00", "livekit.RoomService;a=b"),
)  # fmt: skip
NAMES = (
    *("", "Nope", "createRoom", "create_room", "CREATEROOM", "CreateRoom/", "/CreateRoom"),
    *("CreateRoom/CreateRoom", "CreateRoom?a=b", "CreateRoom?", "CreateRoo%6D", "CreateRoom%2F"),
    *("CreateRoom%20", "CreateRoom.", "CreateRoom;a", "../CreateRoom", "__init__", "_twirp"),
    *("CreateRoom%3Fa", "CreateRoom%C3%A9", "CreateRoom%FF", "CreateRoom+", "CreateRoom&"),
    *("CreateRoom%zz", "CreateRoom%", "%2e%2e/livekit.RoomService/CreateRoom"),
)  # fmt: skip
TYPES = {
    "json": ("application/json", "APPLICATION/JSON", "application/json; charset=utf-8"),
    "protobuf": ("application/protobuf", "Application/Protobuf", "application/protobuf;"),
}  # fmt: skip
SPELLINGS = ("{}", " {} ", "{};a", "{} ; charset=latin-1", "\t{}", "{}\t;")
OTHER_TYPES = (
    *("", ";", "application", "application/", "text/plain", "application/x-protobuf", "json"),
    *("application/jsonx", "application/json, text/plain", "application/vnd.a+json", "*/*"),
    *("application/ json", ";application/json", "application/json charset=utf-8"),
    *("multipart/form-data; boundary=a", "application/grpc", "application/json\u00e9"),
)  # fmt: skip
JSON_BODIES = (
    *("", " ", "null", "{}", "[]", '""', "0", "true", "{", "}", "{}{}", "{} {}", "{}x", "{}]"),
    *(" {} ", "\n{}\n", "\ufeff{}", "{},", "nullnull", "{}\0", "\0", "nul", "NaN", "{'a':1}"),
    *('{"name":1}', '{"name":"a"}', '{"name":null}', '{"nope":[{"a":[]}]}', '{"name":"\\ud800"}'),
    *('{"name":"a","name":"b"}', '{"empty_timeout":1}', '{"emptyTimeout":"1"}', '{"a":1,}'),
    *('{"empty_timeout":1,"emptyTimeout":2}', '{"empty_timeout":-1}', '{"empty_timeout":1e3}'),
    *('{"": 1}', '{"a":01}', '{"a":1e400}', '{"a":"\t"}', "//\n{}", "/**/{}", '{"a":+1}'),
    *("[" * 100, '{"a":' * 100 + "1" + "}" * 100, '{"a":' * 9000 + "1" + "}" * 9000),
)  # fmt: skip
BINARY_BODIES = (
    *(b"", b"\x00", b"\xff", b"\x0a", b"\x0a\x01", b"\x0a\x01a", b"\x0a\x01\xff", b"\x08\x01"),
    *(b"\x0b", b"\x0b\x0c", b"\x0c", b"\x0f", b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
    *(b"\x0a\x01a\x0a\x01b", b"\xfa\xff\xff\xff\x0f\x00", b"\x10" + b"\xff" * 9 + b"\x7f"),
    *(b"\x02\x01a", b"{}", b"null", b"\x0b" * 100 + b"\x0c" * 100, b"\x0b" * 9999),
)  # fmt: skip
_TRIES = 5


@dataclass(frozen=True)
class Raw:
    """A request as it is sent, and the method that it means, if it means one."""

    method: Method
    verb: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    chunked: bool = False

    def __str__(self) -> str:
        return f"{self.verb} {self.path} {self.headers} {self.body[:200]!r}"


@dataclass(frozen=True)
class Answer:
    """What a server answers, and what it has read of the request."""

    status: int
    content_type: str
    body: bytes
    seen: bytes | None

    def error(self) -> tuple[str, str]:
        """The code of an error, and the route that it does not have; both empty otherwise."""
        try:
            fields: Any = json.loads(self.body)
            route = fields.get("meta", {}).get("twirp_invalid_route", "")
            return fields["code"], route
        except (ValueError, KeyError, TypeError, AttributeError):
            return "", ""

    def message(self, method: Method) -> Any:
        """The message that was answered; of JSON, with all that is written of it."""
        if self.content_type == "application/json":
            return json.loads(self.body)
        assert method.output_type is not None
        return method.output_type.from_bytes(self.body)

    def __str__(self) -> str:
        return f"{self.status} {self.content_type} {self.body[:200]!r}"


def made(chance: random.Random) -> Raw:
    """A request that is right, but for one thing or two; sometimes for nothing."""
    form = chance.choice(("json", "protobuf"))
    wrong = chance.sample(
        ("verb", "path", "type", "body", "fault"), chance.choice((0, 1, 1, 2))
    )
    method = METHODS[0] if "path" in wrong else chance.choice(METHODS)
    right = f"/twirp/{SERVICE}/{method.name}"
    return Raw(
        method,
        chance.choice(VERBS) if "verb" in wrong else "POST",
        _path(chance) if "path" in wrong else right,
        (
            *_types(chance, form, wrong="type" in wrong),
            *_script(chance, method, wrong="fault" in wrong),
        ),
        _body(chance, form, method, wrong="body" in wrong),
        chunked=chance.random() < 0.15,
    )


def _path(chance: random.Random) -> str:
    """A path that has a wrong part, or a wrong character."""
    parts = ["/twirp", SERVICE, "CreateRoom"]
    at = chance.randrange(4)
    if at < 3:
        parts[at] = chance.choice((PREFIXES, SERVICES, NAMES)[at])
    path = "/".join(parts)
    if at == 3 or chance.random() < 0.1:
        where = chance.randrange(len(path))
        path = (
            path[:where]
            + chance.choice(("", "/", ".", "A", "%2E", "~"))
            + path[where + 1 :]
        )
    return path if path.startswith("/") else f"/{path}"


def _script(
    chance: random.Random, method: Method, *, wrong: bool
) -> Sequence[tuple[str, str]]:
    """Headers with what to answer."""
    if wrong:
        return [(FAULT, chance.choice(("none", "error")))]
    assert method.output_type is not None
    full, empty = populated(method.output_type), method.output_type()
    return [*answering(chance.choice((full, empty)).to_bytes()).items()]


def _types(
    chance: random.Random, form: str, *, wrong: bool
) -> Sequence[tuple[str, str]]:
    """Headers with the type of the body."""
    right = chance.choice(TYPES[form])
    if not wrong:
        return [("Content-Type", right)]
    kind = chance.randrange(4)
    if kind == 0:
        return []
    if kind == 1:
        return [("content-type", chance.choice(OTHER_TYPES))]
    if kind == 2:
        return [("Content-Type", chance.choice(SPELLINGS).format(right))]
    return [("Content-Type", right), ("Content-Type", chance.choice(OTHER_TYPES))]


def _body(chance: random.Random, form: str, method: Method, *, wrong: bool) -> bytes:
    assert method.input_type is not None
    message = populated(method.input_type)
    if form == "json":
        text = message.to_json(preserving_names=chance.random() < 0.5)
        if wrong and chance.random() < 0.5:
            return chance.choice(JSON_BODIES).encode("utf-8", "surrogatepass")
        if wrong:
            names = [each.proto_name for each in fields_of(method.input_type)]
            text = mutate_json.mutated(chance, text, names)
        return text.encode("utf-8", "surrogatepass")
    if wrong and chance.random() < 0.5:
        return chance.choice(BINARY_BODIES)
    data = message.to_bytes()
    if not wrong:
        return data
    mutator = Mutator(chance, fields_of)
    return mutator.mutated(method.input_type, data, data)


class Sender:
    """Sends requests to a server, each over a connection of its own."""

    def __init__(self, url: str) -> None:
        self._place = url.removeprefix("http://")

    def send(self, raw: Raw) -> Answer:
        """The answer to a request.

        One that is refused early may be lost: a server that closes before the body has come
        resets the connection, Go's too. So it is asked again.
        """
        data = self._bytes(raw)
        for _ in range(_TRIES - 1):
            with contextlib.suppress(ConnectionError):
                return self._sent(raw.verb, data)
        return self._sent(raw.verb, data)

    def _bytes(self, raw: Raw) -> bytes:
        head = [f"{raw.verb} {raw.path} HTTP/1.1", f"Host: {self._place}"]
        head += [f"{name}: {value}" for name, value in raw.headers]
        body = raw.body
        if raw.chunked:
            head.append("Transfer-Encoding: chunked")
            half = len(body) // 2
            parts = [*filter(None, (body[:half], body[half:])), b""]
            body = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in parts)
        else:
            head.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*head, "", ""]).encode("latin-1") + body

    def _sent(self, verb: str, data: bytes) -> Answer:
        host, _, port = self._place.partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            connection.sendall(data)
            answer = http.client.HTTPResponse(connection, method=verb)
            answer.begin()
            seen = answer.getheader(SEEN)
            kind = answer.getheader("Content-Type", "")
            seen_bytes = None if seen is None else from_text(seen)
            return Answer(answer.status, kind, answer.read(), seen_bytes)
