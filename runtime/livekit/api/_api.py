# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""LiveKit's server API, for threads."""

from __future__ import annotations

from ._base import Base

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Self

    from .._runtime.http import Transport
    from .._runtime.twirp._calls import Interceptor
    from ..auth import KeyProvider
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
    """All services of a LiveKit server, with a token for each call that opens no more than that.

    Attributes are the clients of services: `room`, `egress`, `ingress`, `sip`, `agent_dispatch`,
    and of LiveKit Cloud alone `connector`, `agents`, `simulations`, `phone_numbers` and `replay`.
    The agents are managed at LK_AGENTS_URL, or on the host `agents` next to that of the API.
    Threads may share it, and it can be made at import time and before a fork. `with` or `close`
    closes its connections.

    `url` is that of the server with any of `wss://`, `ws://`, `https://` and `http://`, or a host
    alone, for https; without it LIVEKIT_URL counts. Who calls is one of: `api_key` and
    `api_secret`; `keys`, a KeyProvider or a mapping from API key to secret, of which `api_key` or
    else the first one signs; `token`, which is then sent with each call. Each of key and secret
    falls back to LIVEKIT_API_KEY, LIVEKIT_API_SECRET or LIVEKIT_KEYS by itself. LIVEKIT_TOKEN
    counts where none of them is given.

    `timeout` is for a whole call, in seconds, longer for calls that wait for a phone. `retries`
    says how often a call is tried again that allows it. On hosts of LiveKit Cloud, `failover`
    tries other regions instead, up to three attempts in all, each with the whole `timeout`, which
    has to be 5 or more. `transport` sends the requests and is never closed. `headers` are sent
    with each call; `codec` is `protobuf` or `json`. `interceptors` are functions `(call,
    proceed)` around each call.

    Raises InvalidArgumentError for a URL, keys or a token that cannot be used, KeyFileError for a
    file of keys, ValueError for another setting, and TypeError for a transport or an interceptor
    of the wrong kind. Methods raise TwirpError, and SipCallError where a phone call failed;
    InvalidArgumentError where no token can be made.

    Settings, failover and dialling follow livekit-api 1.2.2 and server-sdk-go.
    """

    __module__ = _FACE

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
            transport: Transport | None = None,
            headers: Mapping[str, str] | None = None,
            codec: Literal["protobuf", "json"] = "protobuf",
            interceptors: Iterable[Interceptor] = (),
        ) -> None: ...

    def _parts(self) -> tuple[Any, Any, Any]:
        from .._runtime.twirp import Client
        from ._calls import sync
        from ._connections import Connections

        return Client, Connections, sync

    def close(self) -> None:
        """Close the connections that were opened; a transport that was given stays open.

        An API that is used after that opens new ones.
        """
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
