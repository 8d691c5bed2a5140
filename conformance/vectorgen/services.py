"""Tokens of services, and the claims of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .area import STRICT, Area, Note, Policy
from .forge import KEY, NOW, SECRET

Json = dict[str, Any]
_PERSON: Json = {"room": "r", "identity": "i", "name": "n", "metadata": "m"}
_SECRET_CONFIG: Json = {"egress": {"tracks": {"s3": {"secret": "x"}}}}
_NOT_ISSUED = {
    "NeverIssued": Note(
        "AUTH_BYPASS",
        "a claim that job tokens never have",
        "a job's token could sign webhooks, or register workers",
    )
}


def areas() -> Iterator[Area]:
    """The areas of service tokens and job claims."""
    area = Area(
        "token.service",
        "services",
        "egress, ingress, connector and agent token builders; for sip, the calls of its builder",
        (
            "egress/token.go",
            "ingress/token.go",
            "sip/token.go",
            "connector/token.go",
            "agent/token.go",
        ),
        {"api_key": KEY, "secret": SECRET, "now": NOW},
        dict(_NOT_ISSUED),
    )
    for function, given in _ARGUMENTS.items():
        for name, args in given.items():
            _add(area, f"{function}-{name}", function, args)
        needs: Json = {"permissions": {}} if function == "agent" else {}
        needs |= {"grants": {}} if function == "job" else {}
        for name in ("api_key", "secret"):
            args = {"function": function, "args": needs, name: ""}
            area.add(
                f"{function}-no-{name.replace('_', '-')}", f"{name} is empty", args
            )
    _permissions(area)
    _jobs(area)
    yield area
    yield _claims()


def _add(
    area: Area, name: str, function: str, args: Json, *flags: str, **options: Any
) -> None:
    area.add(
        name,
        f"{function}: {name}",
        {"function": function, "args": args},
        *flags,
        **options,
    )


_ODD: Json = {"room": "<r>", "identity": "é😀", "name": "a&b", "metadata": "\u2028"}
_ATTRIBUTES = {"attributes": {"b": "2", "a": "1"}}
_ARGUMENTS: dict[str, dict[str, Json]] = {
    "egress": {
        "full": {"egress_id": "EG_x", "room": "r"},
        "nothing": {},
        "no-room": {"egress_id": "EG_x"},
        "unicode": {"egress_id": "EG_é", "room": "<😀>"},
    },
    "ingress": {
        "full": {**_PERSON, "ingress_id": "IN_x"},
        "nothing": {},
        "no-ingress-id": _PERSON,
        "unicode": {**_ODD, "ingress_id": "IN_é"},
    },
    "sip": {
        "full": {
            **_PERSON,
            **_ATTRIBUTES,
            "room_preset": "p",
            "room_config": {"name": "c"},
        },
        "nothing": {},
        "person": _PERSON,
        "unicode": {**_ODD, "attributes": {"<": "&"}},
        "empty-config": {"room_config": {}},
        "credentials-are-allowed": {"room_config": _SECRET_CONFIG},
    },
    "connector": {
        "full": {
            **_PERSON,
            **_ATTRIBUTES,
            "hidden": True,
            "agents": [{"agentName": "a"}],
        },
        "nothing": {},
        "whatsapp": {**_PERSON, "kind": "WHATSAPP"},
        "twilio": {**_PERSON, "kind": "TWILIO"},
        "kind-0": {"kind": 0},
        "kind-1": {"kind": 1},
        "kind-unknown": {"kind": 7},
        "kind-negative": {"kind": -1},
        "no-agents": {"agents": []},
        "agents": {
            "agents": [{"agentName": "b", "metadata": "<m>"}, {}, {"deployment": "d"}]
        },
        "unicode": _ODD,
    },
    "agent": {
        "full": {
            **_PERSON,
            **_ATTRIBUTES,
            "permissions": {},
            "kind_details": ["cloud_agent"],
        },
        "no-permissions-granted": {"permissions": {}},
        "unicode": {**_ODD, "permissions": {}},
        "kind-details": {
            "permissions": {},
            "kind_details": ["simulation", "forwarded"],
        },
        "kind-detail-number": {"permissions": {}, "kind_details": ["99"]},
    },
}


def _permissions(area: Area) -> None:
    names = ["can_subscribe", "can_publish", "can_publish_data", "hidden", "recorder"]
    names += [
        "can_update_metadata",
        "agent",
        "can_subscribe_metrics",
        "can_manage_agent_session",
    ]
    for name in names:
        args = {"permissions": {name: True}}
        _add(area, f"agent-{name.replace('_', '-')}", "agent", args)
    _add(area, "agent-everything", "agent", {"permissions": dict.fromkeys(names, True)})
    sources = {"permissions": {"can_publish": True, "can_publish_sources": ["CAMERA"]}}
    _add(area, "agent-sources-are-dropped", "agent", sources)
    refused = Policy(
        "invalid_argument",
        "policy of lkproto: permissions are required; livekit/protocol v1.54.0 "
        "agent.BuildAgentToken panics without them, executed",
        kind_required=True,
    )
    _add(
        area,
        "agent-without-permissions",
        "agent",
        _PERSON,
        policy=refused,
        profiles=STRICT,
    )


_JOB_CLAIMS: dict[str, Json] = {
    "empty": {},
    "identity": {"identity": "i", "name": "n", "metadata": "m"},
    "join": {
        "identity": "i",
        "kind": "agent",
        "video": {"roomJoin": True, "canPublish": False},
    },
    "admin": {"video": {"roomAdmin": True, "roomCreate": True}},
    "empty-video": {"video": {}},
    "agent-grant": {"agent": {"admin": True}},
    "everything-else": {
        "kindDetails": ["cloud_agent"],
        "sip": {"call": True},
        "inference": {"perform": True},
        "observability": {"write": True},
        "agentEndpoint": {"call": True, "agentName": "a"},
        "agentThread": {"threadIds": ["AT_x"], "read": True},
        "roomPreset": "p",
        "attributes": {"a": "1"},
    },
    "room-config": {"roomConfig": {"name": "c", "agents": [{"agentName": "a"}]}},
    "text-kept": {"kind": "AGENT", "kindDetails": ["hologram"]},
}
_JOB_REFUSED: dict[str, Json] = {
    "sha256": {"sha256": "h"},
    "video-agent": {"video": {"roomJoin": True, "agent": True}},
    "sha256-and-video-agent": {"sha256": "h", "video": {"agent": True}},
}


def _jobs(area: Area) -> None:
    for name, grants in _JOB_CLAIMS.items():
        _add(area, f"job-{name}", "job", {"grants": grants})
    for name, grants in _JOB_REFUSED.items():
        _add(area, f"job-{name}", "job", {"grants": grants}, "NeverIssued")
    _add(area, "job-credentials", "job", {"grants": {"roomConfig": _SECRET_CONFIG}})
    _add(area, "job-no-grants", "job", {"grants_nil": True})


def _claims() -> Area:
    from .forge import dumps

    area = Area(
        "job_claims.parse",
        "services",
        "agent.ParseJobTokenClaims",
        ("agent/token.go",),
        notes=dict(_NOT_ISSUED),
    )
    for name, claims in _JOB_CLAIMS.items():
        area.add(name, f"claims: {name}", {"claims": dumps(claims)})
    for name, claims in _JOB_REFUSED.items():
        area.add(name, f"claims: {name}", {"claims": dumps(claims)}, "NeverIssued")
    area.add(
        "credentials",
        "credentials pass",
        {"claims": dumps({"roomConfig": _SECRET_CONFIG})},
    )
    for name, text in _JOB_TEXTS.items():
        area.add(name, f"claims are {text!r}", {"claims": text})
    for depth in (9999, 10000):
        text = '{"unknown":' + "[" * depth + "]" * depth + "}"
        area.add(f"depth-{depth}", "deep lists", {"claims": text}, any_kind=True)
    return area


_JOB_TEXTS = {
    "null": "null",
    "empty-text": "",
    "only-space": " \n",
    "garbage": "x",
    "unterminated": '{"identity":"a"',
    "array": "[]",
    "string": '"x"',
    "number": "1",
    "trailing-space": '{"identity":"a"} \n\t',
    "trailing-object": '{"identity":"a"}{}',
    "trailing-garbage": '{"identity":"a"}x',
    "trailing-bracket": '{"identity":"a"}]',
    "trailing-comma": '{"identity":"a"},',
    "registered-claims-ignored": '{"iss":"x","exp":"never","identity":"a"}',
    "unknown-claims-ignored": '{"identity":"a","fromTheFuture":{"x":[1]},"video":{"x":1}}',
    "snake-case-ignored": '{"room_preset":"p","video":{"room_join":true}}',
    "wrong-type": '{"identity":1}',
    "wrong-type-in-video": '{"video":{"roomJoin":"true"}}',
    "wrong-type-of-video": '{"video":[]}',
    "wrong-room-config": '{"roomConfig":{"emptyTimeout":-1}}',
    "null-fields": '{"identity":null,"video":null,"attributes":null}',
    "empty-sha256": '{"sha256":""}',
    "agent-false": '{"video":{"agent":false}}',
    "duplicate-video-merges": '{"video":{"roomJoin":true},"video":{"room":"r"}}',
    "folded-names": '{"IDENTITY":"a","Video":{"ROOM":"r"}}',
    "folded-sha256": '{"SHA256":"h"}',
    "folded-agent": '{"video":{"AGENT":true}}',
    "byte-order-mark": '\ufeff{"identity":"a"}',
}
