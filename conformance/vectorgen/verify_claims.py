"""Verification: claims other than dates, grants in them, and the identity."""

from __future__ import annotations

import json
from typing import Any

from lkproto import fields_of
from lkproto.auth import ClaimGrants

from . import fields
from .area import ORDER, Area, each
from .forge import dumps, payload, raw, token, with_text
from .room_configs import configs
from .token_mint import DETAILS, KINDS, ODD_KINDS, kebab

_WRONG: dict[str, tuple[str, ...]] = {
    "bool": ('"true"', "1", "[]"),
    "string": ("1", "true", "{}"),
    "message": ('"x"', "[]", "true"),
    "map": ('"x"', "[]", '{"a":1}', '{"a":null}'),
}


def add(area: Area) -> None:
    """Cases of claims."""
    _identity(area)
    _audience(area)
    _grants(area)
    _wrong_types(area)
    _video(area)
    _kinds(area)
    _room_configs(area)


def _identity(area: Area) -> None:
    for name, claims in each(
        {
            "subject": {"sub": "alice", "jti": "id", "identity": "mallory"},
            "token-id": {"sub": ..., "jti": "id"},
            "token-id-for-an-empty-subject": {"sub": "", "jti": "id"},
            "token-id-for-a-null-subject": {"sub": None, "jti": "id"},
            "claim-is-not-read": {"sub": ..., "identity": "mallory"},
            "none": {"sub": ...},
            "unicode": {"sub": "zoë 😀"},
            "space": {"sub": " "},
        }
    ):
        area.add(f"identity-{name}", f"identity: {name}", {"token": token(**claims)})
    for claim in ("sub", "jti"):
        for name, value in each(
            {
                "number": 1,
                "array": ["a"],
                "object": {},
                "boolean": False,
            }
        ):
            args = {"token": token(**{claim: value})}
            area.add(f"{claim}-{name}", f"{claim} is {value!r}", args, "WrongType")


def _audience(area: Area) -> None:
    for name, value in each(
        {
            "string": "x",
            "list": ["x", "y"],
            "empty": [],
            "null": None,
        }
    ):
        area.add(f"aud-{name}", f"aud is {value!r}", {"token": token(aud=value)})
    for name, value in each(
        {
            "number": 1,
            "object": {},
            "mixed": ["x", 1],
            "nested": [["x"]],
        }
    ):
        area.add(
            f"aud-{name}", f"aud is {value!r}", {"token": token(aud=value)}, "WrongType"
        )


def _grants(area: Area) -> None:
    everything: dict[str, Any] = {
        "name": "n",
        "metadata": "m",
        "sha256": "h",
        "roomPreset": "p",
    }
    everything |= {"attributes": {"b": "2", "a": "<é>"}, "kind": "agent"}
    for claim, inside in fields.grants():
        grant = {field.json_name: fields.sample(field) for field in inside}
        everything[claim.json_name] = grant
        name = kebab(claim.json_name)
        area.add(
            f"{name}-all",
            f"all of {claim.json_name}",
            {"token": token(**{claim.json_name: grant})},
        )
        for what, value in each({"empty": {}, "null": None}):
            args = {"token": token(**{claim.json_name: value})}
            area.add(f"{name}-{what}", f"{claim.json_name} is {value!r}", args)
        nulls = {claim.json_name: dict.fromkeys(grant)}
        area.add(f"{name}-nulls", "every field is null", {"token": token(**nulls)})
        unknown = {claim.json_name: {"fromTheFuture": {"a": 1}}}
        area.add(f"{name}-unknown", "an unknown field", {"token": token(**unknown)})
    area.add("everything", "every claim", {"token": token(**everything)})
    for name in (
        "name",
        "kind",
        "metadata",
        "sha256",
        "roomPreset",
        "attributes",
        "kindDetails",
    ):
        args = {"token": token(**{name: None})}
        area.add(f"{kebab(name)}-null", f"{name} is null", args)


def _wrong_types(area: Area) -> None:
    for field in fields_of(ClaimGrants):
        if field.json_name != "roomConfig":
            _wrong(area, field, "", "")
    for claim, inside in fields.grants():
        for field in inside:
            _wrong(area, field, f'{{"{field.json_name}":', "}", claim.json_name)


def _wrong(area: Area, field: Any, before: str, after: str, claim: str = "") -> None:
    texts = ('"x"', "[1]", "{}") if field.presence == "repeated" else _WRONG[field.kind]
    if claim and field.presence != "repeated":
        texts = texts[:1]
    for number, text in enumerate(texts, 1):
        if text == '{"a":null}':
            continue
        path = f"{claim}.{field.json_name}" if claim else field.json_name
        name = f"wrong-type-{kebab(path.replace('.', '-'))}-{number}"
        args = {"token": with_text(claim or field.json_name, before + text + after)}
        area.add(name, f"{path} is {text}", args, "WrongType")


def _video(area: Area) -> None:
    for name, video in each(
        {
            "publish-denied": {"canPublish": False},
            "publish-denied-data-allowed": {
                "canPublish": False,
                "canPublishData": True,
            },
            "data-denied": {"canPublishData": False},
            "sources": {"canPublishSources": ["camera", "screen_share"]},
            "sources-upper-case": {"canPublishSources": ["CAMERA"]},
            "sources-unknown": {"canPublishSources": ["hologram", "microphone"]},
            "sources-empty": {"canPublishSources": []},
            "join": {"roomJoin": True, "room": "r"},
            "destination": {"roomAdmin": True, "room": "r", "destinationRoom": "s"},
        }
    ):
        area.add(f"video-{name}", f"video: {name}", {"token": token(video=video)})
    area.add(
        "attributes-null-value",
        "a null attribute",
        {"token": token(attributes={"a": None})},
    )
    area.add(
        "kind-details-null-item",
        "a null detail",
        {"token": token(kindDetails=[None, "forwarded"])},
    )
    signed_wrong = raw(dumps(payload(video="x")), secret="another")
    area.add(
        "wrong-grant-before-signature",
        "grants are decoded before the signature is checked",
        {"token": signed_wrong},
        "WrongType",
        level=ORDER,
    )
    other_alg = raw(dumps(payload(video="x")), '{"alg":"HS384"}', alg="HS384")
    area.add(
        "wrong-grant-before-algorithm",
        "and before HS256",
        {"token": other_alg},
        "WrongType",
        level=ORDER,
    )
    unknown_key = token(video="x", iss="APIunknown")
    area.add(
        "unknown-key-before-wrong-grant",
        "the key comes first",
        {"token": unknown_key},
        "WrongType",
        level=ORDER,
    )
    date_first = token(exp=True, iss="APIunknown")
    area.add(
        "wrong-date-before-unknown-key",
        "dates come first",
        {"token": date_first},
        "WrongType",
        level=ORDER,
    )
    unknown_alg = raw(dumps(payload(iss="APIunknown")), '{"alg":"X"}')
    area.add(
        "unknown-algorithm-before-unknown-key",
        "alg first",
        {"token": unknown_alg},
        "Algorithm",
        level=ORDER,
    )


def _kinds(area: Area) -> None:
    for name, kind in each({**{kind: kind for kind in KINDS}, **ODD_KINDS}):
        area.add(f"kind-{name}", f"kind is {kind!r}", {"token": token(kind=kind)})
    for name, details in each(
        {
            "all": DETAILS,
            "upper-case": ["FORWARDED"],
            "unknown": ["hologram", "simulation", ""],
            "twice": ["forwarded", "forwarded"],
        }
    ):
        area.add(
            f"kind-details-{name}",
            f"details: {name}",
            {"token": token(kindDetails=details)},
        )


def _room_configs(area: Area) -> None:
    for name, config in configs():
        args = {"token": token(roomConfig=config)}
        area.add(f"room-config-{name}", f"roomConfig: {name}", args)
    for name, text in each(
        {
            "null": "null",
            "null-field": '{"name":null,"egress":null,"tags":null}',
            "quoted-number": '{"emptyTimeout":"300"}',
            "whole-fraction": '{"emptyTimeout":300.0}',
            "exponent": '{"emptyTimeout":3e2}',
            "enum-by-number": '{"egress":{"participant":{"preset":3}}}',
            "unknown-enum-name": '{"egress":{"participant":{"preset":"H265_8K"}}}',
            "unknown-nested": '{"egress":{"room":{"fromTheFuture":[{}]}}}',
            "credentials": json.dumps({"egress": {"tracks": {"s3": {"secret": "x"}}}}),
        }
    ):
        area.add(
            f"room-config-{name}",
            f"roomConfig is {text}",
            {"token": with_text("roomConfig", text)},
        )
    for name, text in each(
        {
            "string": '"x"',
            "list": "[]",
            "number": "1",
            "boolean": "true",
            "overflow": '{"emptyTimeout":4294967296}',
            "negative": '{"emptyTimeout":-1}',
            "fraction": '{"emptyTimeout":1.5}',
            "text-for-number": '{"emptyTimeout":"soon"}',
            "number-for-text": '{"name":1}',
            "text-for-boolean": '{"syncStreams":"true"}',
            "text-for-message": '{"egress":"x"}',
            "object-for-list": '{"agents":{}}',
            "null-in-list": '{"agents":[null]}',
            "list-for-map": '{"tags":[]}',
            "number-in-map": '{"tags":{"a":1}}',
            "oneof-twice": '{"egress":{"tracks":{"s3":{},"gcp":{}}}}',
        }
    ):
        args = {"token": with_text("roomConfig", text)}
        area.add(f"room-config-bad-{name}", f"roomConfig is {text}", args, "WrongType")
