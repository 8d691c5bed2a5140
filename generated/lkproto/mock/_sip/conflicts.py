# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Trunks and rules that would both take the same calls (livekit/protocol, sip/sip.go)."""

from __future__ import annotations

import re
from itertools import product
from json import dumps

from ...livekit_sip_pb import SIPDispatchRule
from .._errors import invalid, plainly_invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...livekit_sip_pb import SIPDispatchRuleInfo, SIPInboundTrunkInfo

_NUMBER = re.compile(r"\+?[\d\- ()]+", re.ASCII)
_DRESS = re.compile(r"[\- ()]")


def normal(number: str) -> str:
    """A phone number with `+` and digits alone; what is none stays as it is."""
    if not _NUMBER.fullmatch(number):
        return number
    return "+" + _DRESS.sub("", number).removeprefix("+")


def check_trunks(trunks: Iterable[SIPInboundTrunkInfo]) -> None:
    """Raises TwirpError if two trunks take calls of the same callers to the same number."""
    by_number: dict[str, dict[str, SIPInboundTrunkInfo]] = {}
    for trunk in trunks:
        for number in dict.fromkeys(map(normal, trunk.numbers)) or [""]:
            _add(by_number.setdefault(number, {}), trunk)


def _add(by_caller: dict[str, SIPInboundTrunkInfo], trunk: SIPInboundTrunkInfo) -> None:
    for caller in trunk.allowed_numbers or [""]:
        other = by_caller.setdefault(normal(caller), trunk)
        if other.sip_trunk_id != trunk.sip_trunk_id:
            raise plainly_invalid(_same_calls(trunk, other, caller))


def _same_calls(
    trunk: SIPInboundTrunkInfo, other: SIPInboundTrunkInfo, caller: str
) -> str:
    numbers = " ".join(map(_quoted, trunk.numbers))
    callers = (
        f"and AllowedNumber {_quoted(caller)}"
        if trunk.allowed_numbers
        else "without AllowedNumbers set"
    )
    return (
        f"Conflicting inbound SIP Trunks: {_named(trunk.sip_trunk_id)} and "
        f"{_named(other.sip_trunk_id)}, using the same number(s) "
        f"{f'[{numbers}]' if numbers else '<any>'} {callers}"
    )


def check_rules(rules: Iterable[SIPDispatchRuleInfo]) -> None:
    """Raises TwirpError if two rules decide about the same calls, or one has no kind."""
    found: dict[tuple[str, ...], SIPDispatchRuleInfo] = {}
    for rule in rules:
        pin = _pin(rule)
        callers = map(normal, rule.inbound_numbers or [""])
        numbers = [normal(number) for number in rule.numbers or [""]]
        for key in product(rule.trunk_ids or [""], callers, numbers):
            if (other := found.get((pin, *key))) is not None:
                name = _quoted(other.name or "<blank name>")
                raise plainly_invalid(
                    "Dispatch rule for the same trunk, inbound number, number, and PIN "
                    "combination already exists in dispatch rule "
                    f"{_named(other.sip_dispatch_rule_id)} {name}"
                )
            found[pin, *key] = rule


def _pin(info: SIPDispatchRuleInfo) -> str:
    rule = info.rule or SIPDispatchRule()
    kind = (
        rule.dispatch_rule_direct
        or rule.dispatch_rule_individual
        or rule.dispatch_rule_callee
    )
    if kind is None:
        raise invalid("unsupported SIP Dispatch Rule: <nil>")
    return kind.pin


def _named(id: str) -> str:  # noqa: A002 - what it is
    return _quoted(id or "<new>")


def _quoted(text: str) -> str:
    return dumps(text, ensure_ascii=False)
