"""Tokens are those of the Go reference, byte for byte, and harmful ones are refused.

Expected payloads: printed by livekit/protocol v1.54.0, `json.Unmarshal` of the claims into
auth.ClaimGrants and `AccessToken.ToJWT` at the same instant (testing/synctest), with Go 1.26.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lkproto.auth import (
    AccessToken,
    AgentEndpointGrants,
    AgentGrants,
    AgentThreadGrants,
    ClaimGrants,
    InferenceGrants,
    InvalidArgumentError,
    ObservabilityGrants,
    SensitiveCredentialsError,
    SIPGrants,
    VideoGrants,
    mint,
)
from lkproto.livekit import (
    EncodingOptions,
    ParticipantInfo,
    RoomAgentDispatch,
    RoomCompositeEgressRequest,
    RoomConfiguration,
    RoomEgress,
)

from .support import KEYS, NOW, payload

DATES = '"exp":1767247200,"nbf":1767225600,"iat":1767225600'

EVERYTHING: dict[str, Any] = {
    "video": {
        "roomCreate": True,
        "roomList": True,
        "roomRecord": True,
        "roomAdmin": True,
        "roomJoin": True,
        "room": "x",
        "canPublish": True,
        "canSubscribe": False,
        "canPublishData": True,
        "canPublishSources": ["camera", "microphone"],
        "canUpdateOwnMetadata": True,
        "ingressAdmin": True,
        "hidden": True,
        "recorder": True,
        "agent": True,
        "canSubscribeMetrics": True,
        "canManageAgentSession": False,
        "destinationRoom": "d",
    },
    "sip": {"admin": True, "call": True},
    "agent": {
        "admin": True,
        "simulationAdmin": True,
        "databaseAdmin": True,
        "dispatchAdmin": True,
    },
    "inference": {"perform": True},
    "observability": {"write": True},
    "agentEndpoint": {"call": True, "agentName": "n", "deployment": "d"},
    "agentThread": {
        "all": True,
        "scope": "s",
        "threadIds": ["AT_1"],
        "list": True,
        "create": True,
        "write": True,
        "read": True,
        "delete": True,
    },
    "kind": "agent",
    "kindDetails": ["cloud_agent"],
    "roomPreset": "p",
    "sha256": "x",
    "metadata": "m",
    "attributes": {"b": "1", "a": "2", "\uffff": "3", "\U00010000": "4", "é": "5"},
}
EVERYTHING_IN_GO = (
    '"kind":"agent","kindDetails":["cloud_agent"],"video":{"roomCreate":true,'
    '"roomList":true,"roomRecord":true,"roomAdmin":true,"roomJoin":true,"room":"x",'
    '"canPublish":true,"canSubscribe":false,"canPublishData":true,'
    '"canPublishSources":["camera","microphone"],"canUpdateOwnMetadata":true,'
    '"ingressAdmin":true,"hidden":true,"recorder":true,"agent":true,'
    '"canSubscribeMetrics":true,"canManageAgentSession":false,"destinationRoom":"d"},'
    '"sip":{"admin":true,"call":true},"agent":{"admin":true,"simulationAdmin":true,'
    '"databaseAdmin":true,"dispatchAdmin":true},"inference":{"perform":true},'
    '"observability":{"write":true},'
    '"agentEndpoint":{"call":true,"agentName":"n","deployment":"d"},'
    '"agentThread":{"all":true,"scope":"s","threadIds":["AT_1"],"list":true,'
    '"create":true,"write":true,"read":true,"delete":true},"roomPreset":"p",'
    '"sha256":"x","metadata":"m",'
    '"attributes":{"a":"2","b":"1","\xe9":"5","\uffff":"3","\U00010000":"4"}'
)
PAYLOADS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, f'{{"iss":"APIkey",{DATES}}}'),
    "text": (
        {"identity": "a", "name": '<b>&\u2028\u2029\x7fé\U0001f600\b\f\n\r\t\x01"\\'},
        f'{{"iss":"APIkey","sub":"a",{DATES},"identity":"a",'
        '"name":"\\u003cb\\u003e\\u0026\\u2028\\u2029\x7f\xe9\U0001f600'
        '\\b\\f\\n\\r\\t\\u0001\\"\\\\"}',
    ),
    "empty grants": (
        {
            "video": {},
            "sip": {},
            "agent": {},
            "inference": {},
            "observability": {},
            "agentEndpoint": {},
            "agentThread": {},
            "roomConfig": {},
        },
        f'{{"iss":"APIkey",{DATES},"video":{{}},"sip":{{}},"agent":{{}},"inference":{{}},'
        '"observability":{},"agentEndpoint":{},"agentThread":{},"roomConfig":{}}',
    ),
    "everything": (EVERYTHING, f'{{"iss":"APIkey",{DATES},{EVERYTHING_IN_GO}}}'),
    "a room": (
        {
            "roomConfig": {
                "name": "n",
                "emptyTimeout": 1,
                "metadata": "<m>",
                "egress": {
                    "room": {
                        "roomName": "r",
                        "advanced": {"keyFrameInterval": 2.0, "framerate": 30},
                        "fileOutputs": [{"filepath": "f", "disableManifest": True}],
                    }
                },
                "tags": {"z": "1", "a": "<"},
                "agents": [{"agentName": "a", "attributes": {"y": "", "b": "c"}}],
                "minPlayoutDelay": 3,
            }
        },
        f'{{"iss":"APIkey",{DATES},"roomConfig":{{"name":"n","emptyTimeout":1,'
        '"metadata":"\\u003cm\\u003e","egress":{"room":{"roomName":"r",'
        '"advanced":{"framerate":30,"keyFrameInterval":2},'
        '"fileOutputs":[{"filepath":"f","disableManifest":true}]}},'
        '"minPlayoutDelay":3,'
        '"agents":[{"agentName":"a","attributes":{"b":"c","y":""}}],'
        '"tags":{"a":"\\u003c","z":"1"}}}',
    ),
}
# The text that Go prints for a keyFrameInterval.
NUMBERS = {
    0.1: "0.1",
    1e-5: "0.00001",
    1e-6: "0.000001",
    9.9e-7: "9.9e-7",
    1.5e-9: "1.5e-9",
    5e-324: "5e-324",
    1e16: "10000000000000000",
    123456789012345680000.0: "123456789012345680000",
    1e21: "1e+21",
    1.25e300: "1.25e+300",
    -2.5: "-2.5",
    -0.0: "-0",
    10 / 3: "3.3333333333333335",
    float("inf"): '"Infinity"',
}


def test_tokens_are_those_of_go() -> None:
    assert AccessToken(**KEYS).with_identity("a").to_jwt() == (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJBUElrZXkiLCJzdWIiOiJhIiwiZXhwIj"
        "oxNzY3MjQ3MjAwLCJuYmYiOjE3NjcyMjU2MDAsImlhdCI6MTc2NzIyNTYwMCwiaWRlbnRpdHkiOiJhIn"
        "0.slorYM8DT9_DxyRSTGAClQWf4PzvRb3uJuS1LLODoZg"
    )


@pytest.mark.parametrize(("claims", "expected"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads_are_those_of_go(claims: dict[str, Any], expected: str) -> None:
    assert payload(mint(ClaimGrants.from_dict(claims), **KEYS)) == expected


@pytest.mark.parametrize(("number", "expected"), NUMBERS.items())
def test_numbers_are_those_of_go(number: float, expected: str) -> None:
    advanced = EncodingOptions(key_frame_interval=number)
    egress = RoomEgress(room=RoomCompositeEgressRequest(advanced=advanced))
    config = RoomConfiguration(metadata="is 1e5 or 2.0,3.0", egress=egress)

    text = payload(mint(ClaimGrants(room_config=config), **KEYS))

    assert text.endswith(
        '"roomConfig":{"metadata":"is 1e5 or 2.0,3.0","egress":{"room":{"advanced":'
        f'{{"keyFrameInterval":{expected}}}}}}}}}}}'
    )


@pytest.mark.parametrize(
    ("now", "ttl", "dates"),
    [
        (NOW + 0.9, None, (1767247200, 1767225600)),
        (NOW + 0.1, 0.9, (1767225601, 1767225600)),
        (NOW + 0.1, 1.5, (1767225601, 1767225600)),
        (NOW + 0.5, 59.5, (1767225660, 1767225600)),
        (NOW, 0, (1767247200, 1767225600)),
    ],
)
def test_dates_are_whole_seconds_and_six_hours_the_default(
    now: float, ttl: float | None, dates: tuple[int, int]
) -> None:
    token = mint(
        ClaimGrants(),
        ttl=None if ttl is None else timedelta(seconds=ttl),
        **(KEYS | {"clock": lambda: now}),
    )

    end, begin = dates
    assert payload(token) == (
        f'{{"iss":"APIkey","exp":{end},"nbf":{begin},"iat":{begin}}}'
    )


def test_the_clock_is_that_of_the_system_by_default() -> None:
    import json
    import time

    before = int(time.time())
    found = json.loads(payload(AccessToken("APIkey", "secret").to_jwt()))

    assert before <= found["nbf"] == found["iat"] <= time.time()
    assert found["exp"] - found["iat"] in (21600, 21601)


def test_each_method_sets_its_claim() -> None:
    parts = EVERYTHING
    kinds = ParticipantInfo.KindDetail
    token = (
        AccessToken(**KEYS)
        .with_grants(VideoGrants.from_dict(parts["video"]))
        .with_sip_grants(SIPGrants.from_dict(parts["sip"]))
        .with_agent_grants(AgentGrants.from_dict(parts["agent"]))
        .with_inference_grants(InferenceGrants(perform=True))
        .with_observability_grants(ObservabilityGrants(write=True))
        .with_agent_endpoint_grants(
            AgentEndpointGrants.from_dict(parts["agentEndpoint"])
        )
        .with_agent_thread_grants(AgentThreadGrants.from_dict(parts["agentThread"]))
        .with_kind("agent")
        .with_kind_details(kinds.CLOUD_AGENT)
        .with_room_preset("p")
        .with_sha256("x")
        .with_metadata("m")
        .with_attributes({"b": "0", "\uffff": "3", "\U00010000": "4"})
        .with_attributes({})
        .with_attributes({"b": "1", "a": "2", "é": "5"})
        .with_ttl(timedelta(hours=6))
    )

    assert payload(token.to_jwt()) == PAYLOADS["everything"][1]
    assert token.claims == ClaimGrants.from_dict(parts)

    token.with_name("n").with_identity("i").with_room_config(RoomConfiguration())
    assert token.claims.name == "n"
    assert token.claims.identity == "i"
    assert token.claims.room_config == RoomConfiguration()

    token.with_grants(None).with_room_config(None)
    assert token.claims.video is None
    assert token.claims.room_config is None


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("AGENT", "agent"),
        (ParticipantInfo.Kind.STANDARD, "standard"),
    ],
)
def test_kinds_are_given_by_name_or_value(
    kind: ParticipantInfo.Kind | str, text: str
) -> None:
    assert AccessToken(**KEYS).with_kind(kind).claims.kind == text


def test_kinds_without_a_name_are_refused_where_given_by_name() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        AccessToken(**KEYS).with_kind("robot")

    assert str(caught.value) == (
        "'robot' is not one of standard, ingress, egress, sip, agent, connector, bridge"
    )
    with pytest.raises(InvalidArgumentError, match="'x' is not one of cloud_agent, "):
        AccessToken(**KEYS).with_kind_details("forwarded", "x")


def test_agents_replace_those_of_a_room_and_leave_the_callers_unchanged() -> None:
    config = RoomConfiguration(name="n", agents=[RoomAgentDispatch(agent_name="old")])
    agent = RoomAgentDispatch(agent_name="new")
    token = AccessToken(**KEYS).with_room_config(config).with_agents(agent)
    agent.agent_name = "changed"

    assert [each.agent_name for each in config.agents] == ["old"]
    assert token.claims.room_config == RoomConfiguration(
        name="n", agents=[RoomAgentDispatch(agent_name="new")]
    )
    assert payload(AccessToken(**KEYS).with_agents().to_jwt()).endswith(
        '"roomConfig":{}}'
    )


def test_arguments_and_attributes_are_copied() -> None:
    video = VideoGrants(can_publish_sources=["camera"])
    claims = ClaimGrants(video=video, attributes={"b": "1", "a": "2"})
    unknown = {"new": ["x"]}
    token = AccessToken(**KEYS).with_claims(claims, unknown)
    before = token.to_jwt()

    video.can_publish_sources.append("microphone")
    claims.attributes["c"] = "3"
    unknown["new"].append("y")
    asked = token.claims
    assert asked.video is not None
    asked.video.room = "other"
    asked.kind_details.append("x")

    assert token.to_jwt() == before
    assert list(claims.attributes) == ["b", "a", "c"]


def test_unknown_claims_come_last_in_their_objects() -> None:
    claims = ClaimGrants(
        identity="i", video=VideoGrants(room="r"), room_config=RoomConfiguration()
    )
    unknown = {
        "video": {"newGrant": True},
        "sip": {"x": 1},
        "newClaim": {"y": [1.5, None, "<"]},
        "roomConfig": {"newField": 2},
    }

    assert payload(mint(claims, unknown=unknown, **KEYS)) == (
        f'{{"iss":"APIkey","sub":"i",{DATES},"identity":"i",'
        '"video":{"room":"r","newGrant":true},"roomConfig":{"newField":2},'
        '"sip":{"x":1},"newClaim":{"y":[1.5,null,"\\u003c"]}}'
    )


@pytest.mark.parametrize(
    ("unknown", "message"),
    [
        ({"exp": 1}, "exp is not an unknown claim"),
        ({"identity": "j"}, "identity is not an unknown claim"),
        ({"name": "n"}, "name is not an unknown claim"),
        ({"video": 1}, "video is not an unknown claim"),
        ({"sip": {"admin": True}}, "sip.admin is not an unknown claim"),
        ({"video": {"room": "s"}}, "video.room is not an unknown claim"),
        ({"x": {1, 2}}, "unknown claims have a value that JSON cannot hold"),
        ({"x": float("nan")}, "unknown claims have a value that JSON cannot hold"),
        ({"x": "\ud800"}, "unknown claims have text that is not valid Unicode"),
    ],
)
def test_unknown_claims_that_are_known_or_not_json_are_refused(
    unknown: dict[str, Any], message: str
) -> None:
    claims = ClaimGrants(identity="i", video=VideoGrants(room="r"))

    with pytest.raises(InvalidArgumentError) as caught:
        mint(claims, unknown=unknown, **KEYS)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("claims", "path"),
    [
        (ClaimGrants(identity="\ud800"), "$.identity"),
        (ClaimGrants(attributes={"a": "x\udfff"}), "$.attributes"),
        (ClaimGrants(attributes={"\ud83d": "x"}), "$.attributes"),
        (ClaimGrants(kind_details=["\ud800"]), "$.kind_details[0]"),
        (
            ClaimGrants(video=VideoGrants(can_publish_sources=["\ud800"])),
            "$.video.can_publish_sources[0]",
        ),
        (
            ClaimGrants(room_config=RoomConfiguration(name="\ud800")),
            "$.room_config.name",
        ),
    ],
)
def test_lone_surrogates_are_refused_with_their_place(
    claims: ClaimGrants, path: str
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        mint(claims, **KEYS)

    assert path in str(caught.value)
    assert "lone surrogate" in str(caught.value)


def test_values_of_another_type_are_refused_with_their_place() -> None:
    video: Any = {"room_join": True}

    with pytest.raises(InvalidArgumentError, match=r"\$\.video: "):
        mint(ClaimGrants(video=video), **KEYS)
    with pytest.raises(InvalidArgumentError, match=r"\$\.identity: takes a str"):
        AccessToken(**KEYS).with_identity(3).to_jwt()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "secret", "message"),
    [
        ("", "s", "the API key is missing or empty; pass it, or set LIVEKIT_API_KEY"),
        (None, "s", "the API key is missing or empty; pass it, or set LIVEKIT_API_KEY"),
        (
            "k",
            "",
            "the API secret is missing or empty; pass it, or set LIVEKIT_API_SECRET",
        ),
        ("k\ud800", "s", "the API key is not valid Unicode"),
        ("k", "\ud800", "the API secret is not valid Unicode"),
    ],
)
def test_a_key_and_a_secret_are_needed(
    key: str | None, secret: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LIVEKIT_API_KEY", raising=False)
    monkeypatch.setenv("LIVEKIT_API_SECRET", "not for the empty text")

    with pytest.raises(InvalidArgumentError) as caught:
        AccessToken(key, secret)

    assert str(caught.value) == message


def test_key_and_secret_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", "APIkey")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "sécret")

    token = AccessToken(clock=lambda: NOW).to_jwt()

    assert payload(token, "sécret") == f'{{"iss":"APIkey",{DATES}}}'


def test_secrets_in_a_room_are_refused_unless_allowed() -> None:
    where = {"egress": {"room": {"imageOutputs": [{"s3": {"secret": "hush"}}]}}}
    config = RoomConfiguration.from_dict(where)
    claims = ClaimGrants(room_config=config)

    with pytest.raises(SensitiveCredentialsError) as caught:
        AccessToken(**KEYS).with_room_config(config).to_jwt()
    with pytest.raises(SensitiveCredentialsError):
        mint(claims, **KEYS)

    assert caught.value.path == "$.egress.room.image_outputs[0].s3.secret"
    assert "hush" not in str(caught.value)
    assert "hush" in payload(mint(claims, allow_sensitive_credentials=True, **KEYS))
    assert "hush" in payload(mint(claims, profile="go", **KEYS))
    token = AccessToken(**KEYS).with_room_config(config).allow_sensitive_credentials()
    assert "hush" in payload(token.to_jwt())


def test_nothing_shows_the_secret() -> None:
    token = AccessToken("APIkey", "hush").with_identity("alice").with_metadata("m")

    assert repr(token) == (
        "AccessToken(api_key='APIkey', api_secret=<redacted SECRET>, claims=ClaimGrants("
        "identity=<redacted PII>, metadata=<redacted (1 bytes)>))"
    )
    assert str(token) == repr(token)


def test_keys_and_subjects_are_escaped_as_in_go() -> None:
    token = mint(
        ClaimGrants(identity="<a\u2029"), **(KEYS | {"api_key": '<k&é\u2028"'})
    )

    assert payload(token) == (
        f'{{"iss":"\\u003ck\\u0026é\\u2028\\"","sub":"\\u003ca\\u2029",{DATES},'
        '"identity":"\\u003ca\\u2029"}'
    )
