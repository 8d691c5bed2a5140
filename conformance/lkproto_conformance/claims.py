"""Claims and grants as operations give them, of what lkproto reads in a token."""

from __future__ import annotations

import json
from typing import Any

from lkproto import auth
from lkproto.livekit_models_pb import TrackSource


def as_in_token(message: auth.ClaimGrants | auth.VideoGrants) -> Any:
    """Claims, or a grant, as in a token."""
    return json.loads(message.to_json())


def effective(claims: auth.ClaimGrants) -> dict[str, Any]:
    """What claims mean, with the defaults of what is not set."""
    return {
        "video": claims.video and resolved(claims.video),
        "kind": auth.kind_of(claims).name,
        "kindDetails": [each.name for each in auth.kind_details_of(claims)],
    }


def resolved(video: auth.VideoGrants) -> Any:
    """A grant with its defaults, as the result of `grants.resolve`."""
    sources = {
        auth.claim_text(source): auth.may_publish_source(video, source)
        for source in TrackSource
    }
    return {
        "canPublish": video.get_can_publish(),
        "canSubscribe": video.get_can_subscribe(),
        "canPublishData": video.get_can_publish_data(),
        "canUpdateOwnMetadata": video.get_can_update_own_metadata(),
        "canSubscribeMetrics": video.get_can_subscribe_metrics(),
        "canManageAgentSession": video.get_can_manage_agent_session(),
        "canPublishSources": [each.name for each in auth.publish_sources(video)],
        "canPublishSource": sources,
        **{name: as_in_token(video).get(name, unset) for name, unset in _PLAIN.items()},
    }


_PLAIN = {
    **dict.fromkeys(["hidden", "recorder", "agent", "roomJoin", "roomAdmin"], False),
    **dict.fromkeys(["roomCreate", "roomList", "roomRecord", "ingressAdmin"], False),
    **dict.fromkeys(["room", "destinationRoom"], ""),
}
