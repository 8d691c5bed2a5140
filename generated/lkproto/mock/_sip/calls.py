# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Calls that participants of kind SIP are: placed, and answered at once.

The attributes are those that livekit-server 1.13.5 asks of a SIP service (livekit/protocol,
rpc/sip.go). Other answers of the callee are scripted.
"""

from __future__ import annotations

from ..._runtime.twirp import TwirpCode, TwirpError
from ...ids import new_guid
from ...livekit_models_pb import DisconnectReason, ParticipantInfo
from ...livekit_sip_pb import (
    SIPParticipantInfo,
    SIPTransferStatus,
    TransferSIPParticipantResponse,
)
from .._errors import MockError, invalid, missing, refusal
from .._permissions import permitted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...livekit_sip_pb import (
        CreateSIPParticipantRequest,
        SIPOutboundTrunkInfo,
        TransferSIPParticipantRequest,
    )
    from .._state import State

CALL_ID = "sip.callID"


def place(
    state: State,
    request: CreateSIPParticipantRequest,
    trunk: SIPOutboundTrunkInfo | None,
) -> SIPParticipantInfo:
    """Place a call: its participant joins the room. Holds the lock. Raises TwirpError."""
    number = request.sip_number or (trunk.numbers[0] if trunk else "")
    if not number:
        raise refusal(TwirpCode.FAILED_PRECONDITION, "no numbers on outbound trunk")
    call = new_guid("SCL_")
    identity = request.participant_identity or f"sip_{request.sip_call_to}"
    info = state.arrival(
        identity,
        name=request.participant_name,
        metadata=request.participant_metadata,
        attributes=_attributes(request, trunk, call, number),
        kind=ParticipantInfo.Kind.SIP,
        permission=permitted(),
    )
    try:
        state.admit(request.room_name, info)
    except MockError as error:
        raise TwirpError(TwirpCode.FAILED_PRECONDITION, str(error)) from None
    return SIPParticipantInfo(
        participant_id=info.sid,
        participant_identity=identity,
        room_name=request.room_name,
        sip_call_id=call,
    )


def _attributes(
    request: CreateSIPParticipantRequest,
    trunk: SIPOutboundTrunkInfo | None,
    call: str,
    number: str,
) -> dict[str, str]:
    found = {
        **request.participant_attributes,
        CALL_ID: call,
        "sip.trunkID": request.sip_trunk_id,
        "sip.callStatus": "active",
    }
    if not request.hide_phone_number:
        host = request.trunk.hostname if request.trunk else ""
        found["sip.phoneNumber"] = request.sip_call_to
        found["sip.hostname"] = trunk.address if trunk else host
        found["sip.trunkPhoneNumber"] = _with_plus(number, found["sip.hostname"])
    return found


def _with_plus(number: str, host: str) -> str:
    """Twilio takes numbers with a plus alone."""
    return f"+{number.removeprefix('+')}" if host.endswith("twilio.com") else number


def transfer(
    state: State, request: TransferSIPParticipantRequest
) -> TransferSIPParticipantResponse:
    """Transfer a call, which ends here; holds the lock. Raises TwirpError."""
    room = state.rooms.get(request.room_name)
    who = room.participants.get(request.participant_identity) if room else None
    if who is None:
        raise missing("participant does not exist")
    if CALL_ID not in who.info.attributes:
        raise invalid("no SIP session associated with participant")
    who.room.remove(who, DisconnectReason.CLIENT_INITIATED)
    return TransferSIPParticipantResponse(
        transfer_id=new_guid("STR_"), status=SIPTransferStatus.STS_TRANSFER_SUCCESSFUL
    )
