"""Verdicts on Twirp: what counts, and what a client or a server may choose."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from lkproto_conformance.judging.equality import equal, refusals
from lkproto_conformance.judging.verdict import judge
from lkproto_conformance.protocol import Reply
from lkproto_conformance.vectors import Vector, load, vectors_folder

VECTORS = {
    each.id: each
    for each in load(vectors_folder()).vectors
    if each.op.startswith("twirp.")
}
ROOM = VECTORS["twirp.call/room"]
JSON_ROOM = VECTORS["twirp.call/json-room"]
MISSED = VECTORS["twirp.serve/route-unknown-method"]
SERVED = VECTORS["twirp.serve/type-json"]
ERROR = VECTORS["twirp.call/error-not-found-json"]
PROXY = VECTORS["twirp.call/intermediary-502"]

Change = Callable[[dict[str, Any]], object]


def put(path: str, value: Any) -> Change:
    """A change of one member, such as `requests.0.target`; `...` takes it away."""

    def change(got: dict[str, Any]) -> None:
        *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
        found: Any = got
        for part in way:
            found = found[part]
        if value is ...:
            del found[last]
        else:
            found[last] = value

    return change


def seen(vector: Vector) -> dict[str, Any]:
    """What a right implementation gives."""
    got = deepcopy(vector.expect)
    for answer in got.get("answers", []):
        if answer.get("error", {}).get("msg", "") is None:
            answer["error"]["msg"] = "its own text"
    if got.get("msg", "") is None:
        got["msg"] = "its own text"
    if vector.result == "invalid":
        got.setdefault("message", "its own text")
    return got


def verdict(vector: Vector, change: Change | None = None) -> str:
    got = seen(vector)
    if change:
        change(got)
    outcome = "reject" if vector.result == "invalid" else "ok"
    return judge(vector, Reply(outcome, got)).name


def test_what_is_expected_passes() -> None:
    judged = [each for each in VECTORS.values() if each.result != "unspecified"]

    assert {verdict(each) for each in judged} == {"pass"}


FREE: list[tuple[Vector, Change]] = [
    (ROOM, put("requests.0.headers.accept", ...)),
    (ROOM, put("requests.0.headers.accept", "*/*")),
    (ROOM, put("requests.0.headers.accept", "text/x, application/protobuf")),
    (ROOM, put("requests.0.headers.user-agent", "mine")),
    (
        JSON_ROOM,
        put("requests.0.headers.content-type", "application/json;charset=UTF-8"),
    ),
    (ROOM, put("requests.0.headers.x-twirp-timeout-ms", "1999")),
    (ROOM, put("response", "12056c6f6262790a04524d5f7818ac022880f2d6ca06")),
    (MISSED, put("answers.0.error.msg", "another text")),
    (ERROR, put("message", "not_found: what happened (HTTP 404)")),
    (PROXY, put("message", "")),
]


@pytest.mark.parametrize(("vector", "change"), FREE)
def test_this_may_differ(vector: Vector, change: Change) -> None:
    assert verdict(vector, change) == "pass"


def test_json_may_have_names_of_either_form_and_no_defaults() -> None:
    def camel(got: dict[str, Any]) -> None:
        request = got["requests"][0]["json"]
        request["emptyTimeout"] = request.pop("empty_timeout")
        request["maxParticipants"] = 0

    def slim(got: dict[str, Any]) -> None:
        found = got["answers"][0]["json"]
        got["answers"][0]["json"] = {
            "name": found["name"],
            "emptyTimeout": found["empty_timeout"],
            "maxParticipants": found["max_participants"],
            "metadata": found["metadata"],
        }

    assert verdict(JSON_ROOM, camel) == "pass"
    assert verdict(SERVED, slim) == "pass"


def twice(got: dict[str, Any]) -> None:
    got["requests"].append(got["requests"][0])


@pytest.mark.parametrize(
    ("vector", "change", "name"),
    [
        (ROOM, twice, "mismatch"),
        (ROOM, put("requests", []), "mismatch"),
        (ROOM, put("requests.0.http_method", "GET"), "mismatch"),
        (ROOM, put("requests.0.target", "/twirp/x"), "mismatch"),
        (ROOM, put("requests.0.headers.content-type", ...), "mismatch"),
        (ROOM, put("requests.0.headers.content-type", "application/json"), "mismatch"),
        (ROOM, put("requests.0.headers.content-type", ";charset=UTF-8"), "mismatch"),
        (ROOM, put("requests.0.headers.accept", "text/html"), "mismatch"),
        (ROOM, put("requests.0.headers.x-twirp-timeout-ms", "2001"), "mismatch"),
        (ROOM, put("requests.0.headers.x-twirp-timeout-ms", "0"), "mismatch"),
        (ROOM, put("requests.0.headers.x-twirp-timeout-ms", "1.5"), "mismatch"),
        (ROOM, put("requests.0.message", ""), "mismatch"),
        (ROOM, put("requests.0.message", ...), "mismatch"),
        (ROOM, put("response", ""), "mismatch"),
        (ROOM, put("response", "0a"), "mismatch"),
        (ROOM, put("response", "not hex"), "mismatch"),
        (ROOM, put("response", ...), "mismatch"),
        (ROOM, put("more", 1), "mismatch"),
        (JSON_ROOM, put("requests.0.json.not_known", 1), "mismatch"),
        (JSON_ROOM, put("requests.0.json", "text"), "mismatch"),
        (SERVED, put("answers.0.status", 201), "mismatch"),
        (SERVED, put("answers.0.content_type", "text/json"), "mismatch"),
        (SERVED, put("answers.0.json.name", "other"), "mismatch"),
        (SERVED, put("answers.0.json.name", 1), "mismatch"),
        (SERVED, put("answers.0.json.not_known", 1), "mismatch"),
        (SERVED, put("answers.0", {"failed": "no answer"}), "mismatch"),
        (SERVED, put("stopped", False), "mismatch"),
        (SERVED, put("answers", ...), "mismatch"),
        (MISSED, put("answers.0.error.code", "not_found"), "mismatch"),
        (MISSED, put("answers.0.error.msg", ""), "mismatch"),
        (MISSED, put("answers.0.error.msg", None), "mismatch"),
        (MISSED, put("answers.0.error.msg", ...), "mismatch"),
        (MISSED, put("answers.0.error.meta", ...), "mismatch"),
        (MISSED, put("answers.0.error.more", 1), "mismatch"),
        (MISSED, put("answers.0.error", "text"), "mismatch"),
        (ERROR, put("kind", "twirp:internal"), "kind"),
        (ERROR, put("message", "something else"), "message"),
        (ERROR, put("meta", {}), "mismatch"),
        (ERROR, put("meta", ["not an object"]), "mismatch"),
        (ERROR, put("requests.0.target", "/"), "mismatch"),
        (PROXY, put("meta.body", ...), "mismatch"),
        (PROXY, put("meta.more", "x"), "mismatch"),
        (PROXY, twice, "mismatch"),
    ],
)
def test_this_counts(vector: Vector, change: Change, name: str) -> None:
    assert verdict(vector, change) == f"fail:{name}"


def test_an_error_with_a_text_of_its_own_needs_one() -> None:
    vector = VECTORS["twirp.error/intermediary-502"]

    assert verdict(vector, put("msg", "any")) == "pass"
    assert verdict(vector, put("msg", "")) == "fail:mismatch"
    given = VECTORS["twirp.error/code-not-found"]
    assert verdict(given, put("msg", "another")) == "fail:mismatch"


def test_a_missing_meta_is_an_empty_one() -> None:
    vector = VECTORS["twirp.error/code-not-found"]

    assert verdict(vector, put("meta", ...)) == "pass"
    assert verdict(vector, put("meta", {"a": "1"})) == "fail:mismatch"


def test_the_difference_says_where() -> None:
    got = seen(ROOM)
    got["requests"][0]["target"] = "/x"
    assert equal(ROOM.op, ROOM.args, ROOM.expect, got).startswith(
        "$.requests[0].target: "
    )
    got = seen(ROOM)
    got["response"] = "0a"
    assert equal(ROOM.op, ROOM.args, ROOM.expect, got).startswith("$.response: ")
    answer = equal(SERVED.op, SERVED.args, SERVED.expect, {"base_url": "x"})
    assert answer == "$.base_url: 'x' is not a server of this machine"


def test_other_refusals_have_kind_and_message_only() -> None:
    assert refusals("token.verify", {}, {"kind": "expired"}, {"kind": "x"}) == ""
