# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the API for threads and the one for asyncio have in common.

Nothing but this is loaded before an API is made: programs import it long before they call.
"""

from __future__ import annotations

from functools import wraps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, Literal, ParamSpec

    from ..auth import AccessToken, KeyProvider
    from ..webhook import WebhookReceiver

    P = ParamSpec("P")

TIMEOUT = 10.0
"""Seconds that a call may take."""
RETRIES = 2
"""How often a call is tried again that allows it."""
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


def _forgetful(init: Callable[P, None]) -> Callable[P, None]:
    """`forgetful` of the keys, which is loaded at the first call."""

    @wraps(init)
    def made(*args: P.args, **kwargs: P.kwargs) -> None:
        from ..auth._secrets import forgetful

        try:
            forgetful(init)(*args, **kwargs)
        finally:
            del args, kwargs

    return made


class Base:
    """An API: where it is, who calls, and a client for each service, made when it is used."""

    _prefix = ""

    @_forgetful
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
        from ._calls import Preparation
        from ._credentials import check_headers, credentials
        from ._urls import api_url

        self._url = api_url(url)
        self._tokens = credentials(token, api_key, api_secret, keys)
        check_headers(headers)
        client, connections, interceptor = self._parts()
        self._own = connections() if transport is None else None
        transport = self._own if transport is None else transport
        preparation = Preparation(self._tokens, timeout, failover)
        self._settings: dict[str, Any] = {
            "transport": transport,
            "headers": headers,
            "codec": codec,
            "timeout": timeout,
            "retries": retries,
            "interceptors": (*interceptors, interceptor(preparation, transport)),
        }
        client(self._url, **self._settings)  # which refuses what cannot be used

    def _parts(self) -> tuple[Any, Any, Any]:
        """Of its kind: the base of clients, the transport if none is given, the interceptor."""
        raise NotImplementedError

    if not TYPE_CHECKING:  # so that checkers know of no other attributes

        def __getattr__(self, name: str) -> Any:
            place = SERVICES.get(name)
            if place is None:
                raise AttributeError(_unknown(self, name), name=name, obj=self)
            from importlib import import_module

            from ._urls import agents_url

            package = __name__.rpartition(".")[0].rpartition(".")[0]
            module = import_module(f".{place[0]}", package)
            url = agents_url(self._url) if name == "agents" else self._url
            found = getattr(module, self._prefix + place[1])(url, **self._settings)
            self.__dict__[name] = found
            return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *SERVICES})

    def token(self, identity: str = "") -> AccessToken:
        """An access token of the same key, to add grants to, valid for six hours.

        Raises InvalidArgumentError for an API that has a ready-made token instead of a key.
        """
        return self._tokens.access_token().with_identity(identity)

    def webhooks(self) -> WebhookReceiver:
        """A receiver of webhooks that are signed with one of the same keys.

        Raises InvalidArgumentError for an API that has a ready-made token instead of keys.
        """
        keys = self._tokens.keys
        from ..webhook import WebhookReceiver

        return WebhookReceiver(keys=keys)

    def __repr__(self) -> str:
        name = self.__class__.__name__
        if "_tokens" not in self.__dict__:
            return f"<{name}>"  # its constructor raised
        return f"<{name} of {self._url} with {self._tokens!r}>"


def _unknown(api: object, name: str) -> str:
    from .._runtime.advice import did_you_mean

    told = f"{api.__class__.__name__} has no attribute {name!r}"
    return told + did_you_mean(name, [each for each in dir(api) if each[0] != "_"])
