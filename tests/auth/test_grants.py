"""The meaning of grants, as in livekit/protocol v1.54.0.

Expected values: printed by the methods of auth.VideoGrant, auth.ClaimGrants,
auth.AgentEndpointGrant and auth.AgentThreadGrant for the same JSON.
"""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.auth import (
    AgentEndpointGrants,
    AgentThreadGrants,
    ClaimGrants,
    VideoGrants,
    allows_endpoint,
    can_create_thread,
    can_delete_thread,
    can_list_threads,
    can_read_thread,
    can_update_threads,
    can_write_thread,
    claim_text,
    clone,
    kind_details_of,
    kind_of,
    matches_permission,
    may_publish_source,
    publish_sources,
    to_permission,
    with_permission,
)
from lkproto.livekit import (
    ParticipantInfo,
    ParticipantPermission,
    RoomConfiguration,
    TrackSource,
)

# canPublish, canSubscribe, canPublishData, canUpdateOwnMetadata, canSubscribeMetrics,
# canManageAgentSession; sources 0 to 6 that may be published; sources; permission.
ALL = [True] * 7
NONE = [False] * 7
GETTERS: list[tuple[dict[str, Any], list[bool], list[bool], list[int], dict[str, Any]]]
GETTERS = [
    (
        {},
        [True, True, True, False, False, False],
        ALL,
        [],
        {"canSubscribe": True, "canPublish": True, "canPublishData": True},
    ),
    (
        {"canPublish": False},
        [False, True, False, False, False, False],
        NONE,
        [],
        {"canSubscribe": True},
    ),
    (
        {"canPublish": False, "canPublishData": True},
        [False, True, True, False, False, False],
        NONE,
        [],
        {"canSubscribe": True, "canPublishData": True},
    ),
    (
        {"canPublish": True, "canSubscribe": False, "canPublishData": False},
        [True, False, False, False, False, False],
        ALL,
        [],
        {"canPublish": True},
    ),
    (
        {"canPublishSources": ["camera", "MICROPHONE", "x", "camera"]},
        [True, True, True, False, False, False],
        [False, True, False, False, False, False, False],
        [1, 2, 0, 1],
        {
            "canSubscribe": True,
            "canPublish": True,
            "canPublishData": True,
            "canPublishSources": ["CAMERA", "MICROPHONE", "UNKNOWN", "CAMERA"],
        },
    ),
    (
        {"canPublish": False, "canPublishSources": ["camera"]},
        [False, True, False, False, False, False],
        NONE,
        [1],
        {"canSubscribe": True, "canPublishSources": ["CAMERA"]},
    ),
    (
        {
            "canUpdateOwnMetadata": True,
            "canSubscribeMetrics": True,
            "canManageAgentSession": True,
            "hidden": True,
            "recorder": True,
            "agent": True,
        },
        [True, True, True, True, True, True],
        ALL,
        [],
        {
            "canSubscribe": True,
            "canPublish": True,
            "canPublishData": True,
            "hidden": True,
            "recorder": True,
            "canUpdateMetadata": True,
            "agent": True,
            "canSubscribeMetrics": True,
            "canManageAgentSession": True,
        },
    ),
]


@pytest.mark.parametrize(("video", "got", "may", "sources", "permission"), GETTERS)
def test_rights_of_video_grants(
    video: dict[str, Any],
    got: list[bool],
    may: list[bool],
    sources: list[int],
    permission: dict[str, Any],
) -> None:
    grants = VideoGrants.from_dict(video)

    assert [
        grants.get_can_publish(),
        grants.get_can_subscribe(),
        grants.get_can_publish_data(),
        grants.get_can_update_own_metadata(),
        grants.get_can_subscribe_metrics(),
        grants.get_can_manage_agent_session(),
    ] == got
    assert [may_publish_source(grants, TrackSource(n)) for n in range(7)] == may
    assert publish_sources(grants) == sources
    assert to_permission(grants) == ParticipantPermission.from_dict(permission)


ALLOWED = {"canSubscribe": True, "canPublish": True, "canPublishData": True}
DENIED = {
    "canUpdateOwnMetadata": False,
    "canSubscribeMetrics": False,
    "canManageAgentSession": False,
}
TWO = ["camera", "microphone"]
PERMISSIONS: list[tuple[dict[str, Any], dict[str, Any], bool, dict[str, Any]]] = [
    ({}, ALLOWED, True, ALLOWED | DENIED),
    ({}, ALLOWED | {"agent": True}, True, ALLOWED | DENIED),
    ({}, ALLOWED | {"hidden": True}, False, ALLOWED | DENIED | {"hidden": True}),
    (
        {"canPublishSources": TWO},
        ALLOWED | {"canPublishSources": ["CAMERA", "MICROPHONE"]},
        True,
        ALLOWED | DENIED | {"canPublishSources": TWO},
    ),
    (
        {"canPublishSources": TWO},
        ALLOWED | {"canPublishSources": ["MICROPHONE", "CAMERA"]},
        False,
        ALLOWED | DENIED | {"canPublishSources": TWO[::-1]},
    ),
    (
        {
            "room": "r",
            "roomJoin": True,
            "canPublishSources": ["x"],
            "agent": True,
            "canPublish": True,
        },
        {
            "canPublishSources": ["CAMERA", 9],
            "hidden": True,
            "recorder": True,
            "canUpdateMetadata": True,
            "canSubscribeMetrics": True,
            "canManageAgentSession": True,
        },
        False,
        {
            "roomJoin": True,
            "room": "r",
            "canPublish": False,
            "canSubscribe": False,
            "canPublishData": False,
            "canPublishSources": ["camera", "9"],
            "canUpdateOwnMetadata": True,
            "hidden": True,
            "recorder": True,
            "agent": True,
            "canSubscribeMetrics": True,
            "canManageAgentSession": True,
        },
    ),
    (
        {},
        {},
        False,
        DENIED | {"canPublish": False, "canSubscribe": False, "canPublishData": False},
    ),
]


@pytest.mark.parametrize(("video", "permission", "matches", "updated"), PERMISSIONS)
def test_permissions(
    video: dict[str, Any],
    permission: dict[str, Any],
    matches: bool,
    updated: dict[str, Any],
) -> None:
    grants = VideoGrants.from_dict(video)
    wanted = ParticipantPermission.from_dict(permission)

    assert matches_permission(grants, wanted) is matches
    assert with_permission(grants, wanted) == VideoGrants.from_dict(updated)
    assert grants == VideoGrants.from_dict(video)
    assert wanted == ParticipantPermission.from_dict(permission)


def test_without_a_permission_nothing_matches_and_nothing_changes() -> None:
    grants = VideoGrants(room="r", can_publish_sources=["camera"])

    assert not matches_permission(grants, None)
    copied = with_permission(grants, None)
    assert copied == grants
    assert copied.can_publish_sources is not grants.can_publish_sources


def test_unknown_fields_of_a_permission_do_not_count() -> None:
    newer = to_permission(VideoGrants()).to_bytes() + b"\xf8\xff\x3f\x01"

    assert matches_permission(VideoGrants(), ParticipantPermission.from_bytes(newer))


KINDS = {
    "agent": (4, []),
    "AGENT": (4, []),
    "\u017fip": (3, []),  # letters whose upper case is `SIP`
    "s\u0131p": (3, []),
    "\ufb06andard": (0, []),  # one letter for `st`
    "bridge": (8, []),
    "99": (0, []),
    "": (0, []),
    "cloud_agent": (0, [0]),
    "Bridge_RTSP": (0, [4]),
    "ß": (0, []),
}


@pytest.mark.parametrize(("text", "expected"), KINDS.items())
def test_kinds_are_read_in_any_case(text: str, expected: tuple[int, list[int]]) -> None:
    claims = ClaimGrants(kind=text, kind_details=[text])

    assert (kind_of(claims), kind_details_of(claims)) == expected


@pytest.mark.parametrize(
    ("number", "texts"),
    {
        0: ("standard", "cloud_agent", "unknown"),
        1: ("ingress", "forwarded", "camera"),
        4: ("agent", "bridge_rtsp", "screen_share_audio"),
        5: ("5", "simulation", "5"),
        7: ("connector", "7", "7"),
        99: ("99", "99", "99"),
        -1: ("-1", "-1", "-1"),
    }.items(),
)
def test_enums_are_written_in_lower_case(
    number: int, texts: tuple[str, str, str]
) -> None:
    enums = (ParticipantInfo.Kind, ParticipantInfo.KindDetail, TrackSource)

    assert tuple(claim_text(each(number)) for each in enums) == texts


@pytest.mark.parametrize(
    ("grants", "agent_name", "deployment", "allowed"),
    [
        (None, "a", "d", False),
        ({}, "a", "d", False),
        ({"call": True}, "a", "d", True),
        ({"call": True, "agentName": "a"}, "a", "d", True),
        ({"call": True, "agentName": "a"}, "A", "d", False),
        ({"call": True, "deployment": "d"}, "x", "d", True),
        ({"call": True, "deployment": "d"}, "x", "", False),
        ({"agentName": "a", "deployment": "d"}, "a", "d", False),
        ({"call": True, "agentName": "a", "deployment": "d"}, "a", "e", False),
    ],
)
def test_endpoints_of_agents(
    grants: dict[str, Any] | None, agent_name: str, deployment: str, allowed: bool
) -> None:
    given = None if grants is None else AgentEndpointGrants.from_dict(grants)

    assert allows_endpoint(given, agent_name, deployment) is allowed


EVERY = dict.fromkeys(("list", "create", "write", "read", "delete"), True)


@pytest.mark.parametrize(
    ("grants", "text", "allowed"),
    [
        (None, "", "------"),
        ({}, "s", "------"),
        ({"all": True, **EVERY}, "", "clu---"),
        ({"all": True, "write": True, "read": True}, "AT_1", "--urw-"),
        ({"scope": "s", **EVERY}, "s", "cl----"),
        ({"scope": "s", "create": True}, "", "------"),
        (
            {
                "threadIds": ["AT_1"],
                "write": True,
                "read": True,
                "delete": True,
                "create": True,
            },
            "AT_1",
            "---rwd",
        ),
        ({"threadIds": ["AT_1", ""], "read": True}, "", "------"),
        ({"all": True}, "x", "------"),
    ],
)
def test_threads_of_agents(
    grants: dict[str, Any] | None, text: str, allowed: str
) -> None:
    """`text` is both the requested scope and the thread id."""
    given = None if grants is None else AgentThreadGrants.from_dict(grants)

    assert [
        can_create_thread(given, text),
        can_list_threads(given, text),
        can_update_threads(given),
        can_read_thread(given, text),
        can_write_thread(given, text),
        can_delete_thread(given, text),
    ] == [letter != "-" for letter in allowed]


def test_a_clone_shares_nothing() -> None:
    where = {
        "video": {"canPublishSources": ["camera"]},
        "kindDetails": ["x"],
        "attributes": {"b": "1", "a": "2"},
        "roomConfig": {
            "egress": {"tracks": {"s3": {"metadata": {"k": "v"}}}},
            "agents": [{"agentName": "a"}],
        },
    }
    original = ClaimGrants.from_dict(where)
    original._unknown = b"\xf8\xff\x3f\x01"
    copied = clone(original)
    assert copied == original
    assert list(copied.attributes) == ["a", "b"]

    assert copied.video is not None
    copied.video.can_publish_sources.append("x")
    copied.kind_details.append("y")
    copied.attributes["c"] = "3"
    config = copied.room_config
    assert isinstance(config, RoomConfiguration)
    assert config.egress is not None
    assert config.egress.tracks is not None
    assert config.egress.tracks.s3 is not None
    config.egress.tracks.s3.metadata["k"] = "w"
    config.agents[0].agent_name = "b"
    config.agents.append(config.agents[0])
    original._unknown = b""
    assert original == ClaimGrants.from_dict(where)
