# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the API for threads and the one for asyncio have in common."""

from __future__ import annotations

from ..auth import InvalidArgumentError
from ..auth._secrets import always, forgetful
from ._calls import Preparation
from ._credentials import credentials
from ._tokens import MintedTokens
from ._urls import agents_url, api_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal

    from ..auth import AccessToken, KeyProvider
    from ..webhook import WebhookReceiver

TIMEOUT = 10.0
RETRIES = 2
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


class Base:
    """An API: where it is, who calls, and a client for each service, made when it is used."""

    _prefix = ""
    _client: Any
    """The class that the clients derive from."""

    @forgetful
    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        token: str | None = None,
        keys: KeyProvider | Mapping[str, str] | None = None,
        timeout: float = TIMEOUT,
        retries: int = RETRIES,
        failover: bool = True,
        transport: Any = None,
        headers: Mapping[str, str] | None = None,
        codec: Literal["protobuf", "json"] = "protobuf",
        interceptors: Iterable[Any] = (),
    ) -> None:
        self._url = api_url(url)
        self._tokens = credentials(token, api_key, api_secret, keys)
        self._own = self._connections() if transport is None else None
        transport = transport or self._own
        preparation = Preparation(self._tokens, timeout, failover)
        self._settings: dict[str, Any] = {
            "transport": transport,
            "headers": headers,
            "codec": codec,
            "timeout": timeout,
            "retries": retries,
            "interceptors": (*interceptors, self._livekit(preparation, transport)),
        }
        self._client(self._url, **self._settings)  # which refuses what cannot be used

    def _connections(self) -> Any:
        """The transport of an API that is given none."""
        raise NotImplementedError

    def _livekit(self, preparation: Preparation, transport: Any) -> Any:
        """The innermost interceptor."""
        raise NotImplementedError

    if not TYPE_CHECKING:  # so that checkers know of no other attributes

        def __getattr__(self, name: str) -> Any:
            place = SERVICES.get(name)
            if place is None:
                raise AttributeError(
                    f"{self.__class__.__name__} has no attribute {name!r}", name=name
                )
            from importlib import import_module

            package = __name__.rpartition(".")[0].rpartition(".")[0]
            cls = getattr(
                import_module(f".{place[0]}", package), self._prefix + place[1]
            )
            url = agents_url(self._url) if name == "agents" else self._url
            found = cls(url, **self._settings)
            self.__dict__[name] = found
            return found

    def token(self, identity: str = "") -> AccessToken:
        """An access token of the same key, to add grants to. Raises InvalidArgumentError."""
        return self._minting("make others").access_token().with_identity(identity)

    def webhooks(self) -> WebhookReceiver:
        """A receiver of webhooks signed with the same keys. Raises InvalidArgumentError."""
        keys = self._minting("verify webhooks").keys
        from ..webhook import WebhookReceiver

        return WebhookReceiver(keys=keys)

    def _minting(self, what: str) -> MintedTokens:
        if isinstance(self._tokens, MintedTokens):
            return self._tokens
        raise InvalidArgumentError(
            f"this API has a token, with which it cannot {what}; give it an API key and secret"
        )

    @always
    def __repr__(self) -> str:
        from .._runtime.twirp._requests import shown

        return (
            f"<{self.__class__.__name__} of {shown(self._url)} with {self._tokens!r}>"
        )
