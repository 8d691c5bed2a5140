"""Trunks of a mock: each answer is what livekit-server 1.13.5 gave to the same request."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import SIPInboundTrunkInfo, SIPMediaEncryption

from .states import PREFIX, World

NO_TRUNK = ("not_found", "requested sip trunk does not exist")
OPEN = (
    "for security, one of the fields must be set: AuthUsername+AuthPassword, "
    "AllowedAddresses or Numbers"
)
OUT = {"numbers": ["1"], "address": "sip.example.com"}


def inbound(world: World, **fields: Any) -> SIPInboundTrunkInfo:
    found = world.call("CreateSIPInboundTrunk", trunk=fields)
    assert isinstance(found, SIPInboundTrunkInfo)
    return found


@pytest.mark.parametrize(
    ("trunk", "text"),
    [
        ({}, OPEN),
        ({"sipTrunkId": "ST_x", "numbers": ["1"]}, "trunk id must not be set"),
        (
            {"numbers": ["9"], "headers": {"Bad Header": "b"}},
            "invalid header name: header name Bad Header contains invalid characters: "
            "char 32 not allowed",
        ),
        (
            {"numbers": ["9"], "headers": {"Contact": "b"}},
            "invalid header name: header name Contact not supported",
        ),
        (
            {"numbers": ["9"], "headers": {"X-A": "b\nc"}},
            "invalid header value for X-A: header X-A: value: char 10 not allowed",
        ),
        (
            {"numbers": ["9"], "headers": {"X-A": "b" * 1025}},
            "invalid header value for X-A: header X-A: value too long (max 1024 characters)",
        ),
        (
            {"numbers": ["9"], "headers": {"X" * 256: ""}},
            "invalid header name: header name too long (max 255 characters)",
        ),
        (
            {"numbers": ["9"], "headersToAttributes": {"": "a"}},
            "invalid header name: header name cannot be empty",
        ),
        (
            {"numbers": ["9"], "attributesToHeaders": {"a": "é"}},
            "invalid header name: header name é contains invalid characters: "
            "char 233 out of range, consider explicilty adding utf8 characters",
        ),
        ({"numbers": ["9"], "media": {"codecs": [{}]}}, "missing codec name"),
        (
            {"numbers": ["9"], "media": {"codecs": [{"name": "a b"}]}},
            "invalid codec name",
        ),
        (
            {"numbers": ["9"], "media": {"codecs": [{"name": "a/b"}]}},
            "codec name must not contain '/'",
        ),
        (
            {"numbers": ["9"], "media": {"mediaTimeout": "700s"}},
            "media_timeout must not exceed 10m0s",
        ),
        (
            {"numbers": ["9"], "media": {"mediaTimeout": "-1s"}},
            "media_timeout must not be negative",
        ),
    ],
)
def test_an_inbound_trunk_that_is_wrong_is_refused(
    world: World, trunk: dict[str, Any], text: str
) -> None:
    refused = world.refused("CreateSIPInboundTrunk", trunk=trunk)
    assert refused == ("invalid_argument", text)


@pytest.mark.parametrize(
    ("trunk", "text"),
    [
        ({}, "no trunk numbers specified"),
        ({"numbers": ["1"]}, "no outbound address specified"),
        (
            {**OUT, "address": "sip:a@b"},
            "trunk address should be a hostname or IP, not SIP URI",
        ),
        (
            {**OUT, "address": "a;transport=tcp"},
            "trunk address should not contain transport parameter",
        ),
        (
            {**OUT, "fromHost": "x@y"},
            "from_host should be a hostname or IP, not SIP URI",
        ),
    ],
)
def test_an_outbound_trunk_that_is_wrong_is_refused(
    world: World, trunk: dict[str, Any], text: str
) -> None:
    refused = world.refused("CreateSIPOutboundTrunk", trunk=trunk)
    assert refused == ("invalid_argument", text)


@pytest.mark.parametrize("kind", ["Inbound", "Outbound"])
def test_trunks_need_what_they_are_about(world: World, kind: str) -> None:
    def refused(method: str, **fields: Any) -> tuple[str, str]:
        return world.refused(method.replace("*", f"SIP{kind}"), **fields)

    assert refused("Create*Trunk") == ("invalid_argument", "missing trunk")
    assert refused("Get*Trunk") == ("invalid_argument", "trunk ID is required")
    assert refused("Get*Trunk", sipTrunkId="ST_no") == NO_TRUNK
    assert refused("Update*Trunk") == ("invalid_argument", "trunk id must be set")
    no_action = ("invalid_argument", "missing or unsupported update action")
    assert refused("Update*Trunk", sipTrunkId="ST_no") == no_action
    assert refused("Update*Trunk", sipTrunkId="ST_no", update={}) == NO_TRUNK
    other = {"sipTrunkId": "ST_o", "numbers": ["1"]}
    text = "trunk id in the info must be empty or match the id in the update"
    wrong = refused("Update*Trunk", sipTrunkId="ST_no", replace=other)
    assert wrong == ("invalid_argument", text)


def test_trunks_are_made_found_and_deleted(world: World) -> None:
    trunk = inbound(world, name="one", numbers=["+1 (555) 01"], authPassword="p")
    out = world.call("CreateSIPOutboundTrunk", trunk={**OUT, "name": "out"})

    assert has_prefix("ST_", trunk.sip_trunk_id)
    found = world.call("GetSIPInboundTrunk", sipTrunkId=trunk.sip_trunk_id)
    assert found.trunk == trunk
    assert world.refused("GetSIPInboundTrunk", sipTrunkId=out.sip_trunk_id) == NO_TRUNK
    found = world.call("GetSIPOutboundTrunk", sipTrunkId=out.sip_trunk_id)
    assert found.trunk == out
    gone = world.call("DeleteSIPTrunk", sipTrunkId=trunk.sip_trunk_id)
    assert gone.to_dict() == {"sipTrunkId": trunk.sip_trunk_id}
    assert world.call("DeleteSIPTrunk", sipTrunkId="ST_no").sip_trunk_id == "ST_no"
    assert world.call("ListSIPInboundTrunk").items == []
    needed = ("invalid_argument", "trunk ID is required")
    assert world.refused("DeleteSIPTrunk") == needed


def test_lists_of_trunks_are_in_the_order_of_ids_and_ignore_limits(
    world: World,
) -> None:
    ids = sorted(inbound(world, numbers=[str(n)]).sip_trunk_id for n in range(5))

    def listed(**fields: Any) -> list[str]:
        items = world.call("ListSIPInboundTrunk", **fields).items
        return [each.sip_trunk_id for each in items]

    assert listed() == listed(page={"limit": 1}) == ids
    assert listed(page={"afterId": ids[1]}) == ids[2:]
    assert listed(trunkIds=["ST_no", ids[3]]) == [ids[3]]


def test_trunks_are_listed_by_number(world: World) -> None:
    one = inbound(world, numbers=["+1 (555) 01"])
    other = inbound(world, authUsername="u")
    out = world.call("CreateSIPOutboundTrunk", trunk=OUT)

    def listed(kind: str, *numbers: str) -> set[str]:
        items = world.call(f"ListSIP{kind}Trunk", numbers=numbers).items
        return {each.sip_trunk_id for each in items}

    assert listed("Inbound", "155501") == {one.sip_trunk_id, other.sip_trunk_id}
    assert listed("Inbound", "404") == {other.sip_trunk_id}
    assert listed("Outbound", "1") == {out.sip_trunk_id}
    assert listed("Outbound", "+1") == set()


def test_the_old_list_has_trunks_of_both_kinds(world: World) -> None:
    one = inbound(world, numbers=["1"], allowedNumbers=["2"], authUsername="u")
    out = world.call("CreateSIPOutboundTrunk", trunk={**OUT, "authPassword": "p"})
    found = {each.sip_trunk_id: each for each in world.call("ListSIPTrunk").items}

    assert found[one.sip_trunk_id].to_dict() == {
        "sipTrunkId": one.sip_trunk_id,
        "kind": "TRUNK_INBOUND",
        "outboundNumber": "1",
        "inboundNumbers": ["2"],
        "inboundUsername": "u",
    }
    assert found[out.sip_trunk_id].to_dict() == {
        "sipTrunkId": out.sip_trunk_id,
        "kind": "TRUNK_OUTBOUND",
        "outboundAddress": "sip.example.com",
        "outboundNumber": "1",
        "outboundPassword": "p",
    }


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        (
            {"numbers": ["+1 (555) 01"]},
            {"numbers": ["155501", "2"]},
            'using the same number(s) ["155501" "2"] without AllowedNumbers set',
        ),
        (
            {"numbers": ["1"], "allowedNumbers": ["+49"]},
            {"numbers": ["1"], "allowedNumbers": ["50", "49"]},
            'using the same number(s) ["1"] and AllowedNumber "49"',
        ),
        (
            {"authUsername": "u"},
            {"allowedAddresses": ["10.0.0.1"]},
            "using the same number(s) <any> without AllowedNumbers set",
        ),
    ],
)
def test_two_trunks_do_not_take_the_same_calls(
    world: World, first: dict[str, Any], second: dict[str, Any], text: str
) -> None:
    other = inbound(world, **first)
    conflict = (
        f'Conflicting inbound SIP Trunks: "<new>" and "{other.sip_trunk_id}", {text}'
    )

    refused = world.refused("CreateSIPInboundTrunk", trunk=second)
    assert refused == ("invalid_argument", conflict)


def test_trunks_of_other_callers_or_numbers_do_not_conflict(world: World) -> None:
    inbound(world, numbers=["1"])
    inbound(world, numbers=["1"], allowedNumbers=["2"])
    inbound(world, numbers=["2"])
    inbound(world, authUsername="u")

    assert len(world.call("ListSIPInboundTrunk").items) == 4


def test_an_update_changes_lists_and_what_it_names(world: World) -> None:
    trunk = inbound(
        world, name="one", metadata="m", numbers=["1", "2"], mediaEncryption=1
    )
    found = world.call(
        "UpdateSIPInboundTrunk",
        sipTrunkId=trunk.sip_trunk_id,
        update={
            "name": "two",
            "metadata": "",
            "numbers": {"add": ["8", "8", "2"], "remove": ["1"]},
            "allowedNumbers": {"set": ["5"]},
            "allowedAddresses": {"clear": True},
        },
    )

    assert (found.name, found.metadata) == ("two", "")
    assert (found.numbers, found.allowed_numbers) == (["2", "8"], ["5"])
    assert found.media.encryption == SIPMediaEncryption.SIP_MEDIA_ENCRYPT_ALLOW
    assert world.call("ListSIPInboundTrunk").items == [found]


def test_encryption_is_the_same_in_both_fields(world: World) -> None:
    trunk = inbound(world, numbers=["1"])

    def updated(**update: Any) -> list[int]:
        found = world.call(
            "UpdateSIPInboundTrunk", sipTrunkId=trunk.sip_trunk_id, update=update
        )
        return [found.media_encryption, found.media.encryption]

    assert updated(name="x") == [0, None]
    assert updated(media={"encryption": 2}) == [2, 2]
    assert updated(mediaEncryption=1) == [2, 2]


def test_a_replacement_leaves_nothing_but_the_id(world: World) -> None:
    trunk = inbound(world, name="one", numbers=["1"])
    found = world.call(
        "UpdateSIPInboundTrunk",
        sipTrunkId=trunk.sip_trunk_id,
        replace={"numbers": ["2"]},
    )

    expected = {"sipTrunkId": trunk.sip_trunk_id, "numbers": ["2"]}
    assert found.to_dict() == expected


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (
            {"set": ["1"], "add": ["2"]},
            "cannot set and change the list at the same time",
        ),
        (
            {"clear": True, "add": ["2"]},
            "cannot clear and change the list at the same time",
        ),
        ({}, "unsupported list update operation"),
        ({"add": [""]}, "empty element in the list"),
    ],
)
def test_a_change_of_a_list_is_one_thing(
    world: World, change: dict[str, Any], text: str
) -> None:
    trunk = inbound(world, numbers=["1"])

    refused = world.refused(
        "UpdateSIPInboundTrunk",
        sipTrunkId=trunk.sip_trunk_id,
        update={"numbers": change},
    )
    assert refused == ("invalid_argument", text)


def test_an_update_must_not_leave_a_trunk_that_is_wrong(world: World) -> None:
    trunk = inbound(world, numbers=["1"])
    out = world.call("CreateSIPOutboundTrunk", trunk=OUT)
    clear = {"update": {"numbers": {"clear": True}}}

    found = world.refused(
        "UpdateSIPInboundTrunk", sipTrunkId=trunk.sip_trunk_id, **clear
    )
    assert found == ("invalid_argument", PREFIX + OPEN)
    found = world.refused(
        "UpdateSIPOutboundTrunk", sipTrunkId=out.sip_trunk_id, **clear
    )
    assert found == ("unknown", "no trunk numbers specified")
    assert world.call("ListSIPInboundTrunk").items == [trunk]


def test_an_update_must_not_make_a_conflict(world: World) -> None:
    one = inbound(world, numbers=["1"])
    other = inbound(world, numbers=["2", "1"], allowedNumbers=["7"])

    code, text = world.refused(
        "UpdateSIPInboundTrunk",
        sipTrunkId=other.sip_trunk_id,
        update={"allowedNumbers": {"clear": True}},
    )
    assert code == "invalid_argument"
    assert one.sip_trunk_id in text
    assert "<new>" not in text
