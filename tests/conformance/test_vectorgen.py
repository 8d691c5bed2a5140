"""Vectors hold the reference's answers; if Go is there, the reference is executed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.protocol import Broken, Hello, Reply
from vectorgen import MODULES, forge
from vectorgen.area import STRICT, Area, Note, Policy, Rule
from vectorgen.documents import ExecutionError, document, joined

GO = Path(__file__).parents[2] / "conformance" / "testees" / "go"


class Reference:
    """A replacement for the reference, with one answer."""

    def __init__(self, answer: Reply | Broken) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []

    def start(self) -> Hello:
        return Hello()

    def ask(self, op: str, args: dict[str, Any], case: str) -> Reply | Broken:
        self.asked.append(args)
        return self.answer

    def stop(self) -> int:
        return 0


def area() -> Area:
    return Area("token.verify", "x", "f", ("s",), {"keys": {}})


def generated(area: Area, answer: Reply | Broken) -> dict[str, dict[str, Any]]:
    made = document(area, Reference(answer))
    return {test["id"]: test for group in made["groups"] for test in group["tests"]}


def test_the_answer_of_the_reference_is_expected() -> None:
    one = area()
    one.add("a", "c", {"token": "t"})

    accepted = generated(one, Reply("ok", {"x": 1}))["token.verify/a"]
    refused = generated(one, Reply("reject", {"kind": "expired", "message": "m"}))

    assert (accepted["result"], accepted["expect"]) == ("valid", {"x": 1})
    assert accepted["profiles"] == ["strict", "go"]
    expected = {"kind": "expired", "kind_required": True}
    assert refused["token.verify/a"]["expect"] == expected


def test_an_area_may_expect_more_of_a_refusal_than_its_kind() -> None:
    one = area()
    one.refusal = lambda args, reject: {"meta": [sorted(args), reject["meta"]]}
    one.add("a", "c", {"token": "t"}, any_kind=True)
    reject = Reply("reject", {"kind": "twirp:internal", "meta": {"b": "1"}})

    made = generated(one, reject)["token.verify/a"]

    expected = {"kind": "twirp:internal", "meta": [["keys", "token"], {"b": "1"}]}
    assert made["expect"] == expected


def test_a_policy_makes_a_strict_vector_and_its_executed_twin() -> None:
    one = area()
    one.add("a", "c", {}, policy=Policy("malformed", "RFC 1"))

    made = generated(one, Reply("ok", {}))

    strict, executed = made["token.verify/a"], made["token.verify/a-go"]
    assert (strict["result"], strict["profiles"]) == ("invalid", ["strict"])
    assert strict["expect"] == {"kind": "malformed"}
    assert (executed["result"], executed["profiles"]) == ("valid", ["go"])
    oracles = [
        each["source"]["oracle"] for each in document(one, Reference(_OK))["groups"]
    ]
    assert oracles == ["livekit/protocol v1.54.0 f, executed", "RFC 1"]


_OK = Reply("ok", {})


def test_a_rule_makes_a_strict_vector_of_what_was_executed() -> None:
    one = area()
    one.normal = lambda args, result: {**result, "normal": sorted(args)}
    rule = Rule("the design", lambda args, result: {**result, "ruled": sorted(args)})
    one.add("a", "c", {"token": "t"}, rule=rule)

    made = generated(one, Reply("ok", {"x": 1}))

    strict, executed = made["token.verify/a"], made["token.verify/a-go"]
    both = {"x": 1, "normal": ["keys", "token"]}
    assert (executed["profiles"], executed["expect"]) == (["go"], both)
    assert (strict["profiles"], strict["result"]) == (["strict"], "valid")
    assert strict["expect"] == {**both, "ruled": ["keys", "token"]}


def test_input_that_panics_the_reference_is_not_executed() -> None:
    one = area()
    one.add("a", "c", {}, policy=Policy("malformed", "RFC 1"), profiles=STRICT)
    reference = Reference(Reply("error", {"message": "panic"}))

    document(one, reference)

    assert reference.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        Reply("error", {"message": "panic"}),
        Reply("unsupported", {}),
        Broken("crash", ""),
    ],
)
def test_without_an_answer_nothing_is_generated(answer: Reply | Broken) -> None:
    one = area()
    one.add("a", "c", {})

    with pytest.raises(ExecutionError, match="token.verify/a"):
        generated(one, answer)


def test_the_cases_of_an_operation_have_distinct_names() -> None:
    areas = [area for module in MODULES for area in module.areas()]
    names = [(area.op, case.name) for area in areas for case in area.cases]

    assert len({(area.op, area.source) for area in areas}) == len(areas)
    assert len(set(names)) == len(names)


def test_areas_of_one_operation_are_one_document() -> None:
    one, other = area(), area()
    one.add("a", "c", {})
    other.add("b", "c", {})
    other.notes["N"] = Note("AUTH_BYPASS", "d", "e")
    reference = Reference(Reply("ok", {"x": 1}))

    first = joined(None, document(one, reference))
    both = joined(first, document(other, reference))

    assert both["count"] == len(both["groups"]) == 2
    assert [group["tests"][0]["id"] for group in both["groups"]] == [
        "token.verify/a",
        "token.verify/b",
    ]
    assert both["notes"].keys() == one.notes.keys() | {"N"}


def test_forged_tokens_are_signed_as_rfc_7515_says() -> None:
    """The example of appendix A.1 of RFC 7515, whose key is base64url."""
    import base64

    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    head = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
    body = (
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
        "Ijp0cnVlfQ"
    )
    import hashlib
    import hmac

    mac = hmac.digest(key, f"{head}.{body}".encode(), hashlib.sha256)

    assert forge.b64(mac) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    token = forge.token(name="x")
    assert token.rpartition(".")[2] == forge.signature(token.rpartition(".")[0])


@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed")
def test_the_go_testee_is_formatted() -> None:
    import subprocess

    done = subprocess.run(
        ["gofmt", "-l", "."], cwd=GO, capture_output=True, text=True, check=True
    )

    assert done.stdout == ""
