"""Calls about rooms, who is in them, and dispatches of agents."""

from __future__ import annotations

from typing import Any

from .steps import Act, Call, Step

ANN = {"room": "lobby", "identity": "ann"}
BOB = {"room": "lobby", "identity": "bob"}
_ROOM = {
    "name": "lobby",
    "metadata": "seat <&> \u2028 😀",
    "empty_timeout": 60,
    "departure_timeout": 30,
    "max_participants": 5,
}
_PERMISSION = {
    "can_subscribe": True,
    "can_publish": True,
    "can_publish_data": True,
    "can_publish_sources": ["MICROPHONE"],
    "can_update_metadata": True,
}
_UPDATE: dict[str, Any] = {
    **ANN,
    "name": "Ann",
    "metadata": "seat 12",
    "attributes": {"language": "de"},
    "permission": _PERMISSION,
}
_RPC = {
    "room": "lobby",
    "destination_identity": "ann",
    "method": "wave",
    "response_timeout_ms": 1000,
}

BEFORE: tuple[Step, ...] = (
    Call("list-rooms-none", "RoomService/ListRooms"),
    Call("create-room", "RoomService/CreateRoom", _ROOM),
    Call("create-room-again", "RoomService/CreateRoom", {"name": "lobby"}),
    Call("create-room-unnamed", "RoomService/CreateRoom"),
    Call("create-room-long-name", "RoomService/CreateRoom", {"name": "x" * 257}),
    Call(
        "create-room-with-agents",
        "RoomService/CreateRoom",
        {"name": "staffed", "agents": [{"agent_name": "helper", "metadata": "{}"}]},
    ),
    Call("list-rooms", "RoomService/ListRooms"),
    Call("list-rooms-by-name", "RoomService/ListRooms", {"names": ["lobby", "none"]}),
    Call("list-rooms-unknown", "RoomService/ListRooms", {"names": ["none"]}),
    Call(
        "update-room-metadata",
        "RoomService/UpdateRoomMetadata",
        {"room": "lobby", "metadata": "new"},
    ),
    Call(
        "update-room-metadata-unknown",
        "RoomService/UpdateRoomMetadata",
        {"room": "none", "metadata": "new"},
    ),
    Call("list-participants-none", "RoomService/ListParticipants", {"room": "lobby"}),
    Call("list-participants-unknown", "RoomService/ListParticipants", {"room": "none"}),
    Call("get-participant-unknown", "RoomService/GetParticipant", ANN),
    Call("remove-participant-unknown", "RoomService/RemoveParticipant", ANN),
    Call("update-participant-unknown", "RoomService/UpdateParticipant", _UPDATE),
)
LIVE: tuple[Step, ...] = (
    Act("join", "lobby", "ann"),
    Act("publish", "lobby", "ann"),
    Call(
        "list-participants",
        "RoomService/ListParticipants",
        {"room": "lobby"},
        keep={"track": "participants.0.tracks.0.sid"},
    ),
    Call("get-participant", "RoomService/GetParticipant", ANN),
    Call("update-participant", "RoomService/UpdateParticipant", _UPDATE),
    Call("update-participant-nothing", "RoomService/UpdateParticipant", ANN),
    Call(
        "update-participant-attributes",
        "RoomService/UpdateParticipant",
        {**ANN, "attributes": {"language": "", "seat": "12"}},
    ),
    Call(
        "mute-published-track",
        "RoomService/MutePublishedTrack",
        {**ANN, "track_sid": "{track}", "muted": True},
    ),
    Call(
        "mute-published-track-not-unmuted",
        "RoomService/MutePublishedTrack",
        {**ANN, "track_sid": "{track}", "muted": False},
    ),
    Call(
        "mute-published-track-unknown",
        "RoomService/MutePublishedTrack",
        {**ANN, "track_sid": "TR_none", "muted": True},
    ),
    Call(
        "update-subscriptions",
        "RoomService/UpdateSubscriptions",
        {**ANN, "track_sids": ["{track}"], "subscribe": False},
    ),
    Call(
        "send-data",
        "RoomService/SendData",
        {"room": "lobby", "data": "aGk=", "kind": "RELIABLE", "topic": "chat"},
    ),
    Call(
        "send-data-short-nonce",
        "RoomService/SendData",
        {"room": "lobby", "data": "aGk=", "nonce": "aGk="},
    ),
    Call(
        "send-data-to-nobody",
        "RoomService/SendData",
        {"room": "lobby", "data": "aGk=", "destination_identities": ["nobody"]},
    ),
    Call("perform-rpc", "RoomService/PerformRpc", {**_RPC, "payload": "hello"}),
    Call("perform-rpc-no-method", "RoomService/PerformRpc", {**_RPC, "method": "fly"}),
    Act("join", "lobby", "bob"),
    Call(
        "remove-participant",
        "RoomService/RemoveParticipant",
        BOB,
    ),
    Call("remove-participant-again", "RoomService/RemoveParticipant", BOB),
    Call("get-participant-removed", "RoomService/GetParticipant", BOB),
    Call(
        "list-participants-after-removal",
        "RoomService/ListParticipants",
        {"room": "lobby"},
    ),
)
# The open server moves nobody, so these come after what needs somebody.
MOVES: tuple[Step, ...] = (
    Call(
        "forward-participant",
        "RoomService/ForwardParticipant",
        {**ANN, "destination_room": "garden"},
    ),
    Call(
        "move-participant",
        "RoomService/MoveParticipant",
        {**ANN, "destination_room": "garden"},
    ),
    Call(
        "move-participant-to-the-same-room",
        "RoomService/MoveParticipant",
        {**ANN, "destination_room": "lobby"},
    ),
)
AFTER: tuple[Step, ...] = (
    Call("delete-room", "RoomService/DeleteRoom", {"room": "lobby"}),
    Call("list-rooms-deleted", "RoomService/ListRooms", {"names": ["lobby"]}),
    Call(
        "list-participants-deleted", "RoomService/ListParticipants", {"room": "lobby"}
    ),
    Call("get-participant-deleted", "RoomService/GetParticipant", ANN),
    Call("delete-room-unknown", "RoomService/DeleteRoom", {"room": "none"}),
)
DISPATCHES: tuple[Step, ...] = (
    Call("list-dispatch-none", "AgentDispatchService/ListDispatch", {"room": "lobby"}),
    Call(
        "create-dispatch",
        "AgentDispatchService/CreateDispatch",
        {"room": "lobby", "agent_name": "helper", "metadata": "{}"},
        keep={"dispatch": "id"},
    ),
    Call(
        "create-dispatch-whole",
        "AgentDispatchService/CreateDispatch",
        {
            "room": "lobby",
            "agent_name": "clerk",
            "restart_policy": "JRP_NEVER",
            "attributes": {"language": "de"},
        },
    ),
    Call(
        "list-dispatch-of-a-room-with-agents",
        "AgentDispatchService/ListDispatch",
        {"room": "staffed"},
    ),
    Call("list-dispatch", "AgentDispatchService/ListDispatch", {"room": "lobby"}),
    Call(
        "list-dispatch-by-id",
        "AgentDispatchService/ListDispatch",
        {"room": "lobby", "dispatch_id": "{dispatch}"},
    ),
    Call(
        "list-dispatch-unknown",
        "AgentDispatchService/ListDispatch",
        {"room": "lobby", "dispatch_id": "AD_none"},
    ),
    Call(
        "delete-dispatch",
        "AgentDispatchService/DeleteDispatch",
        {"room": "lobby", "dispatch_id": "{dispatch}"},
    ),
    Call(
        "delete-dispatch-unknown",
        "AgentDispatchService/DeleteDispatch",
        {"room": "lobby", "dispatch_id": "AD_none"},
    ),
)
# The server asks all others who has the room, and waits three seconds for them.
NOWHERE: tuple[Call, ...] = (
    Call(
        "mute-published-track-nowhere",
        "RoomService/MutePublishedTrack",
        {"room": "none", "identity": "ann", "track_sid": "TR_none", "muted": True},
    ),
    Call(
        "update-subscriptions-nowhere",
        "RoomService/UpdateSubscriptions",
        {"room": "none", "identity": "ann", "track_sids": ["TR_none"]},
    ),
    Call(
        "perform-rpc-nowhere",
        "RoomService/PerformRpc",
        {**_RPC, "room": "none"},
    ),
    Call("send-data-nowhere", "RoomService/SendData", {"room": "none", "data": "aGk="}),
    Call(
        "list-dispatch-no-room", "AgentDispatchService/ListDispatch", {"room": "none"}
    ),
)
# So does it for participants.
NOBODY: tuple[Call, ...] = (
    Call(
        "mute-published-track-of-nobody",
        "RoomService/MutePublishedTrack",
        {"room": "lobby", "identity": "nobody", "track_sid": "TR_none", "muted": True},
    ),
    Call(
        "update-subscriptions-of-nobody",
        "RoomService/UpdateSubscriptions",
        {"room": "lobby", "identity": "nobody", "track_sids": ["TR_none"]},
    ),
    Call(
        "perform-rpc-to-nobody",
        "RoomService/PerformRpc",
        {**_RPC, "destination_identity": "nobody"},
    ),
)
