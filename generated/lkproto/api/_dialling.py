# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Calls that last until somebody answers a phone need more time than that rings.

As livekit-api 1.2.2 (_dial_timeout.py) and server-sdk-go (sipclient.go).
"""

from __future__ import annotations

from ..google.protobuf.duration_pb import Duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.twirp import TwirpCall

RINGING = 30
"""Seconds that a phone rings where a request does not say it: what the server takes."""
MARGIN = 2.0
"""Seconds that a call lasts longer than the phone rings."""
# Nobody rings longer, and systems have a limit for what a socket can wait.
_DAY = 86_400.0
# Methods that dial, and whether a request of theirs says if it waits.
_DIALLING = {
    "livekit.Connector/AcceptWhatsAppCall": True,
    "livekit.SIP/CreateSIPParticipant": True,
    "livekit.SIP/TransferSIPParticipant": False,
}


def dial_time(call: TwirpCall) -> float:
    """The least seconds that a call needs if it waits for a phone, else 0.

    The time that the phone rings is then sent, in a copy of the request, because the call's own
    depends on it.
    """
    may_not_wait = _DIALLING.get(call.method.path)
    if may_not_wait is None or (may_not_wait and not call.request.wait_until_answered):
        return 0.0
    ringing: Any = call.request.ringing_timeout
    if ringing is None:
        from .._runtime.message import replace

        ringing = Duration(seconds=RINGING)
        call.request = replace(call.request, ringing_timeout=ringing)
    seconds: float = ringing.seconds + ringing.nanos / 1e9
    return min(max(seconds, 0.0), _DAY) + MARGIN
