"""Effective values of tokens, of libraries that have no word for some of them."""

from lkproto_conformance.judging.verdict import judge
from lkproto_conformance.protocol import Reply
from lkproto_conformance.testees.lkproto import testee as our_testee
from lkproto_conformance.vectors import load, vectors_folder

VECTORS = {each.id: each for each in load(vectors_folder()).vectors}
DENIED = VECTORS["token.verify/video-publish-denied"]


def verdict(effective):
    return judge(DENIED, Reply("ok", {**DENIED.expect, "effective": effective}))


def test_what_a_library_has_no_word_for_is_not_compared():
    assert verdict({"video": {"canPublish": False}}).name == "pass"


def test_what_it_has_is_compared():
    for told in ({"canPublishData": True}, {"canPublish": True}, {"other": 1}):
        found = verdict({"video": told})
        assert found.name == "fail:mismatch"
        assert "$.effective.video" in found.detail


def test_a_kind_that_it_has_is_compared():
    assert verdict({"video": {}, "kind": "STANDARD"}).name == "pass"
    assert verdict({"video": {}, "kind": "AGENT"}).name == "fail:mismatch"


def test_a_grant_that_is_not_there_is_not_the_same_as_one():
    assert verdict({"video": None}).name == "fail:mismatch"


def test_values_that_say_nothing_of_the_grant_fail():
    for told in ({}, {"kind": "STANDARD"}, [], "x", 1):
        assert verdict(told).name == "fail:mismatch"


def test_null_is_for_a_library_that_leaves_all_of_it_to_its_user():
    assert verdict(None).name == "pass"


def test_a_result_without_them_fails():
    told = {name: DENIED.expect[name] for name in DENIED.expect if name != "effective"}
    assert judge(DENIED, Reply("ok", told)).name == "fail:mismatch"


def test_our_testee_tells_all():
    answer = our_testee().answer(DENIED.op, {**DENIED.args, "profile": "go"})
    told = answer["ok"]["effective"]
    assert told.keys() == DENIED.expect["effective"].keys()
    assert told["video"].keys() == DENIED.expect["effective"]["video"].keys()
