"""Grants: what unset fields mean, permissions, and the rules of agents' grants."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

from lkproto import fields_of
from lkproto.auth import VideoGrants

from . import fields
from .area import Area, Note, each
from .token_mint import DETAILS, KINDS, ODD_KINDS, kebab

Json = dict[str, Any]
SOURCES = ["camera", "microphone", "screen_share", "screen_share_audio"]
_SEED = 20260101
_CASE = {
    "SourceCase": Note(
        "KNOWN_BUG",
        "sources are listed without regard to case but matched with it",
        "a source that is listed as allowed may not be published",
    )
}


def areas() -> Iterator[Area]:
    """The areas of grants and kinds."""
    yield _resolve()
    yield _matches()
    yield _update()
    yield _endpoint()
    yield _thread()
    yield _kinds()
    yield _details()


def _area(op: str, function: str, notes: dict[str, Note] | None = None) -> Area:
    return Area(op, "grants", function, ("auth/grants.go",), notes=notes or {})


def _resolve() -> Area:
    area = _area("grants.resolve", "auth.VideoGrant's getters", _CASE)
    area.add("empty", "nothing is set", {"video": {}})
    for field in fields_of(VideoGrants):
        for name, value in each({"set": fields.sample(field), "null": None}):
            args = {"video": {field.json_name: value}}
            area.add(
                f"{kebab(field.json_name)}-{name}", f"only {field.json_name}", args
            )
        if field.presence == "explicit":
            args = {"video": {field.json_name: True}}
            area.add(
                f"{kebab(field.json_name)}-true", f"{field.json_name} is true", args
            )
    tri = (None, False, True)
    for publish, data in itertools.product(tri, tri):
        name = f"publish-{_word(publish)}-data-{_word(data)}"
        video = {
            "canPublish": publish,
            "canPublishData": data,
            "canPublishSources": ["camera"],
        }
        video = {key: value for key, value in video.items() if value is not None}
        area.add(name, "data inherits from publish", {"video": video})
    for name, sources in _source_lists().items():
        flags = ["SourceCase"] if name in ("upper-case", "mixed-case") else []
        args = {"video": {"canPublishSources": sources}}
        area.add(f"sources-{name}", f"sources: {sources}", args, *flags)
    for number, video in enumerate(_random_videos(30), 1):
        area.add(f"random-{number}", "at random", {"video": video})
    return area


def _word(value: bool | None) -> str:
    return {None: "unset", False: "denied", True: "allowed"}[value]


def _source_lists() -> dict[str, list[str]]:
    return {
        "empty": [],
        "all": SOURCES,
        **{f"only-{source.replace('_', '-')}": [source] for source in SOURCES},
        "upper-case": ["CAMERA"],
        "mixed-case": ["Screen_Share"],
        "unknown": ["unknown"],
        "of-the-future": ["hologram"],
        "empty-text": [""],
        "twice": ["camera", "camera"],
        "order-kept": ["screen_share_audio", "camera"],
        "number": ["1"],
        "hyphen": ["screen-share"],
        "space": [" camera"],
        "dotless-i": ["m\u0131crophone"],
    }


def _random_videos(number: int) -> Iterator[Json]:
    chance = random.Random(_SEED)  # noqa: S311 - the same every time
    choices: Json = {"bool": [True, False], "string": ["", "r", "é"]}
    for _ in range(number):
        video: Json = {}
        for field in fields_of(VideoGrants):
            if chance.random() < 0.5:
                if field.presence == "repeated":
                    video[field.json_name] = chance.sample(
                        SOURCES, chance.randint(0, 4)
                    )
                else:
                    video[field.json_name] = chance.choice(choices[field.kind])
        yield video


_FULL: Json = {
    "can_subscribe": True,
    "can_publish": True,
    "can_publish_data": True,
    "can_publish_sources": [],
    "hidden": False,
    "recorder": False,
    "can_update_metadata": False,
    "agent": False,
    "can_subscribe_metrics": False,
    "can_manage_agent_session": False,
}
"""What an empty grant permits."""


def _permissions() -> Iterator[tuple[str, Json]]:
    yield "defaults", _FULL
    yield "empty", {}
    for name, value in _FULL.items():
        changed = ["CAMERA"] if value == [] else not value
        yield f"{name.replace('_', '-')}-changed", {**_FULL, name: changed}
    yield "sources", {**_FULL, "can_publish_sources": ["CAMERA", "MICROPHONE"]}
    yield "sources-reversed", {**_FULL, "can_publish_sources": ["MICROPHONE", "CAMERA"]}
    yield "source-unknown", {**_FULL, "can_publish_sources": ["UNKNOWN"]}
    yield "source-by-number", {**_FULL, "can_publish_sources": [1]}
    yield "source-without-a-name", {**_FULL, "can_publish_sources": [99]}
    yield "everything", {name: True for name in _FULL if name != "can_publish_sources"}
    yield "none", {name: False for name in _FULL if name != "can_publish_sources"}


def _matches() -> Area:
    area = _area("grants.matches_permission", "auth.VideoGrant.MatchesPermission")
    videos: dict[str, Json] = {
        "empty": {},
        "sources": {"canPublishSources": ["camera", "microphone"]},
        "sources-upper-case": {"canPublishSources": ["CAMERA", "Microphone"]},
        "agent": {"agent": True},
        "denied": {"canPublish": False, "canSubscribe": False},
        "everything": {
            **dict.fromkeys(
                ("canPublish", "canSubscribe", "canPublishData", "hidden"), True
            ),
            **dict.fromkeys(("canUpdateOwnMetadata", "recorder", "agent"), True),
            **dict.fromkeys(("canSubscribeMetrics", "canManageAgentSession"), True),
        },
    }
    for (name, video), (other, permission) in itertools.product(
        videos.items(), _permissions()
    ):
        args = {"video": video, "permission": permission}
        area.add(
            f"{name}-and-{other}", f"a grant ({name}), a permission ({other})", args
        )
    area.add("no-permission", "no permission", {"video": {}, "permission": None})
    rooms = {"roomJoin": True, "roomAdmin": True, "room": "r", "destinationRoom": "s"}
    area.add(
        "rooms-do-not-matter", "rights on rooms", {"video": rooms, "permission": _FULL}
    )
    for name, source in each({"of-the-future": "hologram", "unknown": "unknown"}):
        video = {"canPublishSources": [source]}
        permission = {**_FULL, "can_publish_sources": ["UNKNOWN"]}
        args = {"video": video, "permission": permission}
        area.add(f"source-{name}-is-unknown", "both read as UNKNOWN", args)
    return area


def _update() -> Area:
    area = _area(
        "grants.update_from_permission", "auth.VideoGrant.UpdateFromPermission"
    )
    before = {
        "empty": {},
        "full": {
            field.json_name: fields.sample(field) for field in fields_of(VideoGrants)
        },
    }
    for (name, video), (other, permission) in itertools.product(
        before.items(), _permissions()
    ):
        comment = f"a grant ({name}), a permission ({other})"
        both: Json = {"video": video, "permission": permission}
        area.add(f"{name}-from-{other}", comment, both)
    for name, video in before.items():
        args: Json = {"video": video, "permission": None}
        area.add(f"{name}-from-nothing", "no permission, no change", args)
    return area


def _endpoint() -> Area:
    area = _area("grants.agent_endpoint_allows", "auth.AgentEndpointGrant.Allows")
    grants: dict[str, Json | None] = {
        "none": None,
        "empty": {},
        "not-called": {"agentName": "a"},
        "any": {"call": True},
        "agent": {"call": True, "agentName": "a"},
        "deployment": {"call": True, "deployment": "d"},
        "both": {"call": True, "agentName": "a", "deployment": "d"},
        "default": {"call": True, "deployment": "default"},
        "star": {"call": True, "agentName": "*"},
        "snake-case": {"call": True, "agent_name": "a"},
    }
    asked = {
        "nothing": ("", ""),
        "agent": ("a", ""),
        "other-agent": ("b", "d"),
        "upper-case": ("A", "D"),
        "both": ("a", "d"),
        "other-deployment": ("a", "e"),
    }
    for (name, grant), (other, (agent, deployment)) in itertools.product(
        grants.items(), asked.items()
    ):
        args = {"grant": grant, "agent_name": agent, "deployment": deployment}
        area.add(
            f"{name}-for-{other}",
            f"a grant ({name}) for {agent!r}, {deployment!r}",
            args,
        )
    return area


def _thread() -> Area:
    area = _area("grants.agent_thread", "auth.AgentThreadGrant's rules")
    rights: Json = dict.fromkeys(("list", "create", "write", "read", "delete"), True)
    grants: dict[str, Json | None] = {
        "none": None,
        "empty": {},
        "all-alone": {"all": True},
        "all": {"all": True, **rights},
        "scope": {"scope": "s", **rights},
        "threads": {"threadIds": ["AT_a", "AT_b", ""], **rights},
        "scope-and-threads": {"scope": "s", "threadIds": ["AT_a"], **rights},
        "rights-alone": rights,
        "no-rights": {"scope": "s", "threadIds": ["AT_a"]},
        "write-alone": {"all": True, "write": True},
        "read-alone": {"all": True, "read": True},
    }
    for name, grant in grants.items():
        for action, scope in itertools.product(("create", "list"), ("s", "", "t", "S")):
            what = {"": "no-scope", "S": "upper-case-scope"}.get(
                scope, f"scope-{scope}"
            )
            args = {"grant": grant, "action": action, "scope": scope}
            area.add(f"{name}-{action}-{what}", f"{action} in {scope!r}", args)
        for action, thread in itertools.product(
            ("read", "write", "delete"), ("AT_a", "AT_c", "")
        ):
            what = kebab(thread) or "no-thread"
            args = {"grant": grant, "action": action, "thread_id": thread}
            area.add(f"{name}-{action}-{what}", f"{action} {thread!r}", args)
        area.add(f"{name}-update", "update", {"grant": grant, "action": "update"})
    return area


def _kinds() -> Area:
    area = _area("kind.parse", "auth.ClaimGrants.GetParticipantKind")
    for name, kind in each(
        {
            **{kind: kind for kind in KINDS},
            **ODD_KINDS,
            "empty": "",
        }
    ):
        area.add(name, f"kind is {kind!r}", {"claim": kind})
    for name, kind in each(
        {
            "zero": "0",
            "trailing-nul": "sip\0",
            "sharp-s": "\u00df",
        }
    ):
        area.add(name, f"kind is {kind!r}", {"claim": kind})
    return area


def _details() -> Area:
    area = _area("kind_details.parse", "auth.ClaimGrants.GetKindDetails")
    for detail in DETAILS:
        area.add(detail.replace("_", "-"), detail, {"claims": [detail]})
    for name, details in each(
        {
            "none": [],
            "all": DETAILS,
            "reversed": DETAILS[::-1],
            "twice": ["forwarded", "forwarded"],
            "upper-case": ["CLOUD_AGENT", "Bridge_Rtsp"],
            "unknown-dropped": ["hologram", "forwarded", ""],
            "number-dropped": ["1"],
            "long-s": ["\u017fimulation"],
        }
    ):
        area.add(f"list-{name}", f"details: {details}", {"claims": details})
    return area
