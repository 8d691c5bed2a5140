"""`token.service`: the tokens of lkproto for services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lkproto import agents, auth
from lkproto.livekit_agent_dispatch_pb import RoomAgentDispatch
from lkproto.livekit_models_pb import ParticipantInfo

from .arguments import Args, claims_of, clock, enum_value_of, permission_of


def token_service(args: Args) -> Any:
    """`token.service`."""
    keys = {"api_key": args["api_key"], "api_secret": args["secret"]}
    given = args["args"]
    return {"token": SERVICES[args["function"]](given, {**keys, "clock": clock(args)})}


def _texts(given: Args, names: str) -> Args:
    return {name: given.get(name) or "" for name in names.split()}


def egress(given: Args, keys: Args) -> str:
    """A recorder's token."""
    return auth.build_egress_token(**_texts(given, "egress_id room"), **keys)


def ingress(given: Args, keys: Args) -> str:
    """A stream's token."""
    texts = _texts(given, "room identity name metadata ingress_id")
    return auth.build_ingress_token(**texts, **keys)


def sip(given: Args, keys: Args) -> str:
    """A caller's token."""
    texts = _texts(given, "room identity name metadata room_preset")
    claims = claims_of({"roomConfig": given.get("room_config")})
    attributes = given.get("attributes")
    config = claims.room_config
    return auth.build_sip_token(
        **texts, attributes=attributes, room_config=config, **keys
    )


def connector(given: Args, keys: Args) -> str:
    """A connector's token."""
    kind = given.get("kind") or 0
    dispatches: list[Args] = given.get("agents") or []
    return auth.build_connector_token(
        **_texts(given, "room identity name metadata"),
        attributes=given.get("attributes"),
        agents=[
            RoomAgentDispatch.from_dict(each, ignore_unknown=True)
            for each in dispatches
        ],
        hidden=bool(given.get("hidden")),
        kind=auth.ConnectorKind[kind] if isinstance(kind, str) else kind,
        **keys,
    )


def agent(given: Args, keys: Args) -> str:
    """An agent's token."""
    details: list[str] = given.get("kind_details") or []
    return agents.build_agent_token(
        **_texts(given, "room identity name metadata"),
        attributes=given.get("attributes"),
        permissions=permission_of(given.get("permissions")),
        kind_details=[
            enum_value_of(ParticipantInfo.KindDetail, text) for text in details
        ],
        **keys,
    )


def job(given: Args, keys: Args) -> str:
    """A job's token."""
    grants = None if given.get("grants_nil") else given.get("grants")
    claims = None if grants is None else claims_of(grants)
    return agents.build_job_token(claims, profile="go", **keys).token


SERVICES: dict[str, Callable[[Args, Args], str]] = {
    "egress": egress,
    "ingress": ingress,
    "sip": sip,
    "connector": connector,
    "agent": agent,
    "job": job,
}
