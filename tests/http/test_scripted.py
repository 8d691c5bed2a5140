"""The transports for users' tests."""

from __future__ import annotations

import asyncio

import pytest
from lkproto.http import (
    AsyncScriptedTransport,
    Request,
    Response,
    ScriptedTransport,
    TransportError,
)

REQUEST = Request("POST", "http://user:secret@host/path?secret", {"A": "1"}, b"x")


def test_answers_come_in_their_order_and_requests_are_kept() -> None:
    with ScriptedTransport(
        [Response(204), TransportError("timeout", True, status=201)]
    ) as transport:
        transport.add(lambda request: Response(200, {}, request.body))

        assert transport.send(REQUEST).status == 204
        with pytest.raises(TransportError) as caught:
            transport.send(REQUEST)
        assert caught.value.status == 201
        assert transport.send(REQUEST).body == b"x"
        assert transport.requests == [REQUEST] * 3
        assert not transport.closed
    assert transport.closed


def test_a_single_answer_is_for_all() -> None:
    transport = ScriptedTransport(Response(503))

    assert [transport.send(REQUEST).status for _ in range(3)] == [503] * 3


def test_a_single_function_answers_all() -> None:
    transport = ScriptedTransport(lambda request: Response(len(request.body)))

    assert [transport.send(REQUEST).status for _ in range(3)] == [1] * 3


def test_added_answers_come_before_the_one_for_all() -> None:
    transport = ScriptedTransport(Response(200))
    transport.add(Response(429))

    assert [transport.send(REQUEST).status for _ in range(2)] == [429, 200]


def test_a_request_too_many_is_a_failure_of_the_test() -> None:
    transport = ScriptedTransport([Response()])
    transport.send(REQUEST)

    with pytest.raises(AssertionError, match=r"no answer for request 2: POST$"):
        transport.send(REQUEST)


def test_the_async_one_takes_coroutine_functions() -> None:
    async def later(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(201, {}, request.body)

    async def run() -> list[int]:
        script = [Response(204), later, lambda _: Response(200)]
        async with AsyncScriptedTransport(script) as transport:
            found = [(await transport.send(REQUEST)).status for _ in range(3)]
            with pytest.raises(AssertionError):
                await transport.send(REQUEST)
        assert transport.closed
        assert transport.requests == [REQUEST] * 4
        return found

    assert asyncio.run(run()) == [204, 201, 200]
