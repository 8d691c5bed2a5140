"""LiveKit's server API as users write it: checkers see every service, method and answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import assert_type

from lkproto import CallOptions, TwirpCall, TwirpReply
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.auth import AccessToken, FileKeys, VideoGrants
from lkproto.call_errors import SipCallError
from lkproto.http import (
    AsyncScriptedTransport,
    Response,
    ScriptedTransport,
    StdlibAsyncTransport,
    StdlibTransport,
)
from lkproto.livekit import (
    AsyncRoomServiceClient,
    CreateRoomRequest,
    CreateSIPParticipantRequest,
    ListAgentsResponse,
    ListEgressResponse,
    ListRoomsResponse,
    ListSIPInboundTrunkResponse,
    Room,
    RoomServiceClient,
    SIPClient,
    SIPParticipantInfo,
)
from lkproto.webhook import WebhookReceiver


def calls() -> None:
    """With all from the environment, or with what is given."""
    with LiveKitAPI() as api:
        assert_type(api, LiveKitAPI)
        assert_type(api.room, RoomServiceClient)
        assert_type(api.room.create_room(name="x"), Room)
        assert_type(api.room.create_room(CreateRoomRequest(name="x")), Room)
        assert_type(api.room.list_rooms(), ListRoomsResponse)
        assert_type(api.egress.list_egress(room_name="x"), ListEgressResponse)
        assert_type(api.sip, SIPClient)
        assert_type(api.sip.list_sip_inbound_trunk(), ListSIPInboundTrunkResponse)
        assert_type(api.agents.list_agents(), ListAgentsResponse)
        options = CallOptions(grants=VideoGrants(room_record=True), retries=0)
        api.replay.list_replays(call=options)
        api.connector.disconnect_whats_app_call()
        api.ingress.list_ingress()
        api.agent_dispatch.list_dispatch(room="x")
        api.phone_numbers.list_phone_numbers()
        api.simulations.list_simulation_runs()
        assert_type(api.token("alice"), AccessToken)
        assert_type(api.webhooks(), WebhookReceiver)
    api.close()


async def async_calls() -> None:
    """The same for asyncio."""
    async with AsyncLiveKitAPI("wss://x.livekit.cloud", "key", "secret") as api:
        assert_type(api, AsyncLiveKitAPI)
        assert_type(api.room, AsyncRoomServiceClient)
        assert_type(await api.room.create_room(name="x"), Room)
        assert_type(await api.agents.list_agents(), ListAgentsResponse)
        assert_type(api.token(), AccessToken)
    await api.aclose()


def dialled(api: LiveKitAPI) -> SIPParticipantInfo | int | None:
    """A phone call, and the status that it may end with."""
    request = CreateSIPParticipantRequest(room_name="x", wait_until_answered=True)
    try:
        return api.sip.create_sip_participant(request)
    except SipCallError as error:
        return error.sip_status_code


def logged(call: TwirpCall, proceed: Callable[[TwirpCall], TwirpReply]) -> TwirpReply:
    """An interceptor."""
    return proceed(call)


async def logged_async(
    call: TwirpCall, proceed: Callable[[TwirpCall], Awaitable[TwirpReply]]
) -> TwirpReply:
    """One for asyncio."""
    return await proceed(call)


def settings() -> None:
    """All that can be set."""
    LiveKitAPI(
        "wss://x",
        "key",
        "secret",
        timeout=5,
        retries=0,
        failover=False,
        transport=StdlibTransport(),
        headers={"X-A": "b"},
        codec="json",
        interceptors=[logged],
    )
    LiveKitAPI(keys=FileKeys("keys.yaml"), api_key="key")
    LiveKitAPI(keys={"key": "secret"})
    LiveKitAPI(token="a.b.c", transport=ScriptedTransport(Response()))
    AsyncLiveKitAPI(transport=StdlibAsyncTransport(), interceptors=[logged_async])
    AsyncLiveKitAPI(transport=AsyncScriptedTransport(Response()))
