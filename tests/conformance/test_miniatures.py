"""Vectors catch the mistakes of a token library that looks right."""

from __future__ import annotations

from lkproto_conformance import miniatures
from lkproto_conformance.connect import InProcessTestee
from lkproto_conformance.miniatures.twirp import NaiveTwirp
from lkproto_conformance.running.runner import run
from lkproto_conformance.vectors import load, vectors_folder

# A vector for each mistake: tokens it should refuse, and tokens it should not.
TAKEN = [
    "no-exp-claim",
    "alg-hs512",
    "padded-signature",
    "junk-in-signature",
    "spare-bits-in-signature",
    "duplicate-video-merged",
    "folded-expiry-past",
    "header-crit-unknown",
    "payload-nan",
    "payload-utf-16",
    "nbf-now-plus-61",
    "exp-milliseconds",
    "surrogate-high",
    "wrong-type-video-room-join-1",
    "size-64-kib",
]
REFUSED = ["exp-now-minus-59", "exp-fraction-alive"]


def test_the_vectors_catch_every_mistake_of_a_hasty_library() -> None:
    vectors = [
        each for each in load(vectors_folder()).vectors if each.op == "token.verify"
    ]

    results = list(run(InProcessTestee(miniatures.hasty()), vectors, "strict"))

    verdicts = {each.vector.id.partition("/")[2]: each.verdict.name for each in results}
    assert {verdicts[name] for name in TAKEN} == {"fail:accepted"}
    assert {verdicts[name] for name in REFUSED} == {"fail:over-strict"}
    assert (
        verdicts["minimal"] == "fail:mismatch"
    )  # it does not say what the grants mean
    assert verdicts["signature-empty"] == "pass"


# What a loop that posts webhooks does right, and one vector for each thing it does wrong.
POSTED = ["delivered", "two-urls", "url-user", "stop-at-once", "another-key"]
NOT_POSTED = [
    "status-404",
    "status-500",
    "refused-once",
    "hang-always",
    "redirect-302",
    "retry-after-seconds",
    "waits-min",
    "signed-again",
    "user-agent",
    "order",
    "key-room",
    "age-too-old",
    "depth-1",
    "filter-include",
    "set-filter-exclude",
    "extra-signing-key",
    "extra-filter-exclude",
    "without-id",
    "set-keys-new-secret",
    "set-keys-empty",
    "drain",
    "force-waiting",
    "queue-while-draining",
    "event-egress",
]
CONSTRUCTED = ["key-of-section-unknown", "section-duration-word", "url-unusable-scheme"]


def test_the_vectors_catch_every_mistake_of_a_loop_that_posts() -> None:
    vectors = [
        each for each in load(vectors_folder()).vectors if each.op == "notifier.run"
    ]

    results = list(run(InProcessTestee(miniatures.careless()), vectors, "strict"))

    verdicts = {each.vector.id.partition("/")[2]: each.verdict.name for each in results}
    assert {name: verdicts[name] for name in POSTED} == dict.fromkeys(POSTED, "pass")
    assert {verdicts[name] for name in NOT_POSTED} == {"fail:mismatch"}
    assert {verdicts[name] for name in CONSTRUCTED} == {"fail:accepted"}


# What an afternoon's client and server do right, and one vector for each thing they do wrong.
RIGHT = [
    "call/room",
    "call/json-room",
    "call/error-not-found-protobuf",
    "call/incomplete-after-the-deadline",
    "serve/type-json",
    "serve/type-protobuf",
    "serve/json-unknown-field",
    "error/code-not-found",
    "map_error/psrpc-not-found",
]
WRONG = [
    "call/redirect-302-relative",
    "call/intermediary-502",
    "call/error-unknown-code",
    "call/success-201",
    "call/wrong-page",
    "call/json-wrong-duplicate",
    "serve/type-json-charset",
    "serve/type-missing",
    "serve/method-get",
    "serve/route-another-prefix",
    "serve/route-unknown-method",
    "serve/route-query",
    "serve/json-wrong-truncated",
    "serve/protobuf-wrong-truncated",
    "serve/error-not-found",
    "error/redirect-302",
    "error/body-number-as-code",
    "error/unknown-code-dataloss",
    "map_error/psrpc-malformed-request",
    "map_error/grpc-5",
    "sip_status/486-busy-here",
]


def test_the_vectors_catch_every_mistake_of_a_naive_client_and_server() -> None:
    names = {f"twirp.{name}" for name in (*RIGHT, *WRONG)}
    vectors = [each for each in load(vectors_folder()).vectors if each.id in names]

    results = list(run(InProcessTestee(NaiveTwirp()), vectors))

    verdicts = {each.vector.id.removeprefix("twirp."): each.verdict for each in results}
    assert [name for name in RIGHT if verdicts[name].failed] == []
    assert [name for name in WRONG if not verdicts[name].failed] == []
    assert len(results) == len(names)
