"""Verdicts on runs of a notifier: what counts, and what does not."""

from __future__ import annotations

import base64
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from lkproto_conformance.judging.equality import equal
from lkproto_conformance.judging.notifier_tokens import (
    body_hash,
    read,
    secret_of,
    signed,
)
from lkproto_conformance.judging.notifier_values import (
    event_key,
    milliseconds,
    secrets_of,
    without_user,
)
from lkproto_conformance.vectors import load, vectors_folder
from vectorgen.forge import KEY, NOW, SECRET
from vectorgen.notifier_runs import (
    NEVER,
    NEW_SECRET,
    OTHER_KEY,
    OTHER_SECRET,
    OTHER_URL,
    URL,
    about,
    attempt,
    normal,
    queue,
    record,
    results,
    run,
    set_keys,
    stop,
    timestamp,
)

SECRET_URL = "http://somebody:passw0rd@c.invalid/hook?token=s3cr3t-value"
A, B = about("a", 1), about("b", 2)
ARGS: dict[str, Any] = {
    **run(
        queue(0, A, {"url": SECRET_URL}),
        queue(0, B),
        set_keys(9, KEY, NEW_SECRET),
        stop(2500),
    ),
    "now": NOW,
    "keys": {KEY: SECRET, OTHER_KEY: OTHER_SECRET},
    "profile": "strict",
}
EXPECTED = results(
    [attempt(URL, A, 0), attempt(URL, B, 0), attempt(URL, A, 2000)],
    [record(URL, A, 0, 0, 2000, "status 500"), record(URL, B)],
    [None, "queue_full"],
    [2500],
    [(URL, B)],
)

Change = Callable[[dict[str, Any]], object]


def verdict(change: Change, expected: dict[str, Any] | None = None) -> str:
    """The difference that a change of the expected result makes."""
    got = deepcopy(expected or EXPECTED)
    change(got)
    return equal("notifier.run", ARGS, expected or EXPECTED, got)


def put(path: str, value: Any) -> Change:
    """A change of one member, such as `attempts.0.url`."""

    def change(got: dict[str, Any]) -> None:
        *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
        found: Any = got
        for part in way:
            found = found[part]
        found[last] = value

    return change


def token(
    secret: str = SECRET, body: bytes | None = None, **claims: Any
) -> Callable[[int], Change]:
    """Changes of the token of an attempt."""

    def of(index: int) -> Change:
        def change(got: dict[str, Any]) -> None:
            made = got["attempts"][index]
            _, old = read(made["authorization"])
            changed = {**old, **claims}
            if body is not None:
                changed["sha256"] = body_hash(body)
            changed = {k: v for k, v in changed.items() if v is not ...}
            made["authorization"] = signed(changed, secret)

        return change

    return of


def test_the_same_run_is_equal() -> None:
    assert verdict(lambda got: None) == ""


@pytest.mark.parametrize(
    "change",
    [
        put("attempts.0.at_ms", 2),
        put("attempts.0.url", "http://user:word@a.invalid/hook#part"),
        put("stop_ms.0", 2498),
        put("counts", None),
        put("counts.dropped", {"age": 0}),
        put("processed.0.sendError", "another text"),
        put("processed.0.queuedAt", timestamp(NOW * 1000 + 2)),
        put("processed.0.sendDurationNs", "2001999999"),
        put("processed.1.queueDurationNs", "0"),
        put("processed.1.numDropped", 0),
        put("returned.1.message", "another text"),
        lambda got: got["attempts"].insert(0, got["attempts"].pop(1)),
        lambda got: got["processed"].reverse(),
        # Signed within two milliseconds of the attempt, which is then in another second.
        put("attempts.2", {**attempt(URL, A, 1999)}),
    ],
)
def test_what_does_not_count(change: Change) -> None:
    assert verdict(change) == ""


def test_spaces_and_order_in_a_body_do_not_count() -> None:
    event = EXPECTED["attempts"][0]
    body = base64.b64decode(event["body_b64"]).replace(b":", b" : ")

    def change(got: dict[str, Any]) -> None:
        got["attempts"][0]["body_b64"] = base64.b64encode(body).decode()
        token(body=body)(0)(got)

    assert verdict(change) == ""


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (put("attempts.0.at_ms", 3), "$.attempts[0].at_ms: 3, not 0"),
        (put("attempts.0.url", OTHER_URL), "$.attempts: 1 for http://a.invalid/hook"),
        (put("attempts.0.http_method", "PUT"), "$.attempts[0].http_method"),
        (
            put("attempts.0.content_type", "application/json"),
            "$.attempts[0].content_ty",
        ),
        (put("attempts.0.user_agent", ""), "$.attempts[0].user_agent"),
        (put("attempts.0.body_b64", "e30="), "$.attempts: 1 for"),
        (
            put("attempts.2", attempt(URL, {**A, "id": "EV_9"}, 2000)),
            "$.attempts[2].body.id",
        ),
        (lambda got: got["attempts"].pop(), "$.attempts: 1 for"),
        (lambda got: got["attempts"].append(got["attempts"][0]), "$.attempts: 3 for"),
        (put("attempts.1", attempt(OTHER_URL, B, 0)), "$.attempts: 0 for"),
        (put("processed.0.sendError", ""), "$.processed[0].sendError"),
        (put("processed.1.sendError", "why"), "$.processed[1].sendError"),
        (put("processed.1.sentAt", NEVER), "$.processed[1].sentAt"),
        (put("processed.1.sentAt", "tomorrow"), "$.processed[1].sentAt"),
        (put("processed.1.sentAt", "2026-99-01T00:00:00Z"), "$.processed[1].sentAt"),
        (put("processed.1.sentAt", timestamp(NOW * 1000 + 3)), "$.processed[1].sentAt"),
        (
            put("processed.0.sendDurationNs", "1997999999"),
            "$.processed[0].sendDuration",
        ),
        (put("processed.0.sendDurationNs", "long"), "$.processed[0].sendDurationNs"),
        (put("processed.0.roomName", "z"), "$.processed[0].roomName"),
        (put("processed.0.isDropped", True), "$.processed[0]: missing"),
        (lambda got: got["processed"].pop(), "$.processed: 0 for"),
        (
            put("returned.0", {"kind": "closed", "message": "m"}),
            "$.returned[0]: closed",
        ),
        (put("returned.1", None), "$.returned[1]: None, not queue_full"),
        (put("returned.1.kind", "error"), "$.returned[1]: error, not queue_full"),
        (put("returned.1.message", ""), "$.returned[1].message: no text"),
        (lambda got: got["returned"].pop(), "$.returned: 1 items, not 2"),
        (put("stop_ms.0", None), "$.stop_ms"),
        (put("stop_ms.0", 2503), "$.stop_ms"),
        (put("stop_ms", []), "$.stop_ms"),
        (put("undelivered", []), "$.undelivered"),
        (put("undelivered.0.event_id", "EV_1"), "$.undelivered"),
        (put("counts.success", 2), "$.counts.success: 2, not 1"),
        (put("counts.dropped", {"age": 1}), "$.counts.dropped"),
    ],
)
def test_a_difference_is_reported_with_its_place(change: Change, place: str) -> None:
    assert verdict(change).startswith(place)


def test_order_counts_within_a_url_and_a_key() -> None:
    def swapped(got: dict[str, Any]) -> None:
        first, _, last = got["attempts"]
        got["attempts"] = [last, got["attempts"][1], first]

    assert verdict(swapped).startswith("$.attempts[0].at_ms: 2000, not 0")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (token(secret=OTHER_SECRET), "not signed by the secret of APIconformance"),
        (token(secret=NEW_SECRET), "not signed by the secret"),
        (token(iss=OTHER_KEY), "the claims are"),
        (token(body=b"{}"), "sha256 is not that of the body"),
        (token(sub="somebody"), "the claims are"),
        (token(sha256=...), "the claims are"),
        (token(exp=NOW + 301), "valid from"),
        (token(iat=NOW - 1), "valid from"),
        (token(nbf=NOW - 1, iat=NOW - 1, exp=NOW + 299), "signed at"),
        (token(nbf=NOW + 1, iat=NOW + 1, exp=NOW + 301), "signed at"),
        (token(nbf=str(NOW)), "a date is not an integer"),
    ],
)
def test_tokens_are_verified(change: Callable[[int], Change], problem: str) -> None:
    assert verdict(change(0)).startswith(f"$.attempts[0].authorization: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "none"),
        ("Bearer x", "not a token"),
        ("a.b.c", "not a token"),
        ("W10.W10.x", "not a token"),
        ("e30.e30.x", "the header is {}"),
    ],
)
def test_what_is_not_a_token(text: str, problem: str) -> None:
    found = verdict(put("attempts.0.authorization", text))

    assert found == f"$.attempts[0].authorization: {problem}"


def test_a_token_may_be_as_old_as_the_expected_one() -> None:
    """The reference signs a delivery once: a vector of both profiles takes either."""
    kept = deepcopy(EXPECTED)
    kept["attempts"][2]["authorization"] = kept["attempts"][0]["authorization"]

    def afresh(got: dict[str, Any]) -> None:
        got["attempts"][2] = attempt(URL, A, 2000)

    assert verdict(afresh, kept) == ""
    stale = put("attempts.2.authorization", kept["attempts"][0]["authorization"])
    assert "signed at" in verdict(stale)


def test_a_redirect_may_send_a_token_without_its_body() -> None:
    expected = deepcopy(EXPECTED)
    followed = {**expected["attempts"][0], "http_method": "GET", "body_b64": ""}
    expected["attempts"].append(followed)

    assert verdict(lambda got: None, expected) == ""
    without = put("attempts.3.authorization", "")
    assert verdict(without, expected) == "$.attempts[3].authorization: none"
    dropped = deepcopy(expected)
    dropped["attempts"][3]["authorization"] = ""
    one = put("attempts.3.authorization", followed["authorization"])
    assert verdict(one, dropped) == "$.attempts[3].authorization: there is one"


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        OTHER_SECRET,
        NEW_SECRET,
        "somebody",
        "passw0rd",
        "s3cr3t-value",
        EXPECTED["attempts"][0]["authorization"],
    ],
)
@pytest.mark.parametrize("path", ["processed.0.sendError", "returned.1.message"])
def test_texts_hold_no_secret(path: str, secret: str) -> None:
    found = verdict(put(path, f"cannot send, {secret}!"))

    assert "shows a secret" in found
    assert secret not in found


def test_generated_ids_are_the_same_everywhere() -> None:
    place = "EV_???????????1"
    event = {**A, "id": place}
    expected = results(
        [attempt(URL, event, 0), attempt(OTHER_URL, event, 0)],
        [record(URL, event), record(OTHER_URL, event)],
        undelivered=[(URL, event)],
        returned=[None, None],
        stop_ms=[1],
    )

    def made(first: str, second: str, record_of: str) -> Change:
        def change(got: dict[str, Any]) -> None:
            got["attempts"] = [
                attempt(URL, {**A, "id": first}, 0),
                attempt(OTHER_URL, {**A, "id": second}, 0),
            ]
            for each in got["processed"]:
                each["eventId"] = record_of
            got["undelivered"][0]["event_id"] = record_of

        return change

    one, other = "EV_abcdefghijkm", "EV_ABCDEFGHJKLM"
    assert verdict(made(one, one, one), expected) == ""
    for ids in ((one, other, one), (one, one, other), ("EV_1", "EV_1", "EV_1")):
        assert verdict(made(*ids), expected)
    assert verdict(made(place, place, place), expected)


def test_two_events_have_two_generated_ids() -> None:
    events = [{**A, "id": f"EV_???????????{number}"} for number in (1, 2)]
    expected = results([attempt(URL, each, 0) for each in events], [])

    def made(*ids: str) -> Change:
        found = [attempt(URL, {**A, "id": each}, 0) for each in ids]
        return put("attempts", found)

    assert verdict(made("EV_abcdefghijkm", "EV_ABCDEFGHJKLM"), expected) == ""
    assert verdict(made("EV_abcdefghijkm", "EV_abcdefghijkm"), expected)


@pytest.mark.parametrize(
    "got",
    [
        None,
        [],
        {},
        {**EXPECTED, "more": 1},
        {**EXPECTED, "attempts": {}},
        {**EXPECTED, "attempts": [1]},
        {**EXPECTED, "attempts": [{}]},
        {**EXPECTED, "attempts": [{**EXPECTED["attempts"][0], "at_ms": True}]},
        {**EXPECTED, "attempts": [{**EXPECTED["attempts"][0], "at_ms": 1.5}]},
        {**EXPECTED, "attempts": [{**EXPECTED["attempts"][0], "body_b64": "!"}]},
        {**EXPECTED, "attempts": [{**EXPECTED["attempts"][0], "url": None}]},
        {**EXPECTED, "returned": [1]},
        {**EXPECTED, "processed": [1]},
        {**EXPECTED, "stop_ms": ["1"]},
        {**EXPECTED, "undelivered": [{}]},
        {**EXPECTED, "counts": 1},
        {**EXPECTED, "counts": {"success": 1}},
        {**EXPECTED, "counts": {**EXPECTED["counts"], "failure": "1"}},
    ],
)
def test_what_is_not_a_run_is_a_difference(got: Any) -> None:
    assert equal("notifier.run", ARGS, EXPECTED, got).startswith("$")


def test_a_body_that_is_not_json_is_a_difference() -> None:
    for body in (b"{", b"\xff", b"[" * 100_000, b"[]", b""):
        text = base64.b64encode(body).decode()
        assert verdict(put("attempts.0.body_b64", text))


def test_an_executed_result_loses_what_differs_between_executions() -> None:
    spaced = deepcopy(EXPECTED)
    made = spaced["attempts"][0]
    body = base64.b64decode(made["body_b64"]).replace(b",", b", ")
    made["body_b64"] = base64.b64encode(body).decode()
    token(body=body)(0)(spaced)
    for info in spaced["processed"]:
        info["queuedAt"] = info["queuedAt"].replace("Z", ".000000003Z")
        info["sendDurationNs"] = str(int(info.get("sendDurationNs", 0)) + 2)
    spaced["attempts"].reverse()
    spaced["processed"][0]["sendError"] += ": who knows"

    assert normal(ARGS, spaced) == normal(ARGS, deepcopy(EXPECTED))
    found = EXPECTED["attempts"][0]["authorization"]
    assert secret_of(found, ARGS) == SECRET


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ({"egressInfo": {}, "room": {"name": "r"}}, ""),
        ({"ingressInfo": {"ingressId": "i"}, "room": {"name": "r"}}, "i"),
        ({"room": {"name": "r"}, "participant": {"identity": "p"}}, "r"),
        ({"participant": {"identity": "p"}, "track": {"sid": "t"}}, "p"),
        ({"room": None, "track": {"sid": "t"}}, "t"),
        ({"job": {"id": "j"}}, "default"),
    ],
)
def test_the_key_of_an_event_is_that_of_what_is_there(
    event: dict[str, Any], key: str
) -> None:
    assert event_key(event) == key


def test_urls_are_compared_as_endpoints_see_them() -> None:
    assert without_user("http://u:p@h.invalid") == "http://h.invalid/"
    assert without_user("http://h.invalid/a?b=c#d") == "http://h.invalid/a?b=c"
    assert without_user("http://[") == "http://["


def test_only_texts_that_are_long_enough_are_looked_for() -> None:
    args = {**ARGS, "endpoints": {"http://ab:c%40long@h/?x=1&y=value&z": []}}

    hidden = secrets_of(args)

    assert {"ab:c%40long", "ab:c@long", "c%40long", "c@long", "value"} <= hidden
    assert not {"ab", "1", ""} & hidden


def test_times() -> None:
    assert milliseconds(None) is None
    assert milliseconds(NEVER) is None
    assert milliseconds("1970-01-01T00:00:01.5Z") == 1500
    assert milliseconds("1970-01-01T00:00:00.000000001Z") == pytest.approx(1e-6)


def test_every_vector_passes_what_it_expects() -> None:
    """So a run that nothing is wrong with has no difference, whatever else is compared."""
    vectors = [
        each
        for each in load(vectors_folder()).vectors
        if each.op == "notifier.run" and each.result == "valid"
    ]

    made = ("without-id", "without-either")  # their ids are places
    wrong = [
        (each.id, found)
        for each in vectors
        if not each.id.endswith(made)
        and (found := equal(each.op, each.args, each.expect, each.expect))
    ]

    assert len(vectors) > 200
    assert wrong == []


def test_a_flood_of_attempts_is_not_read() -> None:
    flood = {**EXPECTED, "attempts": [attempt(URL, A, 0)] * 5_000}

    assert equal("notifier.run", ARGS, EXPECTED, flood).startswith("$.attempts: 5000")
