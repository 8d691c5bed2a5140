"""Verdicts: the table of the testee protocol, row by row."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto_conformance.judging.equality import difference, equal
from lkproto_conformance.judging.messages import MAX_MESSAGES
from lkproto_conformance.judging.verdict import MAX_DETAIL, judge
from lkproto_conformance.protocol import Broken, Reply
from lkproto_conformance.vectors import Vector


def vector(
    result: str, expect: dict[str, Any] | None = None, op: str = "kind.parse"
) -> Vector:
    """A vector with this expectation."""
    about = {
        "id": f"{op}/x",
        "op": op,
        "comment": "c",
        "level": "required",
        "result": result,
    }
    return Vector(
        **about,
        flags=(),
        profiles=("go",),
        args={},
        expect=expect or {},
        oracle="the reference",
    )


OK = Reply("ok", {"kind": "SIP"})
OTHER = Reply("ok", {"kind": "AGENT"})
REJECT = Reply("reject", {"kind": "expired", "message": "too old"})
UNSUPPORTED = Reply("unsupported", {"reason": "r"})
ERROR = Reply("error", {"message": "e"})
VALID = vector("valid", {"kind": "SIP"})
INVALID = vector("invalid", {"kind": "malformed"})
UNSPECIFIED = vector("unspecified", {"reason": "nobody says"})
TABLE = [
    (VALID, "pass", "fail:mismatch", "fail:over-strict"),
    (INVALID, "fail:accepted", "fail:accepted", "pass"),
    (UNSPECIFIED, "observed", "observed", "observed"),
]


@pytest.mark.parametrize(("of", "equal_", "different", "rejected"), TABLE)
def test_the_table(of: Vector, equal_: str, different: str, rejected: str) -> None:
    answers = [OK, OTHER, REJECT, UNSUPPORTED, ERROR]

    names = [judge(of, answer).name for answer in answers]

    assert names == [equal_, different, rejected, "skip", "error"]
    for broken in ("crash", "timeout", "protocol"):
        assert judge(of, Broken(broken, "why")).name == broken


def test_all_verdicts_but_pass_skip_and_observed_are_failures() -> None:
    verdicts = [judge(VALID, each) for each in (OK, OTHER, REJECT, UNSUPPORTED, ERROR)]

    assert [each.failed for each in verdicts] == [False, True, True, False, True]
    assert not judge(UNSPECIFIED, OK).failed
    assert judge(VALID, Broken("crash", "")).failed


def test_a_required_kind_has_to_match() -> None:
    required = vector("invalid", {"kind": "malformed", "kind_required": True})

    assert judge(required, REJECT).name == "fail:kind"
    right = Reply("reject", {"kind": "malformed", "message": ""})
    assert judge(required, right).name == "pass"


def test_the_message_contains_the_expected_text() -> None:
    expecting = vector("invalid", {"kind": "expired", "message": "old"})

    assert judge(expecting, REJECT).name == "pass"
    assert judge(
        vector("invalid", {"kind": "expired", "message": "new"}), REJECT
    ).failed


@pytest.mark.parametrize(
    ("expected", "got"),
    [
        ({"a": 1, "b": [1, {"c": None}]}, {"b": [1.0, {"c": None}], "a": 1}),
        ("1e3", "1e3"),
        ([], []),
        (54992970233920270, 5.499297023392027e16),
    ],
)
def test_json_is_equal_by_value(expected: Any, got: Any) -> None:
    assert difference(expected, got) == ""


@pytest.mark.parametrize(
    ("expected", "got", "problem"),
    [
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "$.a.b[1]: 3, not 2"),
        ({"a": 1}, {"b": 1}, "$: missing ['a'], unexpected ['b']"),
        ([1], [1, 2], "$: 2 items, not 1"),
        (True, 1, "$: 1, not true"),
        (0, False, "$: false, not 0"),
        ("", None, '$: null, not ""'),
        ({}, [], "$: [], not {}"),
        ("x" * 500, "y", '$: "y", not "' + "x" * 199 + "…"),
    ],
)
def test_a_difference_is_reported_with_its_place(
    expected: Any, got: Any, problem: str
) -> None:
    assert difference(expected, got) == problem


def test_wire_results_are_compared_as_messages() -> None:
    args = {"message": "livekit.Room"}
    # A message is the same with its fields in another order and with a map entry given twice.
    first, second = bytes.fromhex("0a0161"), bytes.fromhex("120162")

    def same(one: bytes, other: bytes) -> str:
        outputs = ({"output": each.hex()} for each in (one, other))
        return equal("wire.roundtrip", args, *outputs)

    assert same(first + second, second + first) == ""
    assert same(first, second) == "$: missing ['sid'], unexpected ['name']"
    assert same(first + b"\x98\x1f\x01", first) == (
        "$: unknown fields none, not 499 (981f01)"
    )
    assert "$.output: " in equal(
        "json.parse", args, {"output": first.hex()}, {"output": "zz"}
    )


def test_zeros_of_a_message_differ_by_their_sign() -> None:
    args = {"message": "google.protobuf.Value"}
    zero, minus = "11" + "00" * 8, "11" + "00" * 7 + "80"

    found = equal("wire.roundtrip", args, {"output": minus}, {"output": zero})

    assert found == "$: number_value: 0.0, not number_value: -0.0"


def test_printed_json_is_compared_by_value() -> None:
    expected = {"json": '{"a":1,"b":2}'}

    assert equal("json.print", {}, expected, {"json": '{ "b": 2, "a": 1.0 }'}) == ""
    assert equal("json.print", {}, expected, {"json": "{"}) != ""
    assert equal("json.print", {}, expected, {}) != ""


def test_a_verdict_keeps_the_beginning_of_a_long_reply() -> None:
    for reply in (
        Reply("error", {"message": "x" * 50_000}),
        Reply("unsupported", {"reason": "x" * 50_000}),
        Reply("reject", {"kind": "expired", "message": "x" * 50_000}),
        Reply("ok", {"x" * 50_000: 1}),
    ):
        detail = judge(VALID, reply).detail
        assert detail.endswith("x…")
        assert len(detail) == MAX_DETAIL + 1


def test_an_output_of_too_many_messages_is_a_difference() -> None:
    output = {"output": "3a00" * (MAX_MESSAGES + 1)}

    found = equal("wire.roundtrip", {"message": "livekit.Room"}, {"output": ""}, output)

    assert found.startswith("$.output: ")
    assert "messages" in found
