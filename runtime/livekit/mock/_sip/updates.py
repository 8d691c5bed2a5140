# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Changing trunks and rules (livekit/protocol, livekit/sip.go and types.go)."""

from __future__ import annotations

from copy import deepcopy

from ..._runtime.reflection.members import fields_of
from ...livekit_models_pb import ListUpdate
from ...livekit_sip_pb import SIPMediaConfig, SIPMediaEncryption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...livekit_sip_pb import (
        SIPDispatchRuleInfo,
        SIPDispatchRuleUpdate,
        SIPInboundTrunkInfo,
        SIPInboundTrunkUpdate,
        SIPOutboundTrunkInfo,
        SIPOutboundTrunkUpdate,
    )

    Info = SIPInboundTrunkInfo | SIPOutboundTrunkInfo | SIPDispatchRuleInfo
    Update = SIPInboundTrunkUpdate | SIPOutboundTrunkUpdate | SIPDispatchRuleUpdate

_OFF = SIPMediaEncryption.SIP_MEDIA_ENCRYPT_DISABLE


def apply(info: Info, update: Update) -> None:
    """Change what an update has: lists as it says, maps key by key, all else as a whole."""
    for field in fields_of(update):
        value = getattr(update, field.name)
        if isinstance(value, ListUpdate):
            setattr(info, field.name, changed(getattr(info, field.name), value))
        elif field.presence == "map":
            _merge(getattr(info, field.name), value)
        elif value is not None:
            setattr(info, field.name, deepcopy(value))
    upgrade(info)
    info.media_encryption = (info.media and info.media.encryption) or _OFF


def upgrade(info: Info) -> None:
    """Write what the old field says about encryption into the new one, unless it is set."""
    info.media = info.media or SIPMediaConfig()
    if info.media.encryption is None and info.media_encryption != _OFF:
        info.media.encryption = info.media_encryption


def changed(values: list[str], update: ListUpdate) -> list[str]:
    """A list after a change."""
    if update.clear or update.set:
        return list(update.set)
    found = list(values)
    for each in update.remove:
        if each in found:
            found.remove(each)
    return found + [each for each in dict.fromkeys(update.add) if each not in found]


def _merge(values: dict[str, str], update: dict[str, str]) -> None:
    for name, value in update.items():
        if value:
            values[name] = value
        else:
            values.pop(name, None)
