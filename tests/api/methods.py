"""The methods of LiveKit's API, by the attributes that have them, and requests for them."""

from __future__ import annotations

from typing import Any

from lkproto import Method, fields_of, service_of
from lkproto.google.protobuf import Duration
from vectorgen.populate import populated

ATTRIBUTES = {
    "livekit.AgentDispatchService": "agent_dispatch",
    "livekit.AgentSimulation": "simulations",
    "livekit.CloudAgent": "agents",
    "livekit.Connector": "connector",
    "livekit.Egress": "egress",
    "livekit.Ingress": "ingress",
    "livekit.PhoneNumberService": "phone_numbers",
    "livekit.Replay": "replay",
    "livekit.RoomService": "room",
    "livekit.SIP": "sip",
}
METHODS = [method for name in ATTRIBUTES for method in service_of(name).methods]


def method_of(api: Any, method: Method) -> Any:
    """The function of an API that calls a method."""
    return getattr(getattr(api, ATTRIBUTES[method.service]), method.python_name)


def full_request(method: Method) -> Any:
    """A request with every field set; who rings does so for a usual time."""
    request: Any = populated(method.input_type)
    for field in fields_of(method.input_type):
        if field.name == "ringing_timeout":
            request.ringing_timeout = Duration(seconds=20)
    return request
