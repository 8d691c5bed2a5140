# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Which trunks and rules a list has (livekit-server 1.13.5, redisstore_sip.go).

They are in the order of their ids. `page.after_id` counts; `page.limit` does not, for the server
goes on until there are no more pages.
"""

# The server answers in the old forms, too.
# pyright: reportDeprecated=false

from __future__ import annotations

from ...livekit_sip_pb import SIPInboundTrunkInfo, SIPOutboundTrunkInfo, SIPTrunkInfo
from .._copies import quietly
from .conflicts import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from ..._runtime.message import Message
    from ...livekit_models_pb import Pagination
    from ...livekit_sip_pb import SIPDispatchRuleInfo

    M = TypeVar("M", bound=Message)


def page_of(items: Mapping[str, M], page: Pagination | None) -> list[M]:
    """What comes after an id."""
    after = page.after_id if page else ""
    return [items[each] for each in sorted(items) if each > after]


def serves(trunk: SIPInboundTrunkInfo, numbers: list[str]) -> bool:
    """Whether an inbound trunk takes calls to one of these numbers; any, without numbers."""
    own = {normal(each) for each in trunk.numbers}
    return not numbers or not own or any(normal(each) in own for each in numbers)


def calls_from(trunk: SIPOutboundTrunkInfo, numbers: list[str]) -> bool:
    """Whether an outbound trunk has one of these numbers, written in the same way."""
    return not numbers or any(each in trunk.numbers for each in numbers)


def decides(rule: SIPDispatchRuleInfo, trunks: list[str]) -> bool:
    """Whether a rule is for one of these trunks; for all trunks, without any."""
    return (
        not trunks
        or not rule.trunk_ids
        or any(each in trunks for each in rule.trunk_ids)
    )


def old_form(trunk: SIPInboundTrunkInfo | SIPOutboundTrunkInfo) -> SIPTrunkInfo:
    """A trunk as ListSIPTrunk has it."""
    found = quietly(
        SIPTrunkInfo,
        sip_trunk_id=trunk.sip_trunk_id,
        name=trunk.name,
        metadata=trunk.metadata,
        outbound_number=trunk.numbers[0] if trunk.numbers else "",
    )
    if isinstance(trunk, SIPInboundTrunkInfo):
        found.kind = SIPTrunkInfo.TrunkKind.TRUNK_INBOUND
        found.inbound_addresses = list(trunk.allowed_addresses)
        found.inbound_numbers = list(trunk.allowed_numbers)
        found.inbound_username = trunk.auth_username
        found.inbound_password = trunk.auth_password
    else:
        found.kind = SIPTrunkInfo.TrunkKind.TRUNK_OUTBOUND
        found.outbound_address = trunk.address
        found.transport = trunk.transport
        found.outbound_username = trunk.auth_username
        found.outbound_password = trunk.auth_password
    return found
