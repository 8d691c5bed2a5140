"""Tokens of libraries with a JSON of their own, and results that leave out what has no word."""

import json

import pytest
from lkproto_conformance.judging.notifier_tokens import signed
from lkproto_conformance.judging.verdict import judge
from lkproto_conformance.protocol import Reply
from lkproto_conformance.testees.lkproto import testee as our_testee
from lkproto_conformance.vectors import load, vectors_folder

VECTORS = {each.id: each for each in load(vectors_folder()).vectors}
SECRET = "the secret of the conformance suite"
CLAIMS = {
    "iss": "APIconformance",
    "sub": "",
    "exp": 1767247200,
    "nbf": 1767225600,
    "agent": {"admin": True, "databaseAdmin": False},
}


def verdict(vector, **ok):
    return judge(VECTORS[vector], Reply("ok", ok))


def own(claims, secret=SECRET):
    token = signed(claims, secret)
    return verdict("token.mint/agent-admin", token=token, spelling="own")


def test_a_token_in_another_order_with_defaults_and_without_iat_passes_as_own_spelling():
    assert own(CLAIMS).name == "pass"


def test_the_same_token_fails_where_the_exact_text_is_promised():
    token = signed(CLAIMS, SECRET)
    assert verdict("token.mint/agent-admin", token=token).name == "fail:mismatch"


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"agent": {"admin": False}}, "$.token.grants.agent"),
        ({"agent": {"admin": True, "databaseAdmin": True}}, "$.token.grants.agent"),
        ({"video": {"roomAdmin": True}}, "$.token.grants"),
        ({"exp": 1767247201}, "$.token.exp"),
        ({"nbf": 0}, "$.token.nbf"),
        ({"iss": "APIother"}, "$.token.iss"),
        ({"sub": "alice"}, "$.token: missing [], unexpected ['sub']"),
        ({"identity": "alice"}, "$.token.grants"),
    ],
)
def test_own_spelling_hides_no_other_claim(change, detail):
    found = own({**CLAIMS, **change})
    assert found.name == "fail:mismatch"
    assert detail in found.detail


def test_own_spelling_needs_the_right_signature():
    found = own(CLAIMS, "another secret")
    assert found.name == "fail:mismatch"
    assert "not signed by the secret" in found.detail


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", None, 7, [], "\u00e9.\u00e9.\u00e9"]
)
def test_what_is_not_a_token_fails_in_own_spelling(token):
    found = verdict("token.mint/agent-admin", token=token, spelling="own")
    assert found.name == "fail:mismatch"


def test_a_deep_token_fails_in_own_spelling():
    deep = json.loads("[" * 900 + "]" * 900)
    assert own({**CLAIMS, "roomConfig": deep}).name == "fail:mismatch"


def verified(vector, **effective):
    ok = dict(VECTORS[vector].expect)
    return verdict(vector, **{**ok, "effective": effective})


def test_effective_values_that_a_library_does_not_tell_are_not_compared():
    video = {"canPublish": False}
    assert verified("token.verify/video-publish-denied", video=video).name == "pass"


def test_effective_values_that_a_library_tells_are_compared():
    video = {"canPublish": False, "canPublishData": True}
    found = verified("token.verify/video-publish-denied", video=video)
    assert found.name == "fail:mismatch"
    assert "canPublishData" in found.detail


def test_a_result_has_to_have_effective_values():
    expected = VECTORS["token.verify/video-publish-denied"].expect
    told = {name: expected[name] for name in expected if name != "effective"}
    assert verdict("token.verify/video-publish-denied", **told).name == "fail:mismatch"


def test_our_testee_promises_exact_texts_and_all_effective_values():
    ours = our_testee()
    mint = VECTORS["token.mint/agent-admin"]
    assert "spelling" not in ours.answer(mint.op, mint.args)["ok"]
    verify = VECTORS["token.verify/video-publish-denied"]
    told = ours.answer(verify.op, {**verify.args, "profile": "go"})["ok"]["effective"]
    assert told.keys() == verify.expect["effective"].keys()
