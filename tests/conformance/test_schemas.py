"""The schemas: valid themselves, the same as the list of operations, and kept by vectors and testees."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lkproto import auth, fields_of
from lkproto_conformance import schemas
from lkproto_conformance.connect import Connection, InProcessTestee, connect
from lkproto_conformance.operations import BY_NAME, SERVICES
from lkproto_conformance.protocol import (
    CLOCK,
    KINDS,
    Broken,
    Hello,
    Reply,
    hello_request,
    request,
)
from lkproto_conformance.reports import model
from lkproto_conformance.running.exchanges import arguments
from lkproto_conformance.running.runner import run
from lkproto_conformance.schemas import load, validating, validator
from lkproto_conformance.testees.lkproto import Lkproto
from lkproto_conformance.vectors import Vector, VectorError, files, vectors_folder
from lkproto_conformance.vectors import load as load_vectors

from tests.support import sampled

REFERENCE = os.environ.get("LKPROTO_REFERENCE")
SCHEMAS = [*schemas.names(), "common"]


@pytest.fixture(scope="module")
def all_vectors() -> tuple[Vector, ...]:
    """The vectors of the project."""
    return load_vectors(vectors_folder()).vectors


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid(name: str) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(load(name))


def test_every_file_is_a_schema_that_is_used() -> None:
    folder = Path(schemas.__file__).parent
    there = {
        str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.json")
    }

    assert there == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_references_lead_to_something(name: str) -> None:
    for reference in _references(load(name)):
        path, _, pointer = reference.partition("#")
        base = Path("/", name).parent / path if path else Path("/", f"{name}.json")
        target: Any = load(os.path.normpath(base)[1:].removesuffix(".json"))
        for step in pointer.split("/")[1:]:
            target = target[step]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _is_closed(schema: dict[str, Any], described: set[str]) -> None:
    """Whether a schema has exactly these members, of which those with `?` may be absent."""
    assert schema["additionalProperties"] is False
    assert schema["properties"].keys() == {each.removesuffix("?") for each in described}
    required = {each for each in described if not each.endswith("?")}
    assert set(schema.get("required", [])) == required


@pytest.mark.parametrize("operation", BY_NAME.values(), ids=lambda each: each.name)
def test_members_are_those_of_the_list_of_operations(operation: Any) -> None:
    schema = load(f"operations/{operation.name}")
    parts = schema["$defs"]

    _is_closed(schema, set(operation.args))
    _is_closed(parts["result"], set(operation.result))
    if operation.script.args:
        _is_closed(parts["written_args"], set(operation.written_args))
    if operation.script.seen:
        _is_closed(parts["written_result"], set(operation.written_result))


def test_arguments_of_services_are_those_of_the_list_of_operations() -> None:
    schema = load("operations/token.service")
    cases = {
        each["if"]["properties"]["function"]["const"]: each["then"]["properties"][
            "args"
        ]
        for each in schema["allOf"]
    }

    assert (
        cases.keys() == SERVICES.keys() == set(schema["properties"]["function"]["enum"])
    )
    for function, members in SERVICES.items():
        assert cases[function]["additionalProperties"] is False
        assert all(f"`{name}`" in members for name in cases[function]["properties"])


def test_claims_are_those_of_tokens() -> None:
    shared = load("common")["$defs"]

    assert shared["claims"]["properties"].keys() == {
        field.json_name for field in fields_of(auth.ClaimGrants)
    }
    for field in fields_of(auth.ClaimGrants):
        if field.kind == "message" and field.json_name in shared:
            names = {each.json_name for each in fields_of(field.type)}
            assert shared[field.json_name]["properties"].keys() == names
    assert {"video", "agentThread"} <= shared.keys()


def test_the_protocol_has_its_operations_and_kinds() -> None:
    parts = load("protocol")["$defs"]
    kinds = load("common")["$defs"]["kind"]["anyOf"][0]["enum"]

    assert parts["request"]["properties"]["op"]["enum"] == list(BY_NAME)
    capabilities = parts["about"]["properties"]["capabilities"]["items"]["enum"]
    assert set(capabilities) == {CLOCK, *BY_NAME}
    assert set(kinds) == KINDS.keys() - {"twirp:CODE"}


def test_lines_of_a_report_have_the_members_of_the_model() -> None:
    parts = load("report")["$defs"]
    made = {"header": model.Header, "case": model.Case, "result": model.Entry}

    for name, cls in made.items():
        own = {field.name for field in dataclasses.fields(cls)}
        own |= {"format"} if name == "header" else set()
        assert parts[name]["properties"].keys() == own
        needed = {
            field.name
            for field in dataclasses.fields(cls)
            if field.default is field.default_factory is dataclasses.MISSING
        }
        assert set(parts[name]["required"]) - {"format"} == needed


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"footer": {"complete": True, "counts": {"pass": 3}}}, ""),
        ({"stale": {"why": "x"}}, ""),
        ({"result": {"id": "a/b", "profile": "go", "verdict": "pass"}}, ""),
        ({"result": {"id": "a/b", "profile": "go"}}, "$.result: 'verdict'"),
        ({"footer": {"complete": False, "counts": {}}}, "$.footer.complete: True was"),
        ({}, "$: "),
    ],
)
def test_a_line_of_a_report_is_checked(line: Any, problem: str) -> None:
    assert validator("report")(line).startswith(problem)
    assert bool(validator("report")(line)) is bool(problem)


@pytest.mark.slow
def test_vectors_are_as_their_schemas_say(all_vectors: tuple[Vector, ...]) -> None:
    for vector in all_vectors:
        sent = arguments(vector, vector.profiles[0])
        assert not validator(f"operations/{vector.op}", "written_args")(sent), vector.id
        if vector.result == "valid":
            check = validator(f"operations/{vector.op}", "written_result")
            assert not check(vector.expect), vector.id


@pytest.mark.parametrize(
    "path", sampled(files(vectors_folder())), ids=lambda path: path.stem
)
def test_a_file_of_vectors_is_as_its_schema_says(path: Path) -> None:
    assert not validator("vectors")(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"level": "nice"}, "$.groups[0].tests[0].level: 'nice'"),
        ({"id": "kind.parse/Sip"}, "$.groups[0].tests[0].id: "),
        ({"profiles": []}, "$.groups[0].tests[0].profiles: "),
        (
            {"result": "invalid", "expect": {"kind": "odd"}},
            "$.groups[0].tests[0].expect.kind: ",
        ),
        ({"result": "unspecified", "expect": {}}, "$.groups[0].tests[0].flags: "),
        ({"more": 1}, "$.groups[0].tests[0]: Additional properties"),
    ],
)
def test_a_wrong_file_of_vectors_is_named_with_a_path(
    change: dict[str, Any], path: str
) -> None:
    document = json.loads((vectors_folder() / "kind.parse.json").read_text("utf-8"))
    document["groups"][0]["tests"][0].update(change)

    assert validator("vectors")(document).startswith(path)


def test_lines_of_the_protocol_are_as_the_schema_says() -> None:
    check = validator("protocol")

    for line in (
        hello_request(0),
        {"id": 0, "ok": Lkproto().hello()},
        request(1, "kind.parse", {"claim": "sip"}, "kind.parse/sip"),
        {"id": 1, "ok": {"kind": "SIP"}},
        {"id": 1, "reject": {"kind": "twirp:internal", "message": "", "meta": {}}},
        {"id": 1, "unsupported": {"reason": "no"}},
        {"id": 1, "error": {"message": "boom", "trace": "…"}},
        {"id": 2, "op": "bye"},
    ):
        assert not check(line)
    for line in (
        {"id": 1, "ok": {}, "reject": {"kind": "malformed", "message": ""}},
        {"id": 1},
        {"id": 1, "reject": {"kind": "odd", "message": ""}},
        {"id": 1, "op": "no.such", "case": "", "deadline_ms": 1, "args": {}},
    ):
        assert check(line)


@pytest.mark.parametrize(
    "connector",
    [
        pytest.param(
            "python:lkproto_conformance.testees.lkproto:testee", marks=pytest.mark.slow
        ),
        pytest.param(
            REFERENCE,
            marks=pytest.mark.skipif(
                not REFERENCE, reason="LKPROTO_REFERENCE is not set"
            ),
        ),
    ],
    ids=["ours", "reference"],
)
def test_all_replies_are_as_their_schemas_say(
    connector: str, all_vectors: tuple[Vector, ...]
) -> None:
    results = list(run(validating(connect(connector)), all_vectors))

    assert len(results) > 6000
    assert [each.verdict for each in results if each.verdict.failed] == []


class Fixed:
    """A testee with one answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def hello(self) -> dict[str, Any]:
        return {"protocol": 1, "capabilities": [*BY_NAME]}

    def answer(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
        del op, args
        return dict(self._answer)


def asked(answer: dict[str, Any], op: str, args: dict[str, Any]) -> Reply | Broken:
    """What a validating connection makes of an answer."""
    connection: Connection = validating(InProcessTestee(Fixed(answer)))
    assert connection.start() == Hello({}, frozenset(BY_NAME), ("go",))
    reply = connection.ask(op, args, f"{op}/x")
    assert connection.stop() == 0
    return reply


VERIFY = {"token": "t", "keys": {"k": "s"}, "now": 1, "profile": "go"}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"ok": {"kind": 7}}, "reply: $.ok.kind: 7 is not of type 'string'"),
        ({"ok": {}}, "reply: $.ok: 'kind' is a required property"),
        ({"ok": {"kind": "SIP", "more": 1}}, "reply: $.ok: Additional properties"),
        ({"reject": {"kind": "malformed"}}, "reply: $.reject: 'message' is a"),
        ({"reject": {"kind": "malformed", "message": 1}}, "reply: $.reject.message: 1"),
        ({"unsupported": {}}, "reply: $.unsupported: 'reason'"),
        ({"error": {"message": 1}}, "reply: $.error.message: 1"),
        ({"ok": {"kind": 7, "\x1b": "x" * 5000}}, "reply: $.ok"),
    ],
)
def test_a_wrong_reply_is_named_with_a_path(
    answer: dict[str, Any], problem: str
) -> None:
    found = asked(answer, "kind.parse", {"claim": "sip"})

    assert isinstance(found, Broken)
    assert found.verdict == "protocol"
    assert found.detail.startswith(problem)
    assert len(found.detail) < 500


def test_the_path_leads_into_lists_and_alternatives() -> None:
    good = {"api_key": "k", "identity": "", "claims": {}, "effective": {}}
    effective = {"video": None, "kind": "SIP", "kindDetails": ["A", 1]}
    wrong = asked({"ok": {**good, "effective": effective}}, "token.verify", VERIFY)
    assert isinstance(wrong, Broken)
    assert wrong.detail.startswith("reply: $.ok.effective.kindDetails[1]: 1 is not")

    effective = {"video": {"canPublish": 1}, "kind": "SIP", "kindDetails": []}
    wrong = asked({"ok": {**good, "effective": effective}}, "token.verify", VERIFY)
    assert isinstance(wrong, Broken)
    assert wrong.detail.startswith("reply: $.ok.effective.video.canPublish: 1 is not")


@pytest.mark.parametrize("effective", [None, {"video": None}, {"video": {"room": "r"}}])
def test_a_library_says_of_effective_values_what_it_has_a_word_for(
    effective: Any,
) -> None:
    good = {"api_key": "k", "identity": "", "claims": {}, "effective": effective}

    assert not isinstance(asked({"ok": good}, "token.verify", VERIFY), Broken)


def test_a_right_reply_is_the_reply() -> None:
    assert asked({"ok": {"kind": "SIP"}}, "kind.parse", {"claim": "sip"}) == Reply(
        "ok", {"kind": "SIP"}
    )


def test_a_wrong_request_is_a_mistake_of_the_suite() -> None:
    with pytest.raises(
        VectorError, match=r"kind.parse/x: internal error: .*\$.claim: 1"
    ):
        asked({"ok": {"kind": "SIP"}}, "kind.parse", {"claim": 1})


def test_a_testee_that_broke_stays_broken() -> None:
    found = asked({"odd": 1}, "kind.parse", {"claim": ""})

    assert isinstance(found, Broken)
    assert not found.detail.startswith("reply:")


def test_without_the_library_a_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    validator.cache_clear()

    with pytest.raises(
        schemas.MissingError, match=r"pip install 'lkproto\[conformance\]'"
    ):
        validating(InProcessTestee(Fixed({})))
