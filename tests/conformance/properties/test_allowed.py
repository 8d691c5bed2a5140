"""What two testees may answer otherwise: each reason has a pair of answers, and ends somewhere."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto_conformance.protocol import Reply
from lkproto_conformance.suites.allowed import ALLOWED, Pair, allowed


def refused(kind: str, message: str = "") -> Reply:
    return Reply("reject", {"kind": kind, "message": message})


def accepted(**result: Any) -> Reply:
    return Reply("ok", result)


def text(json: str) -> Reply:
    return accepted(json=json)


ROOM = {"message": "livekit.Room", "json": "{}", "ignore_unknown": False}
RATES = {"message": "livekit.NodeStatsRate"}
TWICE = {**ROOM, "json": '{"new":1,"new":2}', "ignore_unknown": True}
ERROR = {"status": 418, "headers": {}, "body_b64": ""}
META = {"meta": {"a": "b"}}
RATE = "trackPublishAttempts"

MAY_DIFFER = [
    Pair("json.parse", ROOM, refused("unknown_field"), refused("malformed")),
    Pair("json.parse", TWICE, accepted(output=""), refused("malformed", "again")),
    Pair(
        "wire.roundtrip",
        ROOM,
        accepted(output=""),
        refused("malformed", "nested too deeply"),
    ),
    Pair(
        "json.print",
        RATES,
        text(f'{{"{RATE}":1e-45}}'),
        text(f'{{"{RATE}":1.4013e-45}}'),
    ),
    Pair(
        "twirp.error",
        ERROR,
        accepted(code="unknown", msg="a", **META),
        accepted(code="unknown", msg="b", **META),
    ),
    Pair(
        "twirp.sip_status",
        {"code": 200},
        accepted(code="", meta={}),
        refused("invalid_argument"),
    ),
]
MAY_NOT = [
    Pair("json.parse", ROOM, refused("bad_claim"), refused("malformed")),
    Pair(
        "json.parse",
        {**TWICE, "ignore_unknown": False},
        accepted(output=""),
        refused("malformed"),
    ),
    Pair(
        "wire.roundtrip", ROOM, accepted(output=""), refused("malformed", "truncated")
    ),
    Pair("json.print", RATES, text(f'{{"{RATE}":1e-45}}'), text(f'{{"{RATE}":1}}')),
    Pair(
        "twirp.error",
        ERROR,
        accepted(code="unknown", msg="a", **META),
        accepted(code="internal", msg="b", **META),
    ),
    Pair(
        "twirp.sip_status",
        {"code": 404},
        accepted(code="not_found", meta={}),
        refused("invalid_argument"),
    ),
    Pair("token.verify", {}, refused("malformed"), refused("bad_claim")),
]


@pytest.mark.parametrize("pair", MAY_DIFFER, ids=lambda pair: pair.op)
def test_these_may_differ(pair: Pair) -> None:
    assert allowed(pair)


@pytest.mark.parametrize("pair", MAY_NOT, ids=lambda pair: pair.op)
def test_these_may_not(pair: Pair) -> None:
    assert allowed(pair) == ""


def test_every_reason_is_tried() -> None:
    assert {allowed(pair) for pair in MAY_DIFFER} == {each.reason for each in ALLOWED}
