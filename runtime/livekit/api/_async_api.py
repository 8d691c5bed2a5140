# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""LiveKit's server API, for asyncio."""

from __future__ import annotations

from .._runtime.twirp import AsyncClient
from ._base import Base
from ._calls import Preparation, for_asyncio
from ._connections import AsyncConnections

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from .._runtime.http import AsyncTransport
    from ..cloud_replay_twirp import AsyncReplayClient
    from ..livekit_agent_dispatch_twirp import AsyncAgentDispatchServiceClient
    from ..livekit_agent_simulation_twirp import AsyncAgentSimulationClient
    from ..livekit_cloud_agent_twirp import AsyncCloudAgentClient
    from ..livekit_connector_twirp import AsyncConnectorClient
    from ..livekit_egress_twirp import AsyncEgressClient
    from ..livekit_ingress_twirp import AsyncIngressClient
    from ..livekit_phone_number_twirp import AsyncPhoneNumberServiceClient
    from ..livekit_room_twirp import AsyncRoomServiceClient
    from ..livekit_sip_twirp import AsyncSIPClient

_FACE = __name__.rpartition(".")[0]


class AsyncLiveKitAPI(Base):
    """All services of a LiveKit server, for asyncio; its settings are those of `LiveKitAPI`."""

    __module__ = _FACE
    _prefix = "Async"

    _client = AsyncClient

    if TYPE_CHECKING:
        agent_dispatch: AsyncAgentDispatchServiceClient
        agents: AsyncCloudAgentClient
        connector: AsyncConnectorClient
        egress: AsyncEgressClient
        ingress: AsyncIngressClient
        phone_numbers: AsyncPhoneNumberServiceClient
        replay: AsyncReplayClient
        room: AsyncRoomServiceClient
        simulations: AsyncAgentSimulationClient
        sip: AsyncSIPClient

    def _connections(self) -> AsyncConnections:
        return AsyncConnections()

    def _livekit(self, preparation: Preparation, transport: AsyncTransport) -> Any:
        return for_asyncio(preparation, transport)

    async def aclose(self) -> None:
        """Close the connections that were opened; a transport that was given stays open."""
        if self._own is not None:
            await self._own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
