"""What LiveKit's servers make of errors of psrpc, gRPC and SIP, by the executed vectors."""

from __future__ import annotations

import pickle
from base64 import b64encode
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.call_errors import (
    SipCallError,
    twirp_error_from_grpc,
    twirp_error_from_psrpc,
    twirp_error_from_sip_status,
)
from lkproto.google.protobuf import Any as AnyMessage
from lkproto.livekit_sip_pb import (
    SIPStatus,
    SIPStatusCode,
    SIPTransferError,
    SIPTransferReason,
)
from lkproto_conformance.vectors import load, vectors_folder

VECTORS = [each for each in load(vectors_folder()).vectors if each.result == "valid"]
MAPPED = [each for each in VECTORS if each.op == "twirp.map_error"]
SIP = [each for each in VECTORS if each.op == "twirp.sip_status"]


def executed(args: dict[str, Any]) -> TwirpError:
    if args["source"] == "grpc":
        return twirp_error_from_grpc(args["code"], args["msg"])
    return twirp_error_from_psrpc(args["code"], args["msg"])


def transfer(*details: Any, **meta: str) -> SipCallError:
    """The error of a transfer, as a client raises it."""
    packed = b"".join(
        b"\x1a" + bytes([len(each)]) + each
        for each in (AnyMessage.pack(detail).to_bytes() for detail in details)
    )
    if details:
        meta["error_details"] = b64encode(b"\x08\x09\x12\x01x" + packed).decode()
    found = SipCallError.of(TwirpError("failed_precondition", "x", meta))
    assert found is not None
    return found


def test_psrpc_and_grpc_are_mapped_as_the_reference_does() -> None:
    assert len(MAPPED) > 50
    for vector in MAPPED:
        error = executed(vector.args)
        got = {
            "code": error.code,
            "http_status": error.code.http_status,
            "msg": error.msg,
        }

        assert got == vector.expect, vector.id


def test_statuses_of_sip_are_mapped_as_the_reference_does() -> None:
    assert {each.args["code"] for each in SIP} > {
        int(each) for each in SIPStatusCode if not 200 <= each < 300
    }
    for vector in SIP:
        error = twirp_error_from_sip_status(**vector.args)

        assert {"code": error.code, "meta": error.meta} == vector.expect, vector.id


def test_the_text_is_that_of_the_reference() -> None:
    busy = SIPStatusCode.SIP_STATUS_BUSY_HERE

    assert twirp_error_from_sip_status(busy, "Busy").msg == "sip status: 486: Busy"
    assert twirp_error_from_sip_status(486).msg == "sip status: 486 (BUSY_HERE)"
    assert twirp_error_from_sip_status(499).msg == "sip status: 499 (499)"


def test_success_is_not_an_error() -> None:
    for code in (200, 202, 204, 299):
        with pytest.raises(ValueError, match=f"{code} of SIP is success"):
            twirp_error_from_sip_status(code)
    with pytest.raises(ValueError, match="0 of gRPC is success"):
        twirp_error_from_grpc(0)


def test_an_error_of_a_call_has_its_status_typed() -> None:
    told = twirp_error_from_sip_status(486, "Busy Here")
    raised = TwirpError(told.code, told.msg, told.meta, status=412)
    raised.service, raised.request_id = "livekit.SIP", "id"
    raised.__cause__ = OSError("x")

    error = SipCallError.of(raised)

    assert isinstance(error, SipCallError)
    assert error.sip_status_code is SIPStatusCode.SIP_STATUS_BUSY_HERE
    assert error.sip_status == "Busy Here"
    assert error.details == (SIPStatus(code=error.sip_status_code, status="Busy Here"),)
    assert (error.transfer_reason, error.transfer_id) == (None, "")
    assert (error.status, error.service, error.request_id) == (412, "livekit.SIP", "id")
    assert error.__cause__ is raised.__cause__
    assert error.code is TwirpCode.FAILED_PRECONDITION
    assert str(error) == str(raised)


def test_an_error_of_a_transfer_has_its_reason() -> None:
    detail = SIPTransferError(
        transfer_id="STR_x",
        reason=SIPTransferReason.STR_REJECTED,
        sip_status=SIPStatus(code=SIPStatusCode.SIP_STATUS_GLOBAL_DECLINE),
    )
    error = transfer(
        detail,
        sip_transfer_reason="STR_REJECTED",
        sip_transfer_id="STR_x",
        sip_status_code="603",
    )

    assert error.transfer_reason is SIPTransferReason.STR_REJECTED
    assert error.transfer_id == "STR_x"
    assert error.sip_status_code == 603
    assert error.details == (detail,)


def test_a_transfer_may_fail_without_a_status() -> None:
    error = transfer(sip_transfer_reason="STR_CALL_ENDED")

    assert error.transfer_reason is SIPTransferReason.STR_CALL_ENDED
    assert error.sip_status_code is None
    assert (error.sip_status, error.details) == ("", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("499", 499),
        ("-1", -1),
        ("0", None),
        ("", None),
        ("Busy", None),
        ("4.86", None),
        ("٤٨٦", None),
        ("--1", None),
        ("99999999999", None),
    ],
)
def test_a_status_is_a_number(text: str, code: int | None) -> None:
    assert transfer(sip_status_code=text).sip_status_code == code


def test_a_reason_that_is_not_known_is_none() -> None:
    assert transfer(sip_transfer_reason="STR_OF_TOMORROW").transfer_reason is None


def test_other_errors_are_not_of_calls() -> None:
    assert SipCallError.of(TwirpError("not_found", "x", {"a": "1"})) is None


def test_details_of_other_packages_stay_packed() -> None:
    foreign = b"\x0a\x05x/y.Z\x12\x01\x08"
    status = b"\x08\x09" + b"\x1a" + bytes([len(foreign)]) + foreign
    meta = {"error_details": b64encode(status).decode(), "sip_status_code": "486"}

    error = SipCallError.of(TwirpError("internal", "x", meta))

    assert error is not None
    assert error.details == (AnyMessage(type_url="x/y.Z", value=b"\x08"),)


@pytest.mark.parametrize("data", ["", "?", "!!!!", b64encode(b"\x1a\x7f").decode()])
def test_details_that_cannot_be_read_are_none(data: str) -> None:
    assert transfer(sip_status_code="486", error_details=data).details == ()


def test_it_can_be_pickled() -> None:
    error = twirp_error_from_sip_status(486, "Busy Here")
    error.service = "livekit.SIP"

    copy = pickle.loads(pickle.dumps(error))

    assert isinstance(copy, SipCallError)
    assert copy.sip_status_code == 486
    assert (copy.service, copy.meta) == ("livekit.SIP", error.meta)


def test_a_callee_that_declines_does_not_look_like_a_grant_that_is_missing() -> None:
    error = TwirpError("permission_denied", "declined", {"sip_status_code": "603"})
    error.needs = error.has = "sip.call"

    declined = SipCallError.of(error)

    assert declined is not None
    assert not declined.is_refusal
    assert str(declined) == "permission_denied: declined"
    assert str(error).endswith(
        "it needs the grant sip.call; the call's token has sip.call"
    )
