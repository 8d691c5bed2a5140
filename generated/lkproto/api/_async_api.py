# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""LiveKit's server API, for asyncio."""

from __future__ import annotations

from ._base import Base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Self

    from .._runtime.http import AsyncTransport
    from .._runtime.twirp._calls import AsyncInterceptor
    from ..auth import KeyProvider
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
    """All services of a LiveKit server, for asyncio; its settings are those of `LiveKitAPI`.

    It can be made outside of any event loop, and be used from several loops. `transport` and
    `interceptors` are async. `async with` or `aclose` closes its connections.
    """

    __module__ = _FACE
    _prefix = "Async"

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

        def __init__(  # the transport and the interceptors are of one kind
            self,
            url: str | None = None,
            api_key: str | None = None,
            api_secret: str | None = None,
            *,
            token: str | None = None,
            keys: KeyProvider | Mapping[str, str] | None = None,
            timeout: float = ...,
            retries: int = ...,
            failover: bool = True,
            transport: AsyncTransport | None = None,
            headers: Mapping[str, str] | None = None,
            codec: Literal["protobuf", "json"] = "protobuf",
            interceptors: Iterable[AsyncInterceptor] = (),
        ) -> None: ...

    def _parts(self) -> tuple[Any, Any, Any]:
        from .._runtime.twirp import AsyncClient
        from ._calls import for_asyncio
        from ._connections import AsyncConnections

        return AsyncClient, AsyncConnections, for_asyncio

    async def aclose(self) -> None:
        """Close the connections that were opened; a transport that was given stays open.

        An API that is used after that opens new ones.
        """
        if self._own is not None:
            await self._own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
