# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""SIP, as livekit-server 1.13.5 answers it: trunks and dispatch rules.

Calls are in `_sip_calls`. The server needs a SIP service for them; the mock does not.
"""

# The server answers in the old forms, too.
# pyright: reportDeprecated=false

from __future__ import annotations

from ..._runtime.twirp import TwirpCode, TwirpContext, TwirpError
from ...ids import new_guid
from ...livekit_sip_pb import (
    CreateSIPDispatchRuleRequest,
    CreateSIPInboundTrunkRequest,
    CreateSIPOutboundTrunkRequest,
    CreateSIPParticipantRequest,
    DeleteSIPDispatchRuleRequest,
    DeleteSIPTrunkRequest,
    GetSIPInboundTrunkRequest,
    GetSIPInboundTrunkResponse,
    GetSIPOutboundTrunkRequest,
    GetSIPOutboundTrunkResponse,
    ListSIPDispatchRuleRequest,
    ListSIPDispatchRuleResponse,
    ListSIPInboundTrunkRequest,
    ListSIPInboundTrunkResponse,
    ListSIPOutboundTrunkRequest,
    ListSIPOutboundTrunkResponse,
    ListSIPTrunkRequest,
    ListSIPTrunkResponse,
    SIPDispatchRuleInfo,
    SIPInboundTrunkInfo,
    SIPOutboundTrunkInfo,
    SIPParticipantInfo,
    SIPTrunkInfo,
    TransferSIPParticipantRequest,
    TransferSIPParticipantResponse,
    UpdateSIPDispatchRuleRequest,
    UpdateSIPInboundTrunkRequest,
    UpdateSIPOutboundTrunkRequest,
)
from ...livekit_sip_twirp import SIP
from .._copies import copied, copies, quietly, same
from .._errors import invalid, plainly_invalid
from .calls import place, transfer
from .checks import (
    OPEN_TO_ALL,
    of_call,
    of_changes,
    of_inbound,
    of_outbound,
    of_rule,
    of_transfer,
)
from .conflicts import check_rules, check_trunks
from .lists import calls_from, decides, old_form, page_of, serves
from .updates import apply, upgrade

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from .._state import State

    Change = (
        UpdateSIPInboundTrunkRequest
        | UpdateSIPOutboundTrunkRequest
        | UpdateSIPDispatchRuleRequest
    )
    Info = TypeVar(
        "Info", SIPInboundTrunkInfo, SIPOutboundTrunkInfo, SIPDispatchRuleInfo
    )

_NO_TRUNK = "requested sip trunk does not exist"
_NO_RULE = "requested sip dispatch rule does not exist"


class Sip(SIP):
    """Trunks, rules and calls of a state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create_sip_inbound_trunk(
        self, request: CreateSIPInboundTrunkRequest, context: TwirpContext, /
    ) -> SIPInboundTrunkInfo:
        """A trunk that takes calls which no other takes."""
        trunk = _new(request.trunk, "trunk")
        _check(of_inbound(trunk))
        with self._state.lock:
            stored = page_of(self._state.inbound, None)
            check_trunks([*(t for t in stored if serves(t, trunk.numbers)), trunk])
            trunk.sip_trunk_id = new_guid("ST_")
            self._state.inbound[trunk.sip_trunk_id] = trunk
            return copied(trunk)

    def create_sip_outbound_trunk(
        self, request: CreateSIPOutboundTrunkRequest, context: TwirpContext, /
    ) -> SIPOutboundTrunkInfo:
        """A trunk to call by."""
        trunk = _new(request.trunk, "trunk")
        _check(of_outbound(trunk))
        with self._state.lock:
            trunk.sip_trunk_id = new_guid("ST_")
            self._state.outbound[trunk.sip_trunk_id] = trunk
            return copied(trunk)

    def update_sip_inbound_trunk(
        self, request: UpdateSIPInboundTrunkRequest, context: TwirpContext, /
    ) -> SIPInboundTrunkInfo:
        """The trunk after the change; other trunks of its numbers must not take the same calls."""
        _check_change(request, "trunk")
        if (update := request.update) is not None:
            lists = (update.numbers, update.allowed_addresses, update.allowed_numbers)
            _check(of_changes(lists, update.media))
        else:
            _check(of_inbound(request.replace or SIPInboundTrunkInfo()))
        with self._state.lock:
            trunks = self._state.inbound
            trunk = _changed(_known(trunks, request.sip_trunk_id, _NO_TRUNK), request)
            _check_result(of_inbound(trunk))
            id = trunk.sip_trunk_id = request.sip_trunk_id  # noqa: A001 - what it is
            stored = [t for t in page_of(trunks, None) if serves(t, trunk.numbers)]
            check_trunks(trunk if t.sip_trunk_id == id else t for t in stored)
            trunks[id] = trunk
            return copied(trunk)

    def update_sip_outbound_trunk(
        self, request: UpdateSIPOutboundTrunkRequest, context: TwirpContext, /
    ) -> SIPOutboundTrunkInfo:
        """The trunk after the change."""
        _check_change(request, "trunk")
        if (update := request.update) is not None:
            _check(of_changes([update.numbers], update.media))
        else:
            _check(of_outbound(request.replace or SIPOutboundTrunkInfo()))
        with self._state.lock:
            trunks = self._state.outbound
            trunk = _changed(_known(trunks, request.sip_trunk_id, _NO_TRUNK), request)
            _check_result(of_outbound(trunk))
            trunk.sip_trunk_id = request.sip_trunk_id
            trunks[trunk.sip_trunk_id] = trunk
            return copied(trunk)

    def get_sip_inbound_trunk(
        self, request: GetSIPInboundTrunkRequest, context: TwirpContext, /
    ) -> GetSIPInboundTrunkResponse:
        """A trunk that is there."""
        _check(_of_id(request.sip_trunk_id, "trunk"))
        with self._state.lock:
            found = _known(self._state.inbound, request.sip_trunk_id, _NO_TRUNK)
            return GetSIPInboundTrunkResponse(trunk=copied(found))

    def get_sip_outbound_trunk(
        self, request: GetSIPOutboundTrunkRequest, context: TwirpContext, /
    ) -> GetSIPOutboundTrunkResponse:
        """A trunk that is there."""
        _check(_of_id(request.sip_trunk_id, "trunk"))
        with self._state.lock:
            found = _known(self._state.outbound, request.sip_trunk_id, _NO_TRUNK)
            return GetSIPOutboundTrunkResponse(trunk=copied(found))

    def list_sip_trunk(
        self, request: ListSIPTrunkRequest, context: TwirpContext, /
    ) -> ListSIPTrunkResponse:
        """All trunks, in the old form."""
        with self._state.lock:
            trunks: dict[str, SIPInboundTrunkInfo | SIPOutboundTrunkInfo] = {
                **self._state.inbound,
                **self._state.outbound,
            }
            items = [old_form(each) for each in page_of(trunks, request.page)]
        return quietly(ListSIPTrunkResponse, items=items)

    def list_sip_inbound_trunk(
        self, request: ListSIPInboundTrunkRequest, context: TwirpContext, /
    ) -> ListSIPInboundTrunkResponse:
        """Trunks that are asked for, or take calls to a number."""
        with self._state.lock:
            trunks = page_of(self._state.inbound, request.page)
            items = copies(
                each
                for each in trunks
                if _is_asked(each.sip_trunk_id, request.trunk_ids)
                and serves(each, request.numbers)
            )
        return ListSIPInboundTrunkResponse(items=items)

    def list_sip_outbound_trunk(
        self, request: ListSIPOutboundTrunkRequest, context: TwirpContext, /
    ) -> ListSIPOutboundTrunkResponse:
        """Trunks that are asked for, or have a number."""
        with self._state.lock:
            trunks = page_of(self._state.outbound, request.page)
            items = copies(
                each
                for each in trunks
                if _is_asked(each.sip_trunk_id, request.trunk_ids)
                and calls_from(each, request.numbers)
            )
        return ListSIPOutboundTrunkResponse(items=items)

    def delete_sip_trunk(
        self, request: DeleteSIPTrunkRequest, context: TwirpContext, /
    ) -> SIPTrunkInfo:
        """A trunk of either kind, which need not be there."""
        _check(_of_id(request.sip_trunk_id, "trunk"))
        with self._state.lock:
            self._state.inbound.pop(request.sip_trunk_id, None)
            self._state.outbound.pop(request.sip_trunk_id, None)
        return quietly(SIPTrunkInfo, sip_trunk_id=request.sip_trunk_id)

    def create_sip_dispatch_rule(
        self, request: CreateSIPDispatchRuleRequest, context: TwirpContext, /
    ) -> SIPDispatchRuleInfo:
        """A rule for calls that no other is for."""
        if request.dispatch_rule is None:
            rule = same(SIPDispatchRuleInfo, request)
        else:
            rule = _new(request.dispatch_rule, "rule")
            upgrade(rule)
        _check(of_rule(rule))
        with self._state.lock:
            stored = page_of(self._state.rules, None)
            # Only the old form of the request names trunks here, as in the server.
            others = [each for each in stored if decides(each, request.trunk_ids)]
            check_rules([*others, rule])
            rule.sip_dispatch_rule_id = new_guid("SDR_")
            self._state.rules[rule.sip_dispatch_rule_id] = rule
            return copied(rule)

    def update_sip_dispatch_rule(
        self, request: UpdateSIPDispatchRuleRequest, context: TwirpContext, /
    ) -> SIPDispatchRuleInfo:
        """The rule after the change."""
        _check_change(request, "rule")
        if (update := request.update) is not None:
            _check(of_changes([update.trunk_ids], update.media))
        else:
            _check(of_rule(request.replace or SIPDispatchRuleInfo()))
        with self._state.lock:
            rules = self._state.rules
            id = request.sip_dispatch_rule_id  # noqa: A001 - what it is
            rule = _changed(_known(rules, id, _NO_RULE), request)
            _check_result(of_rule(rule))
            rule.sip_dispatch_rule_id = id
            stored = [r for r in page_of(rules, None) if decides(r, rule.trunk_ids)]
            check_rules(rule if r.sip_dispatch_rule_id == id else r for r in stored)
            rules[id] = rule
            return copied(rule)

    def list_sip_dispatch_rule(
        self, request: ListSIPDispatchRuleRequest, context: TwirpContext, /
    ) -> ListSIPDispatchRuleResponse:
        """Rules that are asked for, or are for a trunk."""
        with self._state.lock:
            rules = page_of(self._state.rules, request.page)
            items = copies(
                each
                for each in rules
                if _is_asked(each.sip_dispatch_rule_id, request.dispatch_rule_ids)
                and decides(each, request.trunk_ids)
            )
        return ListSIPDispatchRuleResponse(items=items)

    def delete_sip_dispatch_rule(
        self, request: DeleteSIPDispatchRuleRequest, context: TwirpContext, /
    ) -> SIPDispatchRuleInfo:
        """The rule as it was."""
        id = request.sip_dispatch_rule_id  # noqa: A001 - what it is
        _check(_of_id(id, "dispatch rule"))
        with self._state.lock:
            found = _known(self._state.rules, id, _NO_RULE)
            return self._state.rules.pop(found.sip_dispatch_rule_id)

    def create_sip_participant(
        self, request: CreateSIPParticipantRequest, context: TwirpContext, /
    ) -> SIPParticipantInfo:
        """Somebody who has answered the phone, in the room."""
        _check(of_call(request))
        with self._state.lock:
            trunk = None
            if request.sip_trunk_id:
                trunk = _known(self._state.outbound, request.sip_trunk_id, _NO_TRUNK)
            return place(self._state, request, trunk)

    def transfer_sip_participant(
        self, request: TransferSIPParticipantRequest, context: TwirpContext, /
    ) -> TransferSIPParticipantResponse:
        """They leave the room; the transfer is successful."""
        if not request.room_name:
            raise invalid("Missing room name")
        if not request.participant_identity:
            raise invalid("Missing participant identity")
        _check(of_transfer(request))
        with self._state.lock:
            return transfer(self._state, request)


def _new(info: Info | None, what: str) -> Info:
    """A copy of what is to be made. Raises TwirpError."""
    if info is None:
        raise plainly_invalid(f"missing {what}")
    if _id(info):
        raise plainly_invalid(f"{what} id must not be set")
    return copied(info)


def _id(info: SIPInboundTrunkInfo | SIPOutboundTrunkInfo | SIPDispatchRuleInfo) -> str:
    if isinstance(info, SIPDispatchRuleInfo):
        return info.sip_dispatch_rule_id
    return info.sip_trunk_id


def _known(items: Mapping[str, Info], id: str, text: str) -> Info:  # noqa: A002
    if (found := items.get(id)) is None:
        raise TwirpError(TwirpCode.NOT_FOUND, text)
    return found


def _check(problem: str) -> None:
    if problem:
        raise plainly_invalid(problem)


def _check_change(request: Change, what: str) -> None:
    own = (
        request.sip_dispatch_rule_id
        if isinstance(request, UpdateSIPDispatchRuleRequest)
        else request.sip_trunk_id
    )
    if not own:
        raise plainly_invalid(f"{what} id must be set")
    if request.replace is None and request.update is None:
        raise plainly_invalid("missing or unsupported update action")
    if request.replace is not None and _id(request.replace) not in ("", own):
        raise plainly_invalid(
            f"{what} id in the info must be empty or match the id in the update"
        )


def _changed(info: Info, request: Any) -> Info:
    """What comes out of a change, without an id if it replaces."""
    replace: Info | None = request.replace
    if replace is not None:
        return copied(replace)
    found = copied(info)
    apply(found, request.update)
    return found


def _check_result(problem: str) -> None:
    """The server does not say that it is the request that is wrong, but once."""
    if problem == OPEN_TO_ALL:
        raise invalid(problem)
    if problem:
        raise TwirpError(TwirpCode.UNKNOWN, problem)


def _is_asked(id: str, ids: list[str]) -> bool:  # noqa: A002
    return not ids or id in ids


def _of_id(id: str, what: str) -> str:  # noqa: A002
    return "" if id else f"{what} ID is required"
