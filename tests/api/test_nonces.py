"""Data that is sent has a nonce, by which whoever gets it twice sees that."""

from __future__ import annotations

import pytest
from lkproto.livekit import SendDataRequest

from .callers import Caller, answered, both
from .cloud import Cloud

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")


def sent(caller: Caller) -> list[bytes]:
    return [SendDataRequest.from_bytes(each.body).nonce for each in caller.requests]


@both
def test_data_has_a_nonce_of_its_own_and_the_message_of_the_caller_has_none(
    is_async: bool,
) -> None:
    caller = Caller(is_async, [answered(), answered()])
    request = SendDataRequest(room="r", data=b"hello")
    caller.call("room.send_data", request)
    caller.call("room.send_data", request)

    first, second = sent(caller)
    assert len(first) == len(second) == 16
    assert first != second
    assert request == SendDataRequest(room="r", data=b"hello")


@both
def test_a_nonce_that_is_given_is_kept(is_async: bool) -> None:
    caller = Caller(is_async, answered())
    caller.call("room.send_data", room="r", nonce=b"n" * 16)

    assert sent(caller) == [b"n" * 16]


@both
def test_all_attempts_of_a_call_have_the_same_nonce(is_async: bool) -> None:
    cloud = Cloud(is_async)
    caller = cloud.caller()
    caller.call("room.send_data", room="r", data=b"hello")
    bodies = [each.body for each in cloud.requests if each.method == "POST"]

    assert len(bodies) == 2
    assert len({SendDataRequest.from_bytes(each).nonce for each in bodies}) == 1
