# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What grants mean: texts for enums, permissions inside a room, rules of agents.

Getters with defaults, such as `get_can_publish`, are methods of the generated messages. The
rules here are those of livekit/protocol v1.54.0, auth/grants.go. Without a grant (None) nothing is
allowed.
"""

# Modules of the package share the layout of messages; see `_runtime/message`.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from .._runtime.message import replace
from ..livekit_models_pb import ParticipantInfo, ParticipantPermission, TrackSource
from ._copying import clone

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from .._runtime.enums import Enum
    from ..lkproto.claims_pb import (
        AgentEndpointGrants,
        AgentThreadGrants,
        ClaimGrants,
        VideoGrants,
    )

    E = TypeVar("E", bound=Enum)


def claim_text(value: Enum) -> str:
    """An enum value as claims spell it: its name in lower case, or else its number."""
    name: str = value.name
    return name.lower()


def enum_value(cls: type[E], text: str) -> E | None:
    """The enum value that the text of a claim names, in any case, or None."""
    members: dict[str, E] = cls._member_map_  # type: ignore[assignment]
    return members.get(_upper(text))


def _upper(text: str) -> str:
    """Upper case as in Go: letter by letter, so that `ß` does not become two."""
    if text.isascii():
        return text.upper()
    uppers = ((char, char.upper()) for char in text)
    return "".join(upper if len(upper) == 1 else char for char, upper in uppers)


def kind_of(claims: ClaimGrants) -> ParticipantInfo.Kind:
    """The sort of participant; an ordinary one if the text names none."""
    found = enum_value(ParticipantInfo.Kind, claims.kind)
    return ParticipantInfo.Kind.STANDARD if found is None else found


def kind_details_of(claims: ClaimGrants) -> list[ParticipantInfo.KindDetail]:
    """More about the sort of participant, without texts that name nothing."""
    found = [
        enum_value(ParticipantInfo.KindDetail, text) for text in claims.kind_details
    ]
    return [each for each in found if each is not None]


def publish_sources(video: VideoGrants) -> list[TrackSource]:
    """The sources that tracks may be published from, one for each text; empty for all.

    Whether anything may be published is another question, see `may_publish_source`.
    """
    found = [enum_value(TrackSource, text) for text in video.can_publish_sources]
    return [TrackSource.UNKNOWN if each is None else each for each in found]


def may_publish_source(video: VideoGrants, source: TrackSource) -> bool:
    """Whether tracks of a source may be published. Only texts in lower case count."""
    if not video.get_can_publish():
        return False
    sources = video.can_publish_sources
    return not sources or claim_text(source) in sources


def to_permission(video: VideoGrants) -> ParticipantPermission:
    """The permission of a participant who joins with these grants."""
    return ParticipantPermission(
        can_subscribe=video.get_can_subscribe(),
        can_publish=video.get_can_publish(),
        can_publish_data=video.get_can_publish_data(),
        can_publish_sources=publish_sources(video),
        hidden=video.hidden,
        recorder=video.recorder,
        can_update_metadata=video.get_can_update_own_metadata(),
        agent=video.agent,
        can_subscribe_metrics=video.get_can_subscribe_metrics(),
        can_manage_agent_session=video.get_can_manage_agent_session(),
    )


def matches_permission(
    video: VideoGrants, permission: ParticipantPermission | None
) -> bool:
    """Whether these grants give a permission, with its sources in the same order.

    `agent` is not compared, for it comes only from a signed token.
    """
    if permission is None:
        return False
    given, wanted = to_permission(video), clone(permission)
    wanted.agent = given.agent
    wanted._unknown = b""
    return given == wanted


def with_permission(
    video: VideoGrants, permission: ParticipantPermission | None
) -> VideoGrants:
    """A copy of these grants that gives a permission; `agent` is unchanged."""
    if permission is None:
        return clone(video)
    return replace(
        clone(video),
        can_publish=permission.can_publish,
        can_subscribe=permission.can_subscribe,
        can_publish_data=permission.can_publish_data,
        can_publish_sources=[
            claim_text(TrackSource(each)) for each in permission.can_publish_sources
        ],
        can_update_own_metadata=permission.can_update_metadata,
        hidden=permission.hidden,
        recorder=permission.recorder,
        can_subscribe_metrics=permission.can_subscribe_metrics,
        can_manage_agent_session=permission.can_manage_agent_session,
    )


def allows_endpoint(
    grants: AgentEndpointGrants | None, agent_name: str, deployment: str
) -> bool:
    """Whether the endpoints of an agent's deployment may be called; names match exactly."""
    if grants is None or not grants.call:
        return False
    return grants.agent_name in ("", agent_name) and (
        grants.deployment in ("", deployment)
    )


def can_create_thread(grants: AgentThreadGrants | None, scope: str) -> bool:
    """Whether threads may be created in a scope."""
    return grants is not None and grants.create and _in_scope(grants, scope)


def can_list_threads(grants: AgentThreadGrants | None, scope: str) -> bool:
    """Whether the threads of a scope may be listed."""
    return grants is not None and grants.list and _in_scope(grants, scope)


def can_update_threads(grants: AgentThreadGrants | None) -> bool:
    """Whether settings of threads may be changed, which needs a right on all of them."""
    return grants is not None and grants.all and grants.write


def can_read_thread(grants: AgentThreadGrants | None, thread_id: str) -> bool:
    """Whether a thread may be read."""
    return grants is not None and grants.read and _includes(grants, thread_id)


def can_write_thread(grants: AgentThreadGrants | None, thread_id: str) -> bool:
    """Whether messages may be sent to a thread."""
    return grants is not None and grants.write and _includes(grants, thread_id)


def can_delete_thread(grants: AgentThreadGrants | None, thread_id: str) -> bool:
    """Whether a thread may be deleted."""
    return grants is not None and grants.delete and _includes(grants, thread_id)


def _in_scope(grants: AgentThreadGrants, scope: str) -> bool:
    return grants.all or (grants.scope != "" and grants.scope == scope)


def _includes(grants: AgentThreadGrants, thread_id: str) -> bool:
    return thread_id != "" and (grants.all or thread_id in grants.thread_ids)
