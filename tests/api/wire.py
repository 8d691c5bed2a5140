"""What livekit-api 1.2.2 and we send for the same calls, and where that differs: tables.

The documentation page "Coming from livekit-api" says the same in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lkproto import Message, Method, fields_of
from lkproto.google.protobuf import Duration
from lkproto.livekit import (
    CreateSIPParticipantRequest,
    ListAgentDispatchRequest,
    ListUpdate,
    TransferSIPParticipantRequest,
)
from vectorgen.populate import of_oneofs, populated

from .methods import ATTRIBUTES, METHODS, full_request

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def _full(method: Method) -> Iterator[Message]:
    """Requests with every field set, and one for each further member of a oneof."""
    yield full_request(method)
    yield from of_oneofs(method.input_type)


@dataclass(frozen=True)
class Shared:
    """A method of livekit-api, and ours that makes the same call.

    `arguments` are what theirs is called with, of their message of a request; `requests` are what
    both are tried with.
    """

    theirs: str
    ours: str
    arguments: Callable[[Any], Arguments] = lambda request: ((request,), {})
    requests: Callable[[Method], Iterator[Message]] = _full
    deprecated: bool = False

    @property
    def name(self) -> str:
        """Their function's name alone."""
        return self.theirs.partition(".")[2]

    @property
    def method(self) -> Method:
        """The method that both call."""
        service, _, name = self.ours.partition(".")
        (found,) = (
            each
            for each in METHODS
            if (ATTRIBUTES[each.service], each.python_name) == (service, name)
        )
        return found


def _same(service: str, *names: str) -> list[Shared]:
    """Methods that both have under the same name, with a request."""
    return [Shared(f"{service}.{name}", f"{service}.{name}") for name in names]


def _sip(name: str, ours: str, **settings: Any) -> list[Shared]:
    """A method of SIP whose name has lost `sip`, and the deprecated one which still has it."""
    found = f"sip.{ours}"
    return [
        Shared(f"sip.{name}", found, **settings),
        Shared(found, found, deprecated=True, **settings),
    ]


def _whole(id_name: str) -> dict[str, Any]:
    """An update by an id and all that is there afterwards."""
    return {
        "arguments": lambda request: ((getattr(request, id_name), request.replace), {}),
        "requests": lambda method: iter([full_request(method)]),
    }


def _parts(name: str, ours: str, id_name: str, *fields: str) -> list[Shared]:
    """Helpers that update the fields which they are given, which we have no helper for.

    The deprecated one has neither `media` nor additions to lists.
    """
    fewer = [each for each in fields if each != "media"]
    return [
        Shared(
            f"sip.{name}_fields",
            f"sip.{ours}",
            _arguments(id_name, lambda update: update),
            _updates(id_name, fields, ListUpdate(add=["a"], remove=["b"])),
        ),
        Shared(
            f"sip.{ours}_fields",
            f"sip.{ours}",
            _arguments(id_name, lambda update: list(update.set)),
            _updates(id_name, fewer, ListUpdate(set=["a", "b"])),
            deprecated=True,
        ),
    ]


def _arguments(id_name: str, lists: Callable[[Any], Any]) -> Callable[[Any], Arguments]:
    def arguments(request: Any) -> Arguments:
        found: dict[str, Any] = {}
        for field, value in request.update.ListFields():
            update = getattr(field.message_type, "name", "") == "ListUpdate"
            found[field.name] = lists(value) if update else value
        return (getattr(request, id_name),), found

    return arguments


def _updates(
    id_name: str, names: Any, lists: ListUpdate
) -> Callable[[Method], Iterator[Message]]:
    def requests(method: Method) -> Iterator[Message]:
        (of_update,) = (
            each for each in fields_of(method.input_type) if each.name == "update"
        )
        full, update = populated(of_update.type), of_update.type.from_bytes(b"")
        for field in fields_of(of_update.type):
            if field.name in names:
                value = lists if field.type is ListUpdate else getattr(full, field.name)
                setattr(update, field.name, value)
        request: Any = method.input_type.from_bytes(b"")
        setattr(request, id_name, "id")
        request.update = update
        yield request

    return requests


def _calls(method: Method) -> Iterator[Message]:
    """Requests to dial, ringing times left out, too, which both then say."""
    yield full_request(method)
    if method.input_type is TransferSIPParticipantRequest:
        yield TransferSIPParticipantRequest(room_name="r", transfer_to="tel:1")
        return
    for waits in (False, True):
        yield CreateSIPParticipantRequest(room_name="r", wait_until_answered=waits)
    yield CreateSIPParticipantRequest(ringing_timeout=Duration(seconds=80))


SHARED = (
    *_same("room", "create_room", "list_rooms", "delete_room", "update_room_metadata"),
    *_same("room", "list_participants", "get_participant", "remove_participant"),
    *_same("room", "forward_participant", "move_participant", "mute_published_track"),
    *_same("room", "update_participant", "update_subscriptions", "send_data"),
    *_same("egress", "start_room_composite_egress", "start_web_egress"),
    *_same("egress", "start_participant_egress", "start_track_composite_egress"),
    *_same("egress", "start_track_egress", "start_egress", "update_layout"),
    *_same("egress", "update_stream", "list_egress", "stop_egress"),
    *_same("ingress", "create_ingress", "update_ingress", "list_ingress"),
    *_same("ingress", "delete_ingress"),
    *_same("agent_dispatch", "create_dispatch"),
    Shared(
        "agent_dispatch.delete_dispatch",
        "agent_dispatch.delete_dispatch",
        lambda request: ((request.dispatch_id, request.room), {}),
    ),
    Shared(
        "agent_dispatch.list_dispatch",
        "agent_dispatch.list_dispatch",
        lambda request: ((request.room,), {}),
        lambda _: iter([ListAgentDispatchRequest(room="r")]),
    ),
    Shared(
        "agent_dispatch.get_dispatch",
        "agent_dispatch.list_dispatch",
        lambda request: ((request.dispatch_id, request.room), {}),
    ),
    Shared("connector.dial_whatsapp_call", "connector.dial_whats_app_call"),
    Shared("connector.disconnect_whatsapp_call", "connector.disconnect_whats_app_call"),
    Shared("connector.connect_whatsapp_call", "connector.connect_whats_app_call"),
    Shared("connector.accept_whatsapp_call", "connector.accept_whats_app_call"),
    *_same("connector", "connect_twilio_call"),
    *_sip("create_inbound_trunk", "create_sip_inbound_trunk"),
    *_sip("create_outbound_trunk", "create_sip_outbound_trunk"),
    *_sip("update_inbound_trunk", "update_sip_inbound_trunk", **_whole("sip_trunk_id")),
    *_sip(
        "update_outbound_trunk", "update_sip_outbound_trunk", **_whole("sip_trunk_id")
    ),
    *_parts(
        "update_inbound_trunk",
        "update_sip_inbound_trunk",
        "sip_trunk_id",
        *("numbers", "allowed_addresses", "allowed_numbers", "auth_username"),
        *("auth_password", "name", "metadata", "media"),
    ),
    *_parts(
        "update_outbound_trunk",
        "update_sip_outbound_trunk",
        "sip_trunk_id",
        *("address", "transport", "numbers", "auth_username", "auth_password"),
        *("name", "metadata", "media"),
    ),
    *_sip("list_inbound_trunk", "list_sip_inbound_trunk"),
    *_sip("list_outbound_trunk", "list_sip_outbound_trunk"),
    *_sip("delete_trunk", "delete_sip_trunk"),
    *_sip("create_dispatch_rule", "create_sip_dispatch_rule"),
    *_sip(
        "update_dispatch_rule",
        "update_sip_dispatch_rule",
        **_whole("sip_dispatch_rule_id"),
    ),
    *_parts(
        "update_dispatch_rule",
        "update_sip_dispatch_rule",
        "sip_dispatch_rule_id",
        *("trunk_ids", "rule", "name", "metadata", "attributes"),
    ),
    *_sip("list_dispatch_rule", "list_sip_dispatch_rule"),
    *_sip("delete_dispatch_rule", "delete_sip_dispatch_rule"),
    *(
        Shared(f"sip.{each}", f"sip.{each}", requests=_calls)
        for each in ("create_sip_participant", "transfer_sip_participant")
    ),
)
# Methods of services that livekit-api has, for which it has no function.
LACKING = {
    "room.perform_rpc",
    "sip.list_sip_trunk",
    "sip.get_sip_inbound_trunk",
    "sip.get_sip_outbound_trunk",
}
# Services it does not have at all.
LACKING_SERVICES = {"agents", "simulations", "phone_numbers", "replay"}


@dataclass(frozen=True)
class Difference:
    """A header that differs: a pattern of each side's value, None where it has none, and why."""

    theirs: str | None
    ours: str | None
    why: str


HEADERS = {
    "user-agent": Difference(
        r"livekit-server-sdk-python/1\.2\.2",
        "lkproto",
        "each says who it is",
    ),
    "accept": Difference(
        r"\*/\*",
        "application/protobuf",
        "we say what we read, so that a proxy need not guess",
    ),
    "accept-encoding": Difference(
        ".*",
        ".*",
        "what the HTTP library that sends can decode",
    ),
    "twirp-version": Difference(
        None,
        r"v8\.1\.3",
        "clients that Twirp generates say it, too",
    ),
    "x-twirp-timeout-ms": Difference(
        None,
        r"\d+",
        "LiveKit's server gives up when the caller does",
    ),
    "x-livekit-request-id": Difference(
        *[r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"] * 2,
        "a new id for each call, of the same kind",
    ),
    "authorization": Difference("Bearer .*", "Bearer .*", "claims are compared apart"),
}
# Requests with maps: their entries have no order on the wire, and both write their own. All other
# requests are the same byte for byte.
WITH_MAPS = {
    "room.create_room",
    "room.update_participant",
    "agent_dispatch.create_dispatch",
    "connector.dial_whatsapp_call",
    "connector.accept_whatsapp_call",
    "connector.connect_twilio_call",
    "sip.create_dispatch_rule",
    "sip.create_sip_dispatch_rule",
    "sip.update_dispatch_rule_fields",
    "sip.update_sip_dispatch_rule_fields",
    "sip.create_sip_participant",
    "sip.transfer_sip_participant",
}
# Both put a nonce into a request, livekit-api also over one that it is given.
NONCE = {"room.send_data"}
# What livekit-api grants with every token, whatever the method needs: what its VideoGrants has by
# itself, and the other half of a SIPGrants.
THEIR_VIDEO = {"canPublish": True, "canSubscribe": True, "canPublishData": True}
THEIR_SIP = {"admin": False, "call": False}
THEIR_TTL, OUR_TTL = 6 * 60 * 60, 10 * 60


def as_theirs(claims: dict[str, Any]) -> dict[str, Any]:
    """What livekit-api claims where we claim this: more, for longer.

    It names nobody (`sub`), where we name nobody by not saying it; and it does not say when the
    token was made (`iat`).
    """
    found = {name: value for name, value in claims.items() if name != "iat"}
    found["video"] = THEIR_VIDEO | claims.get("video", {})
    if "sip" in claims:
        found["sip"] = THEIR_SIP | claims["sip"]
    return found | {"sub": "", "exp": claims["nbf"] + THEIR_TTL}
