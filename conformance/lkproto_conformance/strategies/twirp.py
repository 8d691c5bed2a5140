"""Exchanges of Twirp, as raw bytes: answers that a client may meet, and requests to a server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto import Message, Method, TwirpCode, service_of, services

from .json_texts import hostile_json
from .messages import from_message
from .scalars import texts
from .wire import hostile_wire

SERVICES = frozenset(
    "livekit." + name
    for name in (
        *(
            "AgentDispatchService",
            "AgentSimulation",
            "CloudAgent",
            "Connector",
            "Egress",
        ),
        *("Ingress", "PhoneNumberService", "Replay", "RoomService", "SIP"),
    )
)
"""The services that LiveKit offers over Twirp."""
TYPES = {"protobuf": "application/protobuf", "json": "application/json"}
_STATUSES = (
    200,
    204,
    301,
    302,
    400,
    401,
    403,
    404,
    408,
    409,
    412,
    418,
    429,
    500,
    502,
    503,
    599,
)
_HEADERS = ("Content-Type: text/html", "Location: /elsewhere", "X-New: 1", "Bad Header")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call of a method: a request that is well-formed, and the raw answer of a server."""

    service: str
    method: str
    codec: str
    request: bytes
    raw_answer: bytes
    proper: bool
    """Whether the answer is one that a server of Twirp gives."""


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An answer of HTTP to a call that failed."""

    status: int
    headers: dict[str, str]
    body: bytes


def raw_http(first: str, headers: list[str], body: bytes) -> bytes:
    """A message of HTTP/1.1 whose length is right."""
    lines = [first, *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def error_bodies() -> SearchStrategy[bytes]:
    """Bodies of errors: Twirp's, nearly Twirp's, and pages of intermediaries."""
    codes = st.sampled_from(
        [*(code.value for code in TwirpCode), "NOT_FOUND", "new", ""]
    )
    metas = st.dictionaries(texts(), texts(), max_size=2)
    proper = st.fixed_dictionaries(
        {"code": codes, "msg": texts()}, optional={"meta": metas}
    )
    values: SearchStrategy[Any] = st.sampled_from(
        [None, 1, "", [], {}, {"a": 1}, {"a": None}]
    )
    nearly = st.dictionaries(
        st.sampled_from(["code", "msg", "meta", "new"]), values | codes
    )
    pages = st.sampled_from(
        [b"", b"<html>", b"\xff", b"{", b"[]", b"null", b'{"code":']
    )
    return (proper | proper | nearly).map(
        lambda each: json.dumps(each).encode()
    ) | pages


def error_answers() -> SearchStrategy[ErrorAnswer]:
    """Answers of servers and of what is between, to calls that failed."""
    statuses = st.sampled_from([each for each in _STATUSES if each > 299])
    locations = st.sampled_from(
        [{}, {"Location": "/elsewhere"}, {"Content-Type": "text/html"}]
    )
    return st.builds(ErrorAnswer, statuses, locations, error_bodies())


def methods() -> SearchStrategy[Method]:
    """Methods of the services that LiveKit offers over Twirp."""
    found = [service_of(name) for name in services() if name in SERVICES]
    return st.sampled_from([method for service in found for method in service.methods])


def twirp_exchanges() -> SearchStrategy[Exchange]:
    """Calls of any method, with proper answers and raw hostile ones."""
    pairs = st.tuples(methods(), st.sampled_from([*TYPES]))
    return pairs.flatmap(lambda each: _exchange(each[0].service, each[0].name, each[1]))


@cache
def _exchange(service: str, name: str, codec: str) -> SearchStrategy[Exchange]:
    method = service_of(service)[name]
    requests = from_message(method.input_type).map(lambda each: each.to_bytes())
    proper = from_message(method.output_type).map(
        lambda each: raw_http(
            "HTTP/1.1 200 OK",
            [f"Content-Type: {TYPES[codec]}"],
            each.to_bytes() if codec == "protobuf" else each.to_json().encode(),
        )
    )

    def exchange(request: bytes, answer: bytes, proper: bool) -> Exchange:
        return Exchange(method.service, method.name, codec, request, answer, proper)

    hostile = raw_answers(method.output_type)
    return st.one_of(
        st.builds(exchange, requests, proper, st.just(True)),
        st.builds(exchange, requests, hostile, st.just(False)),
    )


@cache
def raw_answers(output: type[Message]) -> SearchStrategy[bytes]:
    """Raw answers that no server of Twirp should give: wrong bodies, types, lengths and lines."""

    def answer(status: int, kind: str, more: list[str], body: bytes) -> bytes:
        return raw_http(f"HTTP/1.1 {status} X", [f"Content-Type: {kind}", *more], body)

    whole = st.builds(
        answer,
        st.sampled_from(_STATUSES),
        st.sampled_from([*TYPES.values(), "text/html", ""]),
        st.lists(st.sampled_from(_HEADERS), max_size=2),
        _bodies(output) | error_bodies(),
    )
    cut = st.builds(_cut, whole, st.integers(1, 40))
    return st.one_of(whole, whole, cut, st.binary(max_size=16))


def _cut(raw: bytes, end: int) -> bytes:
    return raw[:-end]


def raw_requests(method: Method) -> SearchStrategy[bytes]:
    """Raw requests to a method of a server, proper and not."""
    verbs = st.sampled_from(["POST", "POST", "GET", "PUT"])
    path = f"/twirp/{method.service}/{method.name}"
    targets = st.sampled_from([path, path, path, "/", "/twirp/x.Y/Z", "/twirp//"])
    kinds = [*TYPES.values(), "application/json; charset=utf-8", "text/plain"]

    def request(verb: str, target: str, kind: str, body: bytes) -> bytes:
        headers = ["Host: x", f"Content-Type: {kind}", "Connection: close"]
        return raw_http(f"{verb} {target} HTTP/1.1", headers, body)

    return st.builds(
        request, verbs, targets, st.sampled_from(kinds), _bodies(method.input_type)
    )


def _bodies(cls: type[Message]) -> SearchStrategy[bytes]:
    texts = hostile_json(cls).map(lambda text: text.encode("utf-8", "replace"))
    return hostile_wire(cls) | texts
