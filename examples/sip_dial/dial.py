"""Call a phone, wait until somebody answers, and transfer the call if asked to.

    python dial.py +15550123 --trunk ST_… --room demo --transfer-to +15550199

The URL, key and secret come from LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET.
"""

import argparse
import sys

from lkproto import TwirpError
from lkproto.api import LiveKitAPI
from lkproto.call_errors import SipCallError
from lkproto.google.protobuf import Duration
from lkproto.livekit import SIPStatusCode, SIPTransferStatus

NOT_ANSWERED = {
    SIPStatusCode.SIP_STATUS_BUSY_HERE: "is busy",
    SIPStatusCode.SIP_STATUS_GLOBAL_BUSY_EVERYWHERE: "is busy",
    SIPStatusCode.SIP_STATUS_GLOBAL_DECLINE: "declined the call",
    SIPStatusCode.SIP_STATUS_REQUEST_TIMEOUT: "did not answer",
    SIPStatusCode.SIP_STATUS_TEMPORARILY_UNAVAILABLE: "did not answer",
    SIPStatusCode.SIP_STATUS_REQUEST_TERMINATED: "did not answer",
}


def dial(livekit: LiveKitAPI, phone: str, trunk: str, room: str) -> str:
    """Call a phone; the identity of who answered. Raises SipCallError if nobody did."""
    called = livekit.sip.create_sip_participant(
        sip_trunk_id=trunk,
        sip_call_to=phone,
        room_name=room,
        participant_identity=f"phone-{phone}",
        ringing_timeout=Duration(seconds=20),
        wait_until_answered=True,
    )
    return called.participant_identity


def transfer(livekit: LiveKitAPI, room: str, identity: str, phone: str) -> bool:
    """Give the call of a participant to another phone; whether that took it."""
    answer = livekit.sip.transfer_sip_participant(
        room_name=room, participant_identity=identity, transfer_to=f"tel:{phone}"
    )
    return answer.status == SIPTransferStatus.STS_TRANSFER_SUCCESSFUL


def reason(error: SipCallError) -> str:
    """Why nobody answered, for people."""
    known = NOT_ANSWERED.get(error.sip_status_code or SIPStatusCode(0))
    return known or f"was not reached: {error.sip_status}"


def run(livekit: LiveKitAPI, arguments: argparse.Namespace) -> int:
    """Call, and transfer; the exit code."""
    phone, room = arguments.phone, arguments.room
    try:
        identity = dial(livekit, phone, arguments.trunk, room)
        print(f"{phone} answered, and is {identity} in {room}")
        phone = arguments.transfer_to
        if phone and not transfer(livekit, room, identity, phone):
            print(f"{phone} did not take the call")
            return 1
    except SipCallError as error:
        print(f"{phone} {reason(error)}")
        return 1
    except TwirpError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if phone:
        print(f"{phone} took the call")
    return 0


def main() -> int:
    """Take everything from the command line and the environment."""
    parser = argparse.ArgumentParser(description="Call a phone.")
    parser.add_argument("phone", help="number to call")
    parser.add_argument("--trunk", required=True, help="id of the trunk")
    parser.add_argument("--room", default="demo", help="room for the call")
    parser.add_argument("--transfer-to", help="number that gets the call")
    arguments = parser.parse_args()
    with LiveKitAPI() as livekit:
        return run(livekit, arguments)


if __name__ == "__main__":
    sys.exit(main())
