# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What participants may do."""

from __future__ import annotations

from ..livekit_models_pb import ParticipantPermission

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..livekit_models_pb import ParticipantInfo, TrackSource


def permitted(can_subscribe: bool = True) -> ParticipantPermission:
    """What participants may do whose token says nothing else."""
    return ParticipantPermission(
        can_subscribe=can_subscribe, can_publish=True, can_publish_data=True
    )


def may_publish(info: ParticipantInfo, source: TrackSource) -> bool:
    """Whether a participant may publish a source."""
    permission = info.permission
    if permission is None or not permission.can_publish:
        return False
    sources = permission.can_publish_sources
    return not sources or source in sources
