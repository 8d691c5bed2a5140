"""The token of each call: the least grants that its method needs, kept for calls that need the same."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import CallOptions, Method, TwirpError, service_of
from lkproto.api import _tokens
from lkproto.api._needs import Needs
from lkproto.auth import (
    AccessToken,
    AgentGrants,
    ClaimGrants,
    InvalidArgumentError,
    VideoGrants,
)
from lkproto.livekit import CreateRoomRequest

from .callers import DENIED, KEY, SECRET, Caller, answered, both, claims_of, failed

SERVICES = {
    "agent_dispatch": "AgentDispatchService",
    "agents": "CloudAgent",
    "connector": "Connector",
    "egress": "Egress",
    "ingress": "Ingress",
    "phone_numbers": "PhoneNumberService",
    "room": "RoomService",
    "simulations": "AgentSimulation",
    "sip": "SIP",
}
METHODS = [
    (attribute, method)
    for attribute, name in SERVICES.items()
    for method in service_of(f"livekit.{name}")
]
# The claims of a token, by what the table of methods says.
LEAST: dict[str, dict[str, Any]] = {
    "agent.admin": {"agent": {"admin": True}},
    "sip.admin": {"sip": {"admin": True}},
    "sip.call": {"sip": {"call": True}},
    "sip.call + video.roomAdmin + room": {
        "sip": {"call": True},
        "video": {"roomAdmin": True, "room": "r"},
    },
    "video": {"video": {}},
    "video.ingressAdmin": {"video": {"ingressAdmin": True}},
    "video.roomAdmin + room": {"video": {"roomAdmin": True, "room": "r"}},
    "video.roomAdmin + room + destinationRoom": {
        "video": {"roomAdmin": True, "room": "r", "destinationRoom": "d"}
    },
    "video.roomCreate": {"video": {"roomCreate": True}},
    "video.roomList": {"video": {"roomList": True}},
    "video.roomRecord": {"video": {"roomRecord": True}},
}


def tokens(caller: Caller) -> list[str]:
    return [each.headers["Authorization"] for each in caller.requests]


def request_of(method: Method) -> Any:
    """A request for the rooms r and d."""
    request: Any = method.input_type.from_bytes(b"")  # some warn when they are made
    for name, value in (("room", "r"), ("room_name", "r"), ("destination_room", "d")):
        if name in dir(request) and getattr(request, name) == "":
            setattr(request, name, value)
    return request


def test_every_method_of_livekit_is_an_attribute_s() -> None:
    assert len(METHODS) + len(list(service_of("livekit.Replay"))) == 89


@both
@pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("attribute", "method"), METHODS, ids=[method.path for _, method in METHODS]
)
def test_the_token_of_a_call_grants_what_its_method_needs_and_no_more(
    is_async: bool, attribute: str, method: Method
) -> None:
    caller = Caller(is_async, answered())
    caller.call(f"{attribute}.{method.python_name}", request_of(method))

    assert claims_of(tokens(caller)[0]) == LEAST[method.grant]


def test_a_method_whose_grant_nobody_knows_is_refused_without_one() -> None:
    caller = Caller(False, answered())
    with pytest.raises(InvalidArgumentError, match="which grant livekit.Replay/"):
        caller.call("replay.list_replays")
    assert caller.requests == []

    options = CallOptions(grants=VideoGrants(room_record=True))
    caller.call("replay.list_replays", call=options)
    assert claims_of(tokens(caller)[0]) == {"video": {"roomRecord": True}}


@both
@pytest.mark.parametrize(
    ("grants", "found"),
    [
        (VideoGrants(room_list=True), {"video": {"roomList": True}}),
        (AgentGrants(admin=True), {"agent": {"admin": True}}),
        (
            ClaimGrants(video=VideoGrants(room_create=True), metadata="m"),
            {"video": {"roomCreate": True}, "metadata": "m"},
        ),
    ],
)
def test_a_call_may_say_its_grants(is_async: bool, grants: Any, found: Any) -> None:
    caller = Caller(is_async, answered())
    caller.call("room.create_room", call=CallOptions(grants=grants))
    caller.call("room.create_room")

    assert claims_of(tokens(caller)[0]) == found
    assert claims_of(tokens(caller)[1]) == LEAST["video.roomCreate"]


def test_other_messages_are_refused_as_grants() -> None:
    caller = Caller(False, answered())
    for grants in (CreateRoomRequest(), {"roomCreate": True}, "roomCreate"):
        options = CallOptions(grants=grants)  # type: ignore[arg-type]
        with pytest.raises(InvalidArgumentError, match="grants of a call"):
            caller.call("room.create_room", call=options)

    given = AccessToken(KEY, SECRET).to_jwt()
    caller = Caller(False, answered(), token=given)
    with pytest.raises(InvalidArgumentError, match="ready-made token"):
        caller.call("room.create_room", call=CallOptions(grants=VideoGrants()))
    assert caller.requests == []


def test_a_token_is_used_again_for_the_same_method_and_room() -> None:
    caller = Caller(False, answered())
    for room in ("a", "b", "a"):
        caller.call("room.list_participants", room=room)
    caller.call("room.get_participant", room="a", identity="x")
    caller.call("agent_dispatch.list_dispatch", room="a")

    a, b, again, other_method, other_service = tokens(caller)
    assert a == again == other_method == other_service != b


def test_a_token_is_made_again_after_half_of_its_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[float] = []
    now = [1000.0]
    monkeypatch.setattr(_tokens, "time", lambda: now[0])
    caller = Caller(False, answered())
    access_token = caller.api._tokens.access_token
    monkeypatch.setattr(
        _tokens.MintedTokens,
        "access_token",
        lambda _, ttl: made.append(ttl) or access_token(ttl),
    )
    for seconds in (0, 299, 2, 298, -400):
        now[0] += seconds
        caller.call("room.list_rooms")

    assert made == [600.0, 600.0, 600.0]  # at 0, 301, and where the clock was set back


@both
def test_a_token_that_is_refused_is_made_again(is_async: bool) -> None:
    caller = Caller(is_async, [failed(401, DENIED), answered(), answered()])
    kept = caller.api._tokens._kept
    with pytest.raises(TwirpError):
        caller.call("room.list_rooms")
    assert kept == {}
    caller.call("room.list_rooms")
    assert len(kept) == 1


def test_tokens_of_many_rooms_do_not_fill_the_memory() -> None:
    caller = Caller(False, answered())
    for number in range(1001):
        caller.call("room.list_participants", room=f"r{number}")

    assert len(caller.api._tokens._kept) == 1


@both
def test_a_ready_made_token_is_sent_with_each_call(is_async: bool) -> None:
    given = AccessToken("APIother", "s" * 40).to_jwt()
    caller = Caller(is_async, answered(), token=given)
    caller.call("room.list_rooms")
    caller.call("replay.list_replays")

    assert tokens(caller) == [f"Bearer {given}"] * 2


@both
@pytest.mark.parametrize("name", ["Authorization", "authorization"])
def test_a_call_may_have_a_token_of_its_own(is_async: bool, name: str) -> None:
    given = AccessToken("APIother", "s" * 40).to_jwt()
    caller = Caller(is_async, [answered(), failed(401, DENIED)])
    options = CallOptions(headers={name: f"Bearer {given}"})
    caller.call("room.list_rooms", call=options)
    with pytest.raises(TwirpError):
        caller.call("replay.list_replays", call=options)

    for request in caller.requests:
        sent = {each.lower(): value for each, value in request.headers.items()}
        assert sent["authorization"] == f"Bearer {given}"
        assert len(sent) == len(request.headers)


@both
def test_an_interceptor_may_make_the_token(is_async: bool) -> None:
    def intercept(call: Any, proceed: Any) -> Any:
        call.headers["Authorization"] = "Bearer mine"
        return proceed(call)

    async def intercept_async(call: Any, proceed: Any) -> Any:
        return await intercept(call, proceed)

    mine = intercept_async if is_async else intercept
    caller = Caller(is_async, answered(), interceptors=[mine])
    caller.call("replay.list_replays")

    assert tokens(caller) == ["Bearer mine"]


@both
def test_each_call_has_an_id_of_its_own_unless_it_says_one(is_async: bool) -> None:
    from uuid import UUID

    caller = Caller(is_async, answered())
    caller.call("room.list_rooms")
    caller.call("room.list_rooms")
    options = CallOptions(headers={"x-livekit-request-id": "mine"})
    caller.call("room.list_rooms", call=options)

    first, second, own = (
        [v for k, v in each.headers.items() if k.lower() == "x-livekit-request-id"]
        for each in caller.requests
    )
    assert first != second
    assert UUID(first[0]).version == 4
    assert own == ["mine"]


@pytest.mark.parametrize("grant", LEAST)
def test_the_least_grants_are_enough_and_every_lesser_one_is_not(grant: str) -> None:
    method = next(method for _, method in METHODS if method.grant == grant)
    needs, request = Needs(method), request_of(method)
    claims = needs.grants(needs.names(request))
    assert not needs.lacks(claims, request)
    assert needs.lacks(ClaimGrants(), request)

    for claim in LEAST[grant]:
        lesser = ClaimGrants.from_bytes(claims.to_bytes())
        setattr(lesser, claim, None)
        assert needs.lacks(lesser, request)
        for name, value in LEAST[grant][claim].items():
            lesser = ClaimGrants.from_bytes(claims.to_bytes())
            snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
            setattr(
                getattr(lesser, claim), snake, False if value is True else f"{value}2"
            )
            assert needs.lacks(lesser, request), name
