"""The services that LiveKit serves by Twirp, and how Python spells their methods."""

from __future__ import annotations

import re

SERVICES = (
    "AgentDispatchService",
    "AgentSimulation",
    "CloudAgent",
    "Connector",
    "Egress",
    "Ingress",
    "PhoneNumberService",
    "Replay",
    "RoomService",
    "SIP",
)
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """The method for an RPC, by a rule of our own: `ListSIPTrunk` is `list_sip_trunk`."""
    return _WORDS.sub("_", name).lower()
