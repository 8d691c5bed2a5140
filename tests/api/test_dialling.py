"""Calls that wait until a phone is answered."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.call_errors import SipCallError
from lkproto.google.protobuf import Duration
from lkproto.http import Response, TransportError
from lkproto.livekit import (
    AcceptWhatsAppCallRequest,
    CreateSIPParticipantRequest,
    TransferSIPParticipantRequest,
)

from .callers import Caller, answered, both, failed
from .cloud import HOME, LOST, UNAVAILABLE, Cloud

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")
DIALLING = [
    (
        "sip.create_sip_participant",
        CreateSIPParticipantRequest(room_name="r", wait_until_answered=True),
    ),
    ("sip.transfer_sip_participant", TransferSIPParticipantRequest(room_name="r")),
    (
        "connector.accept_whats_app_call",
        AcceptWhatsAppCallRequest(room_name="r", wait_until_answered=True),
    ),
]
dialling = pytest.mark.parametrize(
    ("name", "request_"), DIALLING, ids=["create", "transfer", "whatsapp"]
)
BUSY = (
    '{"code":"failed_precondition","msg":"sip status: 486: Busy Here","meta":'
    '{"sip_status_code":"486","sip_status":"Busy Here"}}'
)


def seconds(caller: Caller) -> float:
    """The time of the last request, in seconds."""
    return int(caller.requests[-1].headers["X-Twirp-Timeout-Ms"]) / 1000


@both
@dialling
def test_a_call_lasts_longer_than_a_phone_rings(
    is_async: bool, name: str, request_: Any
) -> None:
    caller = Caller(is_async, answered())
    caller.call(name, request_)

    assert 31 < seconds(caller) <= 32
    sent = type(request_).from_bytes(caller.requests[0].body)
    assert sent.ringing_timeout == Duration(seconds=30)


@dialling
def test_the_request_of_the_user_stays_as_it_was(name: str, request_: Any) -> None:
    before = request_.to_bytes()
    Caller(False, answered()).call(name, request_)

    assert request_.ringing_timeout is None
    assert request_.to_bytes() == before


@dialling
@pytest.mark.parametrize(
    ("ringing", "least"),
    [
        (Duration(seconds=60), 62),
        (Duration(seconds=80, nanos=500_000_000), 82.5),
        (Duration(seconds=10), 12),
        (Duration(), 10),
        (Duration(seconds=-5), 10),
        (Duration(seconds=10**11), 86_402),
    ],
)
def test_the_time_that_a_request_says_counts(
    name: str, request_: Any, ringing: Duration, least: float
) -> None:
    caller = Caller(False, answered())
    cls = type(request_)
    request = cls.from_bytes(request_.to_bytes())
    request.ringing_timeout = ringing
    caller.call(name, request)

    assert least - 1 < seconds(caller) <= least
    assert cls.from_bytes(caller.requests[0].body) == request


@dialling
def test_a_longer_time_is_kept_and_a_shorter_one_is_not(
    name: str, request_: Any
) -> None:
    caller = Caller(False, answered(), timeout=100)
    caller.call(name, request_)
    assert 99 < seconds(caller) <= 100

    caller.call(name, request_, call=CallOptions(timeout=3))
    assert 31 < seconds(caller) <= 32
    caller.call(name, request_, call=CallOptions(timeout=200))
    assert 199 < seconds(caller) <= 200


def test_what_does_not_wait_has_the_usual_time_and_is_sent_as_it_is() -> None:
    caller = Caller(False, answered())
    for name, request in (
        ("sip.create_sip_participant", CreateSIPParticipantRequest(room_name="r")),
        ("connector.accept_whats_app_call", AcceptWhatsAppCallRequest(room_name="r")),
    ):
        caller.call(name, request)
        assert caller.requests[-1].body == request.to_bytes()
        assert 9 < seconds(caller) <= 10
    caller.call("connector.dial_whats_app_call", room_name="r")
    assert 9 < seconds(caller) <= 10


@both
def test_a_status_of_sip_is_an_error_with_it(is_async: bool) -> None:
    caller = Caller(is_async, failed(412, BUSY))
    with pytest.raises(SipCallError) as caught:
        caller.call(*DIALLING[0])

    assert caught.value.sip_status_code == 486
    assert caught.value.sip_status == "Busy Here"
    assert caught.value.status == 412
    assert isinstance(caught.value, TwirpError)
    assert caught.value.__context__ is None


@both
@pytest.mark.parametrize("status", [412, 500, 503])
def test_a_phone_that_was_dialled_is_not_dialled_again(
    is_async: bool, status: int
) -> None:
    cloud = Cloud(is_async, a=failed(status, BUSY))
    with pytest.raises(SipCallError):
        cloud.caller().call(*DIALLING[0])

    assert cloud.asked == [HOME]


@pytest.mark.parametrize(
    "answer", [LOST, TransportError("timeout", True), Response(502), Response(504)]
)
def test_a_phone_that_may_ring_is_not_dialled_again(answer: Any) -> None:
    for name, request in DIALLING:
        cloud = Cloud(a=answer)
        with pytest.raises(TwirpError):
            cloud.caller().call(name, request)
        assert cloud.asked == [HOME]


@pytest.mark.parametrize("answer", [UNAVAILABLE, TransportError("connect", False)])
def test_a_call_that_nobody_took_goes_to_the_next_region(answer: Any) -> None:
    cloud = Cloud(a=answer)
    cloud.caller(timeout=1).call(*DIALLING[0])

    assert cloud.asked == [HOME, "GET", "b.livekit.cloud"]
    times = [each.timeout for each in cloud.requests if each.method == "POST"]
    assert min(times) > 31
