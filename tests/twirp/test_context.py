"""What methods know of their calls, and the headers that they send."""

from __future__ import annotations

import time
from typing import Any

import pytest
from lkproto import TwirpContext
from lkproto.livekit import Room

from .serving import PATH, PROTOBUF, Doing, Rooms, Serving


def test_one_for_tests() -> None:
    context = TwirpContext(headers={"Authorization": "Bearer t"})
    room = Rooms().create_room(_request(), context)

    assert room.name == "r"
    assert context.headers["authorization"] == "Bearer t"
    assert context.response_headers["x-asked"] == "r"
    assert context.time_left() is None
    assert (context.path, context.service, context.method) == ("", "", None)


def _request() -> Any:
    from lkproto.livekit import CreateRoomRequest

    return CreateRoomRequest(name="r")


def test_the_time_that_is_left() -> None:
    left = TwirpContext(deadline=time.monotonic() + 5).time_left()

    assert left is not None
    assert 4 < left <= 5


def test_headers_of_the_answer() -> None:
    headers = TwirpContext().response_headers
    headers["X-One"] = "1"
    headers["x-one"] = "2"
    headers.add("Set-Cookie", "a=1")
    headers.add("set-cookie", "b=2")

    assert headers == {"x-one": "2", "Set-Cookie": "a=1"}
    assert headers["SET-COOKIE"] == "a=1"
    assert headers.pairs() == [
        ("x-one", "2"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]
    assert repr(headers) == "<ResponseHeaders x-one, Set-Cookie>"
    del headers["X-ONE"]
    assert [*headers] == ["Set-Cookie"]
    assert len(headers) == 1


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("X\r\nSet-Cookie", "a", "cannot be the name"),
        ("", "a", "cannot be the name"),
        ("X Y", "a", "cannot be the name"),
        ("X:", "a", "cannot be the name"),
        ("Ä", "a", "cannot be the name"),
        ("X\n", "a", "cannot be the name"),
        ("X", "a\r\nSet-Cookie: b", "characters"),
        ("X", "a\n", "characters"),
        ("X", "a\0", "characters"),
        ("X", "\N{SNOWMAN}", "characters"),
        ("X", "\x7f", "characters"),
        ("X", "a\tb", "characters"),
        ("X", " a", "characters"),
        ("X", "a ", "characters"),
        ("Content-Type", "text/html", "belongs to the server"),
        ("content-length", "0", "belongs to the server"),
        ("Transfer-Encoding", "chunked", "belongs to the server"),
        ("Connection", "close", "belongs to the server"),
    ],
)
def test_headers_that_cannot_be(name: str, value: str, told: str) -> None:
    headers = TwirpContext().response_headers
    with pytest.raises(ValueError, match=told) as caught:
        headers[name] = value
    with pytest.raises(ValueError, match=told):
        headers.add(name, value)

    assert not headers
    assert value not in str(caught.value) or len(value) < 3


def test_several_values_are_sent(serving: Serving) -> None:
    def method(_: object, context: TwirpContext) -> Room:
        context.response_headers.add("X-Latin", "caf\xe9")
        context.response_headers.add("X-Space", "a b")
        context.response_headers.add("X-Empty", "")
        return Room()

    answer = serving.ask(serving.app(Doing(method)))

    assert answer.headers["x-latin"] == "caf\xe9"
    assert answer.headers["x-space"] == "a b"
    assert answer.headers["x-empty"] == ""


def test_a_wrong_header_is_an_internal_error(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    def method(_: object, context: TwirpContext) -> Room:
        context.response_headers["X"] = "a\r\nSet-Cookie: b"
        return Room()

    answer = serving.ask(serving.app(Doing(method)))

    assert answer.json == {"code": "internal", "msg": "internal service error"}
    assert "the value of header X" in caplog.text


def test_headers_of_the_request(serving: Serving) -> None:
    seen: list[TwirpContext] = []

    def method(_: object, context: TwirpContext) -> Room:
        seen.append(context)
        return Room()

    headers = ("Content-Type", PROTOBUF), ("X-Some_Thing", "caf\xe9")
    serving.ask(serving.app(Doing(method)), PATH, *headers)

    [context] = seen
    assert context.headers["content-type"] == PROTOBUF
    assert "caf\xe9" in context.headers.values()
    assert context.scope  # of ASGI, or the environment of WSGI
    assert "caf\xe9" not in repr(context.headers)
