"""Calls of a mock, which are answered; refusals are those of livekit-server 1.13.5."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto.ids import has_prefix
from lkproto.livekit import ParticipantInfo

from .states import PREFIX, World

NO_TRUNK = ("not_found", "requested sip trunk does not exist")
OUT = {"numbers": ["1"], "address": "sip.example.com"}


def test_a_call_is_a_participant_who_has_answered(world: World) -> None:
    out = world.call("CreateSIPOutboundTrunk", trunk=OUT)
    answer = world.call(
        "CreateSIPParticipant",
        sipTrunkId=out.sip_trunk_id,
        sipCallTo="+49",
        roomName="demo",
        participantName="Ann",
        participantAttributes={"k": "v"},
    )
    who = world.participant("demo", "sip_+49")

    assert (answer.participant_identity, answer.room_name) == ("sip_+49", "demo")
    assert answer.participant_id == who.sid
    assert has_prefix("SCL_", answer.sip_call_id)
    assert who.info.kind == ParticipantInfo.Kind.SIP
    assert who.attributes == {
        "k": "v",
        "sip.callID": answer.sip_call_id,
        "sip.callStatus": "active",
        "sip.hostname": "sip.example.com",
        "sip.phoneNumber": "+49",
        "sip.trunkID": out.sip_trunk_id,
        "sip.trunkPhoneNumber": "1",
    }


def test_numbers_of_a_call_can_be_hidden(world: World) -> None:
    world.call(
        "CreateSIPParticipant",
        trunk={"hostname": "x.pstn.twilio.com"},
        sipNumber="5",
        sipCallTo="6",
        roomName="demo",
        participantIdentity="ann",
        hidePhoneNumber=True,
    )

    found = world.participant("demo", "ann").attributes
    assert set(found) == {"sip.callID", "sip.callStatus", "sip.trunkID"}


CALL = {"sipNumber": "5", "sipCallTo": "6", "roomName": "r"}


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({}, "invalid_argument", "missing sip trunk id and sip number"),
        ({"sipNumber": "1"}, "invalid_argument", "missing sip callee number"),
        (
            {**CALL, "sipCallTo": "1@x"},
            "invalid_argument",
            "SipCallTo should be a phone number or SIP user, not a full SIP URI",
        ),
        ({**CALL, "roomName": ""}, "invalid_argument", "missing room name"),
        ({**CALL, "trunk": {}}, "invalid_argument", "no outbound hostname specified"),
        ({**CALL, "sipTrunkId": "ST_no"}, *NO_TRUNK),
        (
            {**CALL, "sipNumber": "", "trunk": {"hostname": "h"}},
            "failed_precondition",
            PREFIX + "no numbers on outbound trunk",
        ),
        (
            {**CALL, "displayName": "x" * 129},
            "invalid_argument",
            "DisplayName too long (max 128 characters)",
        ),
        (
            {**CALL, "displayName": 'x"y'},
            "invalid_argument",
            "DisplayName must be a valid quoted string: invalid syntax",
        ),
        (
            {**CALL, "destination": {"city": "B"}},
            "invalid_argument",
            "if city is specified, country or region must also be specified",
        ),
        (
            {**CALL, "destination": {"country": "XX"}},
            "invalid_argument",
            "country must be a valid ISO 3166-1 alpha-2 code (2-letter like 'US', 'IN', 'UK')",
        ),
    ],
)
def test_a_call_that_is_wrong_is_refused(
    world: World, fields: dict[str, Any], code: str, text: str
) -> None:
    assert world.refused("CreateSIPParticipant", **fields) == (code, text)


def test_nobody_is_called_for_a_room_that_is_full(world: World) -> None:
    world.call("CreateRoom", name="r", maxParticipants=1)
    world.join("r", "ann")

    code, text = world.refused("CreateSIPParticipant", **CALL)
    assert (code, text[:16]) == ("failed_precondition", "room 'r' is full")


def test_who_is_transferred_leaves(world: World) -> None:
    world.call("CreateSIPParticipant", **CALL, participantIdentity="ann")
    ann = world.participant("r", "ann")
    where = {"roomName": "r", "participantIdentity": "ann"}

    answer = world.call("TransferSIPParticipant", **where, transferTo="tel:123")
    assert answer.status.name == "STS_TRANSFER_SUCCESSFUL"
    assert not ann.connected


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({}, "invalid_argument", PREFIX + "Missing room name"),
        (
            {"roomName": "r"},
            "invalid_argument",
            PREFIX + "Missing participant identity",
        ),
        (
            {"roomName": "r", "participantIdentity": "x"},
            "invalid_argument",
            "missing transfer to",
        ),
        (
            {"roomName": "r", "participantIdentity": "x", "transferTo": "123"},
            "invalid_argument",
            "transfer_to must be a valid SIP(s) or TEL URI (sip:, sips: or tel:)",
        ),
        (
            {"roomName": "r", "participantIdentity": "x", "transferTo": "<sip:a@b>"},
            "not_found",
            PREFIX + "participant does not exist",
        ),
        (
            {"roomName": "r", "participantIdentity": "ann", "transferTo": "tel:1"},
            "invalid_argument",
            PREFIX + "no SIP session associated with participant",
        ),
    ],
)
def test_a_transfer_that_is_wrong_is_refused(
    world: World, fields: dict[str, Any], code: str, text: str
) -> None:
    world.join("r", "ann")

    assert world.refused("TransferSIPParticipant", **fields) == (code, text)
