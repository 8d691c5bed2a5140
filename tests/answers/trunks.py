"""Calls about telephones: trunks, rules, and calls of participants."""

from __future__ import annotations

from .steps import Call, Step

_INBOUND = {
    "name": "desk",
    "metadata": "{}",
    "numbers": ["+15550100"],
    "allowed_numbers": ["+15550199"],
    "headers": {"X-Desk": "1"},
    "krisp_enabled": True,
}
_OUTBOUND = {
    "name": "out",
    "address": "sip.example.com",
    "transport": "SIP_TRANSPORT_TCP",
    "numbers": ["+15550101"],
    "auth_username": "ann",
    "auth_password": "made public to be tested with",
}
_RULE = {
    "rule": {"dispatch_rule_direct": {"room_name": "lobby", "pin": "1234"}},
    "trunk_ids": ["{inbound}"],
    "name": "front door",
    "attributes": {"language": "de"},
}
_DIAL = {
    "sip_trunk_id": "{outbound}",
    "sip_call_to": "+15550102",
    "room_name": "phones",
    "participant_identity": "phone",
    "ringing_timeout": "2s",
}
_NONE = {"sip_trunk_id": "ST_none"}
_RENAME = {"update": {"name": "other"}}

TRUNKS: tuple[Step, ...] = (
    Call("list-sip-inbound-trunk-none", "SIP/ListSIPInboundTrunk"),
    Call("create-sip-inbound-trunk-missing", "SIP/CreateSIPInboundTrunk"),
    Call(
        "create-sip-inbound-trunk",
        "SIP/CreateSIPInboundTrunk",
        {"trunk": _INBOUND},
        keep={"inbound": "sip_trunk_id"},
    ),
    Call(
        "create-sip-inbound-trunk-same-number",
        "SIP/CreateSIPInboundTrunk",
        {"trunk": _INBOUND},
    ),
    Call(
        "create-sip-inbound-trunk-for-anybody",
        "SIP/CreateSIPInboundTrunk",
        {"trunk": {"name": "open"}},
    ),
    Call("list-sip-inbound-trunk", "SIP/ListSIPInboundTrunk"),
    Call(
        "list-sip-inbound-trunk-by-id",
        "SIP/ListSIPInboundTrunk",
        {"trunk_ids": ["ST_none", "{inbound}"]},
    ),
    Call(
        "list-sip-inbound-trunk-by-number",
        "SIP/ListSIPInboundTrunk",
        {"numbers": ["+15550100"]},
    ),
    Call(
        "list-sip-inbound-trunk-by-another-number",
        "SIP/ListSIPInboundTrunk",
        {"numbers": ["+15550177"]},
    ),
    Call(
        "list-sip-inbound-trunk-page",
        "SIP/ListSIPInboundTrunk",
        {"page": {"limit": 1}},
    ),
    Call(
        "list-sip-inbound-trunk-next-page",
        "SIP/ListSIPInboundTrunk",
        {"page": {"after_id": "{inbound}", "limit": 1}},
    ),
    Call(
        "get-sip-inbound-trunk",
        "SIP/GetSIPInboundTrunk",
        {"sip_trunk_id": "{inbound}"},
    ),
    Call("get-sip-inbound-trunk-unknown", "SIP/GetSIPInboundTrunk", _NONE),
    Call(
        "update-sip-inbound-trunk",
        "SIP/UpdateSIPInboundTrunk",
        {"sip_trunk_id": "{inbound}", "update": {"name": "hall"}},
    ),
    Call(
        "update-sip-inbound-trunk-unknown",
        "SIP/UpdateSIPInboundTrunk",
        {**_NONE, **_RENAME},
    ),
    Call(
        "update-sip-inbound-trunk-nothing",
        "SIP/UpdateSIPInboundTrunk",
        {"sip_trunk_id": "{inbound}"},
    ),
    Call(
        "replace-sip-inbound-trunk",
        "SIP/UpdateSIPInboundTrunk",
        {
            "sip_trunk_id": "{inbound}",
            "replace": {"name": "desk", "numbers": ["+15550105"]},
        },
    ),
    Call("list-sip-outbound-trunk-none", "SIP/ListSIPOutboundTrunk"),
    Call(
        "create-sip-outbound-trunk-no-address",
        "SIP/CreateSIPOutboundTrunk",
        {"trunk": {"name": "out", "numbers": ["+15550101"]}},
    ),
    Call(
        "create-sip-outbound-trunk-no-number",
        "SIP/CreateSIPOutboundTrunk",
        {"trunk": {"name": "out", "address": "sip.example.com"}},
    ),
    Call(
        "create-sip-outbound-trunk",
        "SIP/CreateSIPOutboundTrunk",
        {"trunk": _OUTBOUND},
        keep={"outbound": "sip_trunk_id"},
    ),
    Call("list-sip-outbound-trunk", "SIP/ListSIPOutboundTrunk"),
    Call(
        "get-sip-outbound-trunk",
        "SIP/GetSIPOutboundTrunk",
        {"sip_trunk_id": "{outbound}"},
    ),
    Call(
        "get-sip-outbound-trunk-that-is-inbound",
        "SIP/GetSIPOutboundTrunk",
        {"sip_trunk_id": "{inbound}"},
    ),
    Call("get-sip-outbound-trunk-unknown", "SIP/GetSIPOutboundTrunk", _NONE),
    Call(
        "update-sip-outbound-trunk",
        "SIP/UpdateSIPOutboundTrunk",
        {"sip_trunk_id": "{outbound}", "update": {"numbers": {"add": ["+15550103"]}}},
    ),
    Call(
        "update-sip-outbound-trunk-unknown",
        "SIP/UpdateSIPOutboundTrunk",
        {**_NONE, **_RENAME},
    ),
    Call("list-sip-trunk", "SIP/ListSIPTrunk"),
)
RULES: tuple[Step, ...] = (
    Call("list-sip-dispatch-rule-none", "SIP/ListSIPDispatchRule"),
    Call("create-sip-dispatch-rule-missing", "SIP/CreateSIPDispatchRule"),
    Call(
        "create-sip-dispatch-rule",
        "SIP/CreateSIPDispatchRule",
        {"dispatch_rule": _RULE},
        keep={"rule": "sip_dispatch_rule_id"},
    ),
    Call(
        "create-sip-dispatch-rule-same-pin",
        "SIP/CreateSIPDispatchRule",
        {"dispatch_rule": _RULE},
    ),
    Call(
        "create-sip-dispatch-rule-in-old-fields",
        "SIP/CreateSIPDispatchRule",
        {
            "rule": {"dispatch_rule_individual": {"room_prefix": "call-"}},
            "name": "for all",
        },
        keep={"individual": "sip_dispatch_rule_id"},
    ),
    Call("list-sip-dispatch-rule", "SIP/ListSIPDispatchRule"),
    Call(
        "list-sip-dispatch-rule-by-trunk",
        "SIP/ListSIPDispatchRule",
        {"trunk_ids": ["{inbound}"]},
    ),
    Call(
        "list-sip-dispatch-rule-by-id",
        "SIP/ListSIPDispatchRule",
        {"dispatch_rule_ids": ["{individual}", "SDR_none"]},
    ),
    Call(
        "replace-sip-dispatch-rule",
        "SIP/UpdateSIPDispatchRule",
        {
            "sip_dispatch_rule_id": "{individual}",
            "replace": {
                "rule": {"dispatch_rule_callee": {"room_prefix": "to-"}},
                "trunk_ids": ["{outbound}"],
            },
        },
    ),
    Call(
        "update-sip-dispatch-rule-nothing",
        "SIP/UpdateSIPDispatchRule",
        {"sip_dispatch_rule_id": "{rule}"},
    ),
    Call(
        "update-sip-dispatch-rule",
        "SIP/UpdateSIPDispatchRule",
        {"sip_dispatch_rule_id": "{rule}", "update": {"name": "back door"}},
    ),
    Call(
        "update-sip-dispatch-rule-unknown",
        "SIP/UpdateSIPDispatchRule",
        {"sip_dispatch_rule_id": "SDR_none", **_RENAME},
    ),
    Call(
        "delete-sip-dispatch-rule",
        "SIP/DeleteSIPDispatchRule",
        {"sip_dispatch_rule_id": "{rule}"},
    ),
    Call(
        "delete-sip-dispatch-rule-unknown",
        "SIP/DeleteSIPDispatchRule",
        {"sip_dispatch_rule_id": "SDR_none"},
    ),
)
# The server waits for somebody who dials.
DIAL = Call("create-sip-participant", "SIP/CreateSIPParticipant", _DIAL)
CALLS: tuple[Step, ...] = (
    Call(
        "create-sip-participant-no-trunk",
        "SIP/CreateSIPParticipant",
        {**_DIAL, "sip_trunk_id": "ST_none"},
    ),
    Call(
        "create-sip-participant-no-number",
        "SIP/CreateSIPParticipant",
        {"sip_trunk_id": "{outbound}", "room_name": "phones"},
    ),
    Call(
        "create-sip-participant-no-room",
        "SIP/CreateSIPParticipant",
        {"sip_trunk_id": "{outbound}", "sip_call_to": "+15550102"},
    ),
    Call(
        "transfer-sip-participant",
        "SIP/TransferSIPParticipant",
        {
            "room_name": "lobby",
            "participant_identity": "ann",
            "transfer_to": "tel:+15550104",
        },
    ),
    Call(
        "transfer-sip-participant-unknown",
        "SIP/TransferSIPParticipant",
        {
            "room_name": "lobby",
            "participant_identity": "phone",
            "transfer_to": "tel:+15550104",
        },
    ),
    Call(
        "transfer-sip-participant-to-nobody",
        "SIP/TransferSIPParticipant",
        {"room_name": "lobby", "participant_identity": "ann"},
    ),
    Call("delete-sip-trunk", "SIP/DeleteSIPTrunk", {"sip_trunk_id": "{outbound}"}),
    Call(
        "delete-sip-trunk-inbound",
        "SIP/DeleteSIPTrunk",
        {"sip_trunk_id": "{inbound}"},
    ),
    Call("list-sip-trunk-deleted", "SIP/ListSIPTrunk"),
    Call("delete-sip-trunk-unknown", "SIP/DeleteSIPTrunk", _NONE),
)
