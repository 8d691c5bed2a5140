# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What LiveKit's servers make of errors of psrpc, gRPC and SIP, as errors of Twirp.

As livekit/protocol v1.54.0 has it (utils/xtwirp/errors.go, livekit/sip.go) with psrpc v0.7.1; the
vectors of the conformance suite, which come from executing these, check the tables.
"""

from __future__ import annotations

from ._runtime.twirp import TwirpCode, TwirpError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Self

    from ._runtime.message import Message
    from .livekit_sip_pb import SIPStatusCode, SIPTransferReason

__all__ = [
    "SipCallError",
    "twirp_error_from_grpc",
    "twirp_error_from_psrpc",
    "twirp_error_from_sip_status",
]

_CODE, _TEXT, _DETAILS = "sip_status_code", "sip_status", "error_details"
_REASON, _TRANSFER = "sip_transfer_reason", "sip_transfer_id"

# The codes of gRPC, from 1, which Twirp has under the same names; 0 is success.
_GRPC = (
    TwirpCode.CANCELED,
    TwirpCode.UNKNOWN,
    TwirpCode.INVALID_ARGUMENT,
    TwirpCode.DEADLINE_EXCEEDED,
    TwirpCode.NOT_FOUND,
    TwirpCode.ALREADY_EXISTS,
    TwirpCode.PERMISSION_DENIED,
    TwirpCode.RESOURCE_EXHAUSTED,
    TwirpCode.FAILED_PRECONDITION,
    TwirpCode.ABORTED,
    TwirpCode.OUT_OF_RANGE,
    TwirpCode.UNIMPLEMENTED,
    TwirpCode.INTERNAL,
    TwirpCode.UNAVAILABLE,
    TwirpCode.DATA_LOSS,
    TwirpCode.UNAUTHENTICATED,
)
# Codes of psrpc that gRPC does not have; it has the others under the same names.
_PSRPC = {
    "malformed_request": TwirpCode.INVALID_ARGUMENT,
    "malformed_result": TwirpCode.INTERNAL,
    "upstream_server_error": TwirpCode.INTERNAL,
    "upstream_client_error": TwirpCode.INVALID_ARGUMENT,
}
# Statuses of SIP that have another code than their hundred.
_SIP = {
    TwirpCode.NOT_FOUND: (301, 302, 404, 410, 481, 604),
    TwirpCode.PERMISSION_DENIED: (401, 402, 403, 433, 470, 603, 607, 608),
    TwirpCode.UNAUTHENTICATED: (407, 428, 436, 437, 438, 494),
    TwirpCode.DEADLINE_EXCEEDED: (408, 504),
    TwirpCode.FAILED_PRECONDITION: (409, 412, 480, 482, 483, 486),
    TwirpCode.OUT_OF_RANGE: (416,),
    TwirpCode.RESOURCE_EXHAUSTED: (440, 600),
    TwirpCode.ABORTED: (487, 491),
    TwirpCode.INVALID_ARGUMENT: (505, 513),
}
_OF_SIP = {status: code for code, found in _SIP.items() for status in found}
_OF_HUNDREDS = {
    3: TwirpCode.INVALID_ARGUMENT,
    4: TwirpCode.INVALID_ARGUMENT,
    5: TwirpCode.FAILED_PRECONDITION,
    6: TwirpCode.INVALID_ARGUMENT,
}


def twirp_error_from_grpc(code: int, msg: str = "") -> TwirpError:
    """The error that a LiveKit server answers with for an error of gRPC with this number.

    The text is the one that Go prints. Raises ValueError for 0, which is success.
    """
    if code == 0:
        raise ValueError("the code 0 of gRPC is success, not an error")
    found, name = TwirpCode.UNKNOWN, f"Code({code})"
    if 0 < code <= len(_GRPC):
        found = _GRPC[code - 1]
        name = found.title().replace("_", "")  # as Go names it
    return TwirpError(found, f"rpc error: code = {name} desc = {msg}")


def twirp_error_from_psrpc(code: str, msg: str = "") -> TwirpError:
    """The error that a LiveKit server answers with for an error of psrpc, such as `not_found`."""
    found = _PSRPC.get(code, code)
    return TwirpError(found if found in _GRPC else TwirpCode.UNKNOWN, msg)


def twirp_error_from_sip_status(
    code: SIPStatusCode | int, status: str = ""
) -> SipCallError:
    """The error that a LiveKit server answers with when a call ends with a status of SIP.

    `status` is the text that the other side sent. Raises ValueError for a status of success.
    """
    from base64 import b64encode

    from ._rpc_status import status_bytes
    from .livekit_sip_pb import SIPStatus, SIPStatusCode

    if 200 <= code < 300:
        raise ValueError(f"the status {int(code)} of SIP is success, not an error")
    number, name = int(code), SIPStatusCode(code).name
    found = _OF_SIP.get(number) or _OF_HUNDREDS.get(number // 100, TwirpCode.UNKNOWN)
    short = name.removeprefix("SIP_STATUS_")
    told = f"{number}: {status}" if status else f"{number} ({short})"
    detail = SIPStatus(code=SIPStatusCode(code), status=status)
    text = f"sip status {number}: {status or short}"
    data = status_bytes(_GRPC.index(found) + 1, text, detail)
    meta = {_CODE: str(number), _TEXT: status or name}
    meta[_DETAILS] = b64encode(data).decode()
    return SipCallError(found, f"sip status: {told}", meta)


class SipCallError(TwirpError):
    """A call or a transfer that ended with a status of SIP, or for a reason of its own.

    `SipCallError.of(error)` makes it of the error that a client raised, if that says so in its
    `meta`. An answer like this is final: the phone has rung.
    """

    @classmethod
    def of(cls, error: TwirpError) -> Self | None:
        """An error with what it says about a call; None if it says nothing."""
        if not {_CODE, _REASON} & error.meta.keys():
            return None
        found = cls(error.code, error.msg, error.meta)
        found.__dict__.update(error.__dict__)
        found.__cause__ = error.__cause__
        return found

    @property
    def is_refusal(self) -> bool:
        """False: it is the other side that declined, whatever the caller's token grants."""
        return False

    @property
    def sip_status_code(self) -> SIPStatusCode | None:
        """The status that the other side sent, such as 486; None if it sent none."""
        from .livekit_sip_pb import SIPStatusCode

        text = self.meta.get(_CODE, "")
        digits = text.removeprefix("-")
        number = int(text) if digits.isascii() and digits.isdecimal() else 0
        return SIPStatusCode(number) if number and abs(number) < 1 << 31 else None

    @property
    def sip_status(self) -> str:
        """The text of the status, such as `Busy Here`; empty if there is none."""
        return self.meta.get(_TEXT, "")

    @property
    def transfer_reason(self) -> SIPTransferReason | None:
        """Why a transfer ended; None if it was not a transfer, or the reason is not known."""
        from .livekit_sip_pb import SIPTransferReason

        return SIPTransferReason.__members__.get(self.meta.get(_REASON, ""))

    @property
    def transfer_id(self) -> str:
        """LiveKit's id of a transfer; empty if it was not one."""
        return self.meta.get(_TRANSFER, "")

    @property
    def details(self) -> tuple[Message, ...]:
        """The messages that the error carries, such as `SIPStatus` or `SIPTransferError`.

        One of a type that this package does not have is a `google.protobuf.Any`. Details that
        cannot be read are none.
        """
        from base64 import b64decode

        from ._rpc_status import details_in
        from ._runtime.errors import DecodeError

        try:
            return details_in(b64decode(self.meta.get(_DETAILS, ""), validate=True))
        except (DecodeError, ValueError):
            return ()
