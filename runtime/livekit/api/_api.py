# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""LiveKit's server API, for threads."""

from __future__ import annotations

from .._runtime.twirp import Client
from ._base import Base
from ._calls import Preparation, sync
from ._connections import Connections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .._runtime.http import Transport
    from ..cloud_replay_twirp import ReplayClient
    from ..livekit_agent_dispatch_twirp import AgentDispatchServiceClient
    from ..livekit_agent_simulation_twirp import AgentSimulationClient
    from ..livekit_cloud_agent_twirp import CloudAgentClient
    from ..livekit_connector_twirp import ConnectorClient
    from ..livekit_egress_twirp import EgressClient
    from ..livekit_ingress_twirp import IngressClient
    from ..livekit_phone_number_twirp import PhoneNumberServiceClient
    from ..livekit_room_twirp import RoomServiceClient
    from ..livekit_sip_twirp import SIPClient

_FACE = __name__.rpartition(".")[0]


class LiveKitAPI(Base):
    """All services of a LiveKit server. Threads may share it, and it can be made before a fork."""

    __module__ = _FACE

    _client = Client

    if TYPE_CHECKING:
        agent_dispatch: AgentDispatchServiceClient
        agents: CloudAgentClient
        connector: ConnectorClient
        egress: EgressClient
        ingress: IngressClient
        phone_numbers: PhoneNumberServiceClient
        replay: ReplayClient
        room: RoomServiceClient
        simulations: AgentSimulationClient
        sip: SIPClient

    def _connections(self) -> Connections:
        return Connections()

    def _livekit(self, preparation: Preparation, transport: Transport) -> Any:
        return sync(preparation, transport)

    def close(self) -> None:
        """Close the connections that were opened; a transport that was given stays open."""
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
