"""Interceptors of clients."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import TwirpError, TwirpReply
from lkproto.http import TransportError
from lkproto.livekit import AsyncRoomServiceClient, Room, RoomServiceClient

from .callers import URL, Caller, answered, both, failed


@both
def test_the_first_interceptor_is_the_outermost(is_async: bool) -> None:
    seen: list[str] = []

    def named(name: str) -> Any:
        def after(reply: TwirpReply) -> TwirpReply:
            seen.append(f"{name} after")
            return reply

        helper = Caller(is_async, ())
        return helper.interceptor(lambda call: seen.append(f"{name} before"), after)

    caller = Caller(is_async, answered(), interceptors=[named("a"), named("b")])
    caller.call("create_room")

    assert seen == ["a before", "b before", "b after", "a after"]


@both
def test_an_interceptor_sees_the_call_and_may_change_it(is_async: bool) -> None:
    calls: list[Any] = []

    def before(call: Any) -> None:
        calls.append(call)
        call.headers["Authorization"] = "Bearer secret"
        call.request.name += "!"

    def after(reply: TwirpReply) -> TwirpReply:
        assert reply.headers["content-type"] == "application/protobuf"
        reply.message.metadata = "added"
        return reply

    helper = Caller(is_async, ())
    caller = Caller(
        is_async, answered(), interceptors=[helper.interceptor(before, after)]
    )
    room = caller.call("create_room", name="r")

    [call] = calls
    assert call.method.path == "livekit.RoomService/CreateRoom"
    assert call.time_left() <= 10
    assert call.context is None
    assert "secret" not in f"{call} {call.headers}"
    assert caller.requests[0].headers["Authorization"] == "Bearer secret"
    assert caller.requests[0].body == b"\x0a\x02r!"
    assert room == Room(sid="RM_1", name="r", metadata="added")


def test_an_interceptor_may_answer_itself_or_ask_again() -> None:
    def cached(call: Any, proceed: Any) -> Any:
        return TwirpReply(Room(name="cached"))

    def again(call: Any, proceed: Any) -> Any:
        try:
            return proceed(call)
        except TwirpError:
            call.headers["Authorization"] = "new"
            return proceed(call)

    caller = Caller(False, (), interceptors=[cached])
    assert caller.call("create_room") == Room(name="cached")
    assert caller.requests == []

    caller = Caller(False, [failed(401, "{}"), answered()], interceptors=[again])
    caller.call("create_room")
    assert [r.headers.get("Authorization") for r in caller.requests] == [None, "new"]


def test_errors_pass_through_interceptors() -> None:
    seen: list[Any] = []

    def watch(call: Any, proceed: Any) -> Any:
        try:
            return proceed(call)
        except TwirpError as error:
            seen.append(error)
            raise

    with pytest.raises(TwirpError) as caught:
        Caller(False, [TransportError("connect", False)], interceptors=[watch]).call(
            "create_room"
        )

    assert seen == [caught.value]


async def async_one(call: Any, proceed: Any) -> Any: ...


def sync_one(call: Any, proceed: Any) -> Any: ...


class AsyncCallable:
    async def __call__(self, call: Any, proceed: Any) -> Any: ...


@pytest.mark.parametrize(
    ("client", "interceptor", "told"),
    [
        (
            RoomServiceClient,
            async_one,
            "async_one is async; here it has to be plain def",
        ),
        (RoomServiceClient, AsyncCallable(), "AsyncCallable is async"),
        (AsyncRoomServiceClient, sync_one, "sync_one is sync; .* async def"),
        (RoomServiceClient, "x", "not 'x'"),
    ],
)
def test_the_wrong_kind_of_interceptor_is_refused(
    client: Any, interceptor: Any, told: str
) -> None:
    with pytest.raises(TypeError, match=told):
        client(URL, interceptors=[interceptor])


def test_an_object_with_an_async_call_is_an_async_interceptor() -> None:
    AsyncRoomServiceClient(URL, interceptors=[AsyncCallable()])
