# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The services of LiveKit's API. It imports nothing: completion in a shell asks it, too."""

from __future__ import annotations

# Attribute: the module of its client, and the client's name.
SERVICES = {
    "agent_dispatch": ("livekit_agent_dispatch_twirp", "AgentDispatchServiceClient"),
    "agents": ("livekit_cloud_agent_twirp", "CloudAgentClient"),
    "connector": ("livekit_connector_twirp", "ConnectorClient"),
    "egress": ("livekit_egress_twirp", "EgressClient"),
    "ingress": ("livekit_ingress_twirp", "IngressClient"),
    "phone_numbers": ("livekit_phone_number_twirp", "PhoneNumberServiceClient"),
    "replay": ("cloud_replay_twirp", "ReplayClient"),
    "room": ("livekit_room_twirp", "RoomServiceClient"),
    "simulations": ("livekit_agent_simulation_twirp", "AgentSimulationClient"),
    "sip": ("livekit_sip_twirp", "SIPClient"),
}
# Full proto name of a service: its attribute.
ATTRIBUTES = {
    f"livekit.{client.removesuffix('Client')}": attribute
    for attribute, (_, client) in SERVICES.items()
}
