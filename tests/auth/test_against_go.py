"""The same requests to us and to the Go reference, with random claims.

Needs the testee that executes livekit/protocol (conformance/testees/go): its connector is in
LKPROTO_REFERENCE, as the session `conformance` has it. Stored vectors hold answers of it, too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lkproto.auth import (
    ClaimGrants,
    VideoGrants,
    claim_text,
    kind_details_of,
    kind_of,
    mint,
)
from lkproto.livekit import ParticipantPermission
from lkproto_conformance.connect import Connection, connect
from lkproto_conformance.judging.equality import difference
from lkproto_conformance.strategies import grants, permissions
from lkproto_conformance.strategies.claims import CLAIM_TEXTS as TEXT
from lkproto_conformance.testees.lkproto import Lkproto

from . import payloads
from .support import NOW

REFERENCE = os.environ.get("LKPROTO_REFERENCE")
pytestmark = [
    pytest.mark.skipif(not REFERENCE, reason="LKPROTO_REFERENCE names no testee"),
    pytest.mark.filterwarnings("ignore:.* is deprecated:DeprecationWarning"),
]
THOROUGH = settings(
    max_examples=300,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SECRET = "a secret of at least thirty-two bytes"
Ask = Callable[[str, dict[str, Any]], Any]
Judge = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    """The running reference."""
    connection = connect(REFERENCE or "")
    connection.start()
    yield connection
    connection.stop()


@pytest.fixture(scope="module")
def judge(connection: Connection) -> Judge:
    """A function that takes a token and returns the reference's verdict, like `our_verdict`."""

    def judge(args: dict[str, Any]) -> Any:
        reply: Any = connection.ask("token.verify", {**args, "profile": "go"}, "")
        assert reply.outcome in ("ok", "reject"), reply
        return reply.kind if reply.outcome == "reject" else reply.body

    return judge


@pytest.fixture(scope="module")
def reference(connection: Connection) -> Ask:
    """A function that takes operation and arguments and returns the reference's answer."""

    def ask(op: str, args: dict[str, Any]) -> Any:
        reply: Any = connection.ask(op, args, "")
        assert reply.outcome == "ok", reply
        return reply.body

    return ask


def assert_same(op: str, args: dict[str, Any], reference: Ask) -> None:
    """Check that our answer is the reference's, comparing numbers by value."""
    assert not difference(reference(op, args), ours(op, args))


def ours(op: str, args: dict[str, Any]) -> Any:
    """Our testee's answer, converted through JSON like the reference's."""
    return json.loads(json.dumps(Lkproto().answer(op, args)["ok"]))


@settings(THOROUGH, max_examples=100)
@given(st.integers(0, 2**32).map(Random))
def test_both_judge_any_token_alike(judge: Judge, random: Random) -> None:
    maker = payloads.Maker(random)
    for _ in range(50):
        token = maker.token()
        args = {"token": token, "keys": {payloads.KEY: payloads.SECRET}, "now": NOW}

        verdict = our_verdict({**args, "profile": "go"})
        assert not difference(judge(args), verdict), token


def our_verdict(args: dict[str, Any]) -> Any:
    """Our testee's verdict on a token: the kind of refusal, or the claims."""
    reply = json.loads(json.dumps(Lkproto().answer("token.verify", args)))
    return reply["reject"]["kind"] if "reject" in reply else reply["ok"]


def in_token(message: Any) -> dict[str, Any]:
    """A message in the form it has in a token."""
    value: dict[str, Any] = json.loads(message.to_json())
    return value


@THOROUGH
@given(grants(), st.integers(0, 4102444800), st.none() | st.integers(1, 10**7))
def test_tokens_are_the_same(
    reference: Ask, given: ClaimGrants, now: int, ttl: int | None
) -> None:
    # The operation takes names of kinds, not any text.
    given.kind = claim_text(kind_of(given)) if given.kind else ""
    given.kind_details = [claim_text(each) for each in kind_details_of(given)]
    args = {
        "api_key": "APIkey",
        "secret": SECRET,
        "now": max(now, NOW),
        "valid_for_seconds": ttl,
        "grants": in_token(given),
    }

    assert_same("token.mint", args, reference)


@THOROUGH
@given(grants())
def test_both_verify_our_tokens_alike(reference: Ask, given: ClaimGrants) -> None:
    token = mint(given, api_key="APIkey", api_secret=SECRET, clock=lambda: NOW)
    args = {"token": token, "keys": {"APIkey": SECRET}, "now": NOW, "profile": "go"}

    assert_same("token.verify", args, reference)


@THOROUGH
@given(grants(VideoGrants), permissions("boundary"))
def test_grants_mean_the_same(
    reference: Ask, video: VideoGrants, permission: ParticipantPermission
) -> None:
    given = in_token(video)
    names = permission.to_dict(preserving_names=True)

    for op, args in (
        ("grants.resolve", {"video": given}),
        ("grants.matches_permission", {"video": given, "permission": names}),
        ("grants.update_from_permission", {"video": given, "permission": names}),
    ):
        assert_same(op, args, reference)


@THOROUGH
@given(st.lists(TEXT | st.sampled_from(["rtmp://h/a/", "?k=", "&", "mux://"])))
def test_texts_are_redacted_and_checked_alike(reference: Ask, parts: list[str]) -> None:
    text = "".join(parts)

    for op, args in (
        ("redact.url", {"input": text}),
        ("guid.check", {"input": text}),
        ("kind.parse", {"claim": text}),
        ("kind_details.parse", {"claims": parts}),
    ):
        assert_same(op, args, reference)
