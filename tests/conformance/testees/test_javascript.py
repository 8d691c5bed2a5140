"""The testee in JavaScript: it speaks the protocol, and shows what livekit-server-sdk answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lkproto_conformance.connect import connect
from lkproto_conformance.protocol import OPERATIONS, Broken, Hello, Reply
from lkproto_conformance.running.runner import run
from lkproto_conformance.vectors import Vector, load, vectors_folder

FOLDER = Path(__file__).parents[3] / "conformance" / "testees" / "javascript"
MODULES = sorted(FOLDER.glob("*.mjs"))
TESTEE = f"exec:node {FOLDER / 'testee.mjs'}"
VECTORS = {each.id: each for each in load(vectors_folder()).vectors}
NOW = 1767225600


def raw(*lines: str | bytes) -> list[dict[str, Any]]:
    """The replies to these lines, of a testee that ends by itself."""
    text = b"".join(line.encode() if isinstance(line, str) else line for line in lines)
    ended = subprocess.run(
        ["node", "testee.mjs"],
        input=text,
        cwd=FOLDER,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in ended.stdout.splitlines()]


def request(op: str, args: dict[str, Any], number: int = 1) -> str:
    """A request as a line."""
    return json.dumps({"id": number, "op": op, "args": args}) + "\n"


@pytest.fixture(scope="module")
def hello() -> Hello:
    """What it says of itself."""
    testee = connect(TESTEE)
    try:
        return testee.start()
    finally:
        testee.stop()


def asked(op: str, **args: Any) -> Reply:
    """Its reply to a request."""
    testee = connect(TESTEE)
    try:
        testee.start()
        reply = testee.ask(op, args, "x")
    finally:
        testee.stop()
    assert not isinstance(reply, Broken), reply
    return reply


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_well_formed(path: Path) -> None:
    subprocess.run(["node", "--check", path], check=True, timeout=30)


def test_versions_are_pinned_and_no_registry_is_named() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["packages"]
    wanted = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]

    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("resolved" not in each for each in lock.values())
    assert all("integrity" in each for name, each in lock.items() if name)


def test_it_says_which_versions_it_executes(hello: Hello) -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["packages"]
    sdk = lock["node_modules/livekit-server-sdk"]["version"]
    protocol = lock["node_modules/@livekit/protocol"]["version"]

    assert hello.name == f"livekit-server-sdk {sdk} (@livekit/protocol {protocol})"
    assert hello.profiles == ("go",)
    assert hello.capabilities - {"clock.inject"} <= OPERATIONS.keys()


def test_it_ends_at_the_end_of_input_and_at_bye() -> None:
    bye = '{"id":1,"op":"bye"}\n'

    assert raw() == []
    assert raw(bye) == []
    assert raw(bye, request("hello", {})) == []


def test_operations_and_profiles_that_it_does_not_offer_are_unsupported() -> None:
    args = {"token": "a.b.c", "keys": {"k": "s"}, "now": NOW}
    replies = raw(
        request("grants.resolve", {"video": {}}, 7),
        request("toString", {}, 8),
        request("token.verify", {**args, "profile": "strict"}, 9),
    )

    assert [each["id"] for each in replies] == [7, 8, 9]
    assert all(each["unsupported"]["reason"] for each in replies)


def test_a_mistake_of_the_testee_is_an_error_and_the_next_request_is_answered() -> None:
    broken, fine = raw(
        request("token.mint", {}),
        request("json.print", {"message": "livekit.Room", "input": ""}, 2),
    )

    assert "TypeError" in broken["error"]["message"]
    assert fine == {"id": 2, "ok": {"json": "{}"}}


def test_a_line_ends_with_a_line_feed_alone() -> None:
    """JSON may have U+2028 as it is, and a line may be longer than a read of a pipe."""
    name = "\u2028\r" + "x" * 3_000_000
    args = {"message": "livekit.Room", "json": json.dumps({"name": name})}
    line = json.dumps(
        {"id": 1, "op": "json.parse", "args": {**args, "ignore_unknown": False}},
        ensure_ascii=False,
    )

    (reply,) = raw(line.encode() + b"\n")

    assert bytes.fromhex(reply["ok"]["output"]).endswith(name.encode())


def test_only_replies_are_on_stdout() -> None:
    """The SDK tells console.debug that it could not read a body."""
    headers = {"content-type": "application/json"}
    broken = {"status": 500, "headers": headers, "body_b64": "ew=="}

    (reply,) = raw(request("twirp.error", broken))

    assert reply["ok"]["msg"] == "Unknown internal error"


def test_the_clock_is_the_requests_and_only_for_the_request() -> None:
    mint = {"api_key": "k", "secret": "s", "valid_for_seconds": 5, "grants": {}}
    at, later = raw(
        request("token.mint", {**mint, "now": NOW + 0.5}),
        request("token.mint", {**mint, "now": NOW + 100}),
    )
    verify = {"token": at["ok"]["token"], "keys": {"k": "s"}, "profile": "go"}

    fresh, expired, other = raw(
        request("token.verify", {**verify, "now": NOW}),
        request("token.verify", {**verify, "now": NOW + 100}),
        request(
            "token.verify", {**verify, "token": later["ok"]["token"], "now": NOW + 100}
        ),
    )

    assert fresh["ok"]["api_key"] == other["ok"]["api_key"] == "k"
    assert expired["reject"]["kind"] == "expired"


CLOCK = """
import { at } from %s;
const found = await at(10.5, async () => [
  new Date().getTime(), Date.now(), Date.parse("1970-01-02"), new Date(7).getTime(),
  new Date(2020, 1, 1).getFullYear(), new Date(undefined).getTime(),
  new Date() instanceof Date, Date().slice(-4).length,
]);
console.log(JSON.stringify([...found, Date.now() > 1e12]));
"""


def test_dates_that_name_a_time_are_what_they_always_are() -> None:
    script = CLOCK % json.dumps((FOLDER / "clock.mjs").as_uri())
    told = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        capture_output=True,
        check=True,
        timeout=30,
    )

    found = json.loads(told.stdout)

    assert found == [10500, 10500, 86_400_000, 7, 2020, None, True, 4, True]


def test_claims_without_an_api_are_declined() -> None:
    reply = asked(
        "token.mint",
        api_key="k",
        secret="s",
        now=NOW,
        grants={"kindDetails": ["forwarded"]},
    )

    assert reply.outcome == "unsupported"
    assert "kindDetails" in reply.body["reason"]


# What facts of LiveKit's SDKs say of this one, each found by a vector.
DIVERGENCES = {
    "token.mint/no-grants": "header without typ; claims without iat",
    "token.mint/only-identity": "claims without iat, identity",
    "token.mint/room-config-empty": "unexpected ['agents'",
    "token.mint/sip-admin-other": "claims.sip: missing [], unexpected ['admin']",
    "token.mint/ttl-negative": "claims.exp: 1767225599, not 1767247200",
    "token.mint/video-room-join": "identity is required for join",
    "token.mint/credentials": "expected sensitive_credentials",
    "token.issue/credentials": "expected sensitive_credentials",
    "token.issue/ttl-negative": "$.exp: 1767225599, not 1767247200",
    "token.issue/video-room-join": "identity is required for join",
    "token.verify/alg-hs512": "expected alg_not_allowed",
    "token.verify/duplicate-video-merged-go": "$.claims.video: missing ['roomJoin']",
    "token.verify/exp-now-minus-59": "expired",
    "token.verify/exp-1e400": "expected bad_claim",
    "token.verify/identity-token-id": '$.identity: "", not "id"',
    "token.verify/room-config-snake-case": "unexpected ['empty_timeout'",
    "token.verify/standard-alphabet-in-signature": "expected malformed",
    "webhook.receive/alg-hs512": "expected alg_not_allowed",
    "webhook.receive/event-duplicate": "expected body_malformed",
    "webhook.receive/from-a-fast-clock": "not_yet_valid",
    "twirp.call/json-wrong-page": "expected twirp:internal, got twirp:undefined",
    "wire.roundtrip/room-not-utf-8": "expected malformed",
    "json.parse/int64-hexadecimal": "expected malformed",
}


def test_known_divergences_are_found() -> None:
    vectors: list[Vector] = [VECTORS[name] for name in DIVERGENCES]

    found = {each.vector.id: each.verdict for each in run(connect(TESTEE), vectors)}

    missed = {
        name: found[name]
        for name, words in DIVERGENCES.items()
        if not found[name].failed or words not in found[name].detail
    }
    assert missed == {}


def test_most_of_what_it_answers_is_right() -> None:
    """So that a testee that fails everything is noticed."""
    prefixes = (
        "webhook.receive/event-",
        "json.print/livekit-room",
        "twirp.call/roomservice-",
    )
    vectors = [each for name, each in VECTORS.items() if name.startswith(prefixes)]

    names = [each.verdict.name for each in run(connect(TESTEE), vectors)]

    assert names.count("pass") > 40
    assert "error" not in names


SIDES = (
    "the reference is right: ",
    "the SDK is right: ",
    "either may be: ",
    "neither is wrong: ",
)


@pytest.mark.parametrize("folder", ["javascript", "tutorial/javascript"])
def test_known_failures_say_which_side_is_right(folder: str) -> None:
    text = (FOLDER.parent / folder / "known-failing.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    columns = [line.split("  # ") for line in lines]

    assert lines == sorted(set(lines))
    assert [each for each in columns if len(each) != 3] == []
    assert [name for name, _, _ in columns if name not in VECTORS] == []
    assert [each for each in columns if not each[2].startswith(SIDES)] == []
