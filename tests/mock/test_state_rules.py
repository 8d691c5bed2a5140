"""Dispatch rules of a mock: each answer is what livekit-server 1.13.5 gave to the same request."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import SIPMediaEncryption

from .states import PREFIX, World

NO_RULE = ("not_found", "requested sip dispatch rule does not exist")
DIRECT = {"dispatchRuleDirect": {"roomName": "r"}}


def test_rules_are_made_listed_changed_and_deleted(world: World) -> None:
    rule = world.call(
        "CreateSIPDispatchRule",
        dispatchRule={
            "rule": DIRECT,
            "attributes": {"a": "b", "c": "d"},
            "mediaEncryption": 1,
        },
    )
    id_ = rule.sip_dispatch_rule_id
    assert has_prefix("SDR_", id_)
    assert rule.media.encryption == SIPMediaEncryption.SIP_MEDIA_ENCRYPT_ALLOW
    changed = world.call(
        "UpdateSIPDispatchRule",
        sipDispatchRuleId=id_,
        update={"attributes": {"a": "", "e": "f"}, "trunkIds": {"set": ["ST_9"]}},
    )
    assert (changed.attributes, changed.trunk_ids) == ({"c": "d", "e": "f"}, ["ST_9"])
    replaced = world.call(
        "UpdateSIPDispatchRule", sipDispatchRuleId=id_, replace={"rule": DIRECT}
    )
    assert set(replaced.to_dict()) == {"sipDispatchRuleId", "rule"}
    assert world.call("ListSIPDispatchRule").items == [replaced]
    assert world.call("DeleteSIPDispatchRule", sipDispatchRuleId=id_) == replaced
    assert world.refused("DeleteSIPDispatchRule", sipDispatchRuleId=id_) == NO_RULE


def test_the_old_form_of_a_rule_is_taken(world: World) -> None:
    rule = world.call(
        "CreateSIPDispatchRule",
        rule={"dispatchRuleIndividual": {"roomPrefix": "r", "pin": "12"}},
        trunkIds=["ST_1"],
        hidePhoneNumber=True,
        inboundNumbers=["5"],
        name="leg",
    )

    assert (rule.trunk_ids, rule.inbound_numbers) == (["ST_1"], ["5"])
    assert (rule.name, rule.hide_phone_number, rule.media) == ("leg", True, None)


def test_rules_are_listed_by_trunk(world: World) -> None:
    every = world.call("CreateSIPDispatchRule", rule=DIRECT)
    one = world.call("CreateSIPDispatchRule", rule=DIRECT, trunkIds=["ST_1"])
    world.call("CreateSIPDispatchRule", rule=DIRECT, trunkIds=["ST_2"])

    found = world.call("ListSIPDispatchRule", trunkIds=["ST_1"]).items
    assert {each.sip_dispatch_rule_id for each in found} == {
        every.sip_dispatch_rule_id,
        one.sip_dispatch_rule_id,
    }
    ids = ["SDR_no", one.sip_dispatch_rule_id]
    assert world.call("ListSIPDispatchRule", dispatchRuleIds=ids).items == [one]


@pytest.mark.parametrize(
    ("method", "fields", "text"),
    [
        ("Create", {}, "missing rule"),
        ("Create", {"dispatchRule": {}}, "missing rule"),
        ("Create", {"rule": {}}, PREFIX + "unsupported SIP Dispatch Rule: <nil>"),
        (
            "Create",
            {"dispatchRule": {"sipDispatchRuleId": "SDR_x", "rule": DIRECT}},
            "rule id must not be set",
        ),
        ("Update", {}, "rule id must be set"),
        ("Update", {"sipDispatchRuleId": "x"}, "missing or unsupported update action"),
        ("Update", {"sipDispatchRuleId": "x", "replace": {}}, "missing rule"),
        (
            "Update",
            {
                "sipDispatchRuleId": "x",
                "replace": {"sipDispatchRuleId": "y", "rule": DIRECT},
            },
            "rule id in the info must be empty or match the id in the update",
        ),
        ("Delete", {}, "dispatch rule ID is required"),
    ],
)
def test_a_rule_that_is_wrong_is_refused(
    world: World, method: str, fields: dict[str, Any], text: str
) -> None:
    refused = world.refused(f"{method}SIPDispatchRule", **fields)
    assert refused == ("invalid_argument", text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"trunkIds": ["ST_1", "ST_2"]}, {"trunkIds": ["ST_2"]}),
        ({"inboundNumbers": ["+5"]}, {"inboundNumbers": ["5"]}),
    ],
)
def test_two_rules_are_not_for_the_same_calls(
    world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    other = world.call("CreateSIPDispatchRule", rule=DIRECT, **first)
    text = (
        "Dispatch rule for the same trunk, inbound number, number, and PIN combination "
        f'already exists in dispatch rule "{other.sip_dispatch_rule_id}" "<blank name>"'
    )

    found = world.refused("CreateSIPDispatchRule", rule=DIRECT, **second)
    assert found == ("invalid_argument", text)
    with_pin = {"dispatchRuleDirect": {"roomName": "r", "pin": "1"}}
    world.call("CreateSIPDispatchRule", rule=with_pin, **second)


def test_an_update_must_not_make_two_rules_for_the_same_calls(world: World) -> None:
    world.call("CreateSIPDispatchRule", rule=DIRECT)
    rule = world.call("CreateSIPDispatchRule", rule=DIRECT, trunkIds=["ST_1"])

    code, _ = world.refused(
        "UpdateSIPDispatchRule",
        sipDispatchRuleId=rule.sip_dispatch_rule_id,
        update={"trunkIds": {"clear": True}},
    )
    assert code == "invalid_argument"
