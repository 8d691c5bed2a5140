"""Laws of grants: what is set decides, the rest is inherited, and permissions go back and forth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from lkproto.auth import AgentThreadGrants, VideoGrants, claim_text
from lkproto.livekit import ParticipantInfo, ParticipantPermission, TrackSource

from ..judging.equality import difference
from ..strategies import grants, permissions, texts, video_grants
from .law import Law
from .session import Session

RESOLVE = "grants.resolve"
MATCHES, UPDATE = "grants.matches_permission", "grants.update_from_permission"
THREAD, KIND, DETAILS = "grants.agent_thread", "kind.parse", "kind_details.parse"
DEFAULTS = {
    "canPublish": True,
    "canSubscribe": True,
    "canUpdateOwnMetadata": False,
    "canSubscribeMetrics": False,
    "canManageAgentSession": False,
}
"""What a grant that is not set means; `canPublishData` is as `canPublish`."""
_KEPT = (
    "roomJoin",
    "room",
    "roomAdmin",
    "roomCreate",
    "roomList",
    "roomRecord",
    "agent",
)
_SOURCES = {claim_text(source): source.name for source in TrackSource}
_ACTIONS = {
    "create": "scope",
    "list": "scope",
    "read": "thread_id",
    "write": "thread_id",
}


@dataclass(frozen=True, slots=True)
class Granted:
    """A video grant as in a token, and a permission as ProtoJSON."""

    video: dict[str, Any]
    permission: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thread:
    """A grant on threads, and what is to be done."""

    grant: dict[str, Any]
    action: str
    name: str


def in_token(message: Any) -> dict[str, Any]:
    """A message of claims as in a token."""
    found: dict[str, Any] = json.loads(message.to_json())
    return found


def granted() -> SearchStrategy[Granted]:
    """Any video grant and permission."""

    def made(video: VideoGrants, permission: ParticipantPermission) -> Granted:
        names = permission.to_dict(preserving_names=True)
        return Granted(in_token(video), names)

    return st.builds(made, video_grants(), permissions())


def threads() -> SearchStrategy[Thread]:
    """Grants on threads, and actions, often on what the grant names."""
    names = st.sampled_from(["", "a", "b"]) | texts()

    def made(grant: AgentThreadGrants, action: str, name: str, own: bool) -> Thread:
        named = (grant.thread_ids or [grant.scope])[0]
        return Thread(in_token(grant), action, named if own else name)

    return st.builds(
        made,
        grants(AgentThreadGrants),
        st.sampled_from([*_ACTIONS, "delete", "update"]),
        names,
        st.booleans(),
    )


def defaults(session: Session, given: Granted) -> None:
    """What is set decides; what is not has its default."""
    found = session.result(RESOLVE, video=given.video)
    expected = {name: given.video.get(name, unset) for name, unset in DEFAULTS.items()}
    expected["canPublishData"] = given.video.get(
        "canPublishData", expected["canPublish"]
    )
    session.check(
        difference(expected, {name: found.get(name) for name in expected}), "resolved"
    )


def sources(session: Session, given: Granted) -> None:
    """Sources may be published if publishing is allowed and they are listed, or none is."""
    found = session.result(RESOLVE, video=given.video)
    listed = given.video.get("canPublishSources", [])
    allowed = given.video.get("canPublish", True)
    expected = {name: allowed and (not listed or name in listed) for name in _SOURCES}
    session.check(
        difference(expected, found.get("canPublishSource")), "canPublishSource"
    )


def update_matches(session: Session, given: Granted) -> None:
    """A grant that was updated from a permission matches it."""
    video = session.result(UPDATE, video=given.video, permission=given.permission).get(
        "video"
    )
    found = session.result(MATCHES, video=video, permission=given.permission)
    session.check(difference({"matches": True}, found), "the updated grant")


def update_stable(session: Session, given: Granted) -> None:
    """Updating again changes nothing; what no permission has stays."""
    first = session.result(UPDATE, video=given.video, permission=given.permission)
    video = session.member(first, "video", dict)
    again = session.result(UPDATE, video=video, permission=given.permission)
    session.check(difference(first, again), "updated again")
    kept = {name: given.video.get(name) for name in _KEPT}
    session.check(
        difference(kept, {name: video.get(name) for name in _KEPT}), "what stays"
    )


def no_permission(session: Session, given: Granted) -> None:
    """Without a permission nothing matches and nothing changes."""
    found = session.result(MATCHES, video=given.video, permission=None)
    session.check(difference({"matches": False}, found), "no permission")
    updated = session.result(UPDATE, video=given.video, permission=None)
    before = session.result(RESOLVE, video=given.video)
    after = session.result(RESOLVE, video=updated.get("video"))
    session.check(difference(before, after), "no permission")


def thread_rights(session: Session, given: Thread) -> None:
    """A right on all threads is one on each; without the action's right nothing is allowed."""
    asked = {"action": given.action, **_named(given)}
    some = session.result(THREAD, grant=given.grant, **asked)
    whole = session.result(THREAD, grant={**given.grant, "all": True}, **asked)
    right = "write" if given.action == "update" else given.action
    without = {key: value for key, value in given.grant.items() if key != right}
    nothing = session.result(THREAD, grant=without, **asked)
    if some.get("allowed") and not whole.get("allowed"):
        session.fail("allowed with a right on some threads, refused with one on all")
    if nothing.get("allowed") or session.result(THREAD, grant=None, **asked).get(
        "allowed"
    ):
        session.fail(f"allowed without the right to {right}")


def _named(given: Thread) -> dict[str, str]:
    """The arguments of an action: it is about a scope, a thread, or neither."""
    if given.action == "update":
        return {}
    return {_ACTIONS.get(given.action, "thread_id"): given.name}


def kinds(session: Session, given: list[str]) -> None:
    """Details are read one by one, and names of kinds in any case."""
    whole = session.result(DETAILS, claims=given).get("kind_details")
    parts = [
        session.result(DETAILS, claims=[each]).get("kind_details") for each in given
    ]
    joined = [name for part in parts for name in _texts(part)]
    session.check(difference(joined, whole), "details one by one")
    for member in ParticipantInfo.Kind:
        for text in (claim_text(member), member.name):
            found = session.result(KIND, claim=text)
            session.check(difference({"kind": member.name}, found), text)


def _texts(found: Any) -> list[str]:
    return found or []


def _details() -> SearchStrategy[list[str]]:
    named = [claim_text(member) for member in ParticipantInfo.KindDetail]
    one = st.sampled_from([*named, named[0].upper(), "99", "none"]) | texts()
    return st.lists(one, max_size=4)


LAWS = (
    Law(
        "grants/defaults",
        "a grant that is set decides; one that is not has its default, and the right to publish "
        "data is inherited from the right to publish",
        (RESOLVE,),
        granted,
        defaults,
    ),
    Law(
        "grants/sources",
        "a source may be published if publishing is allowed and either no source is listed or "
        "this one, in lower case",
        (RESOLVE,),
        granted,
        sources,
    ),
    Law(
        "grants/update-matches",
        "a grant that was updated from a permission matches that permission",
        (UPDATE, MATCHES),
        granted,
        update_matches,
    ),
    Law(
        "grants/update-stable",
        "updating from the same permission again changes nothing, and what a permission does not "
        "have stays as it was",
        (UPDATE,),
        granted,
        update_stable,
    ),
    Law(
        "grants/no-permission",
        "without a permission nothing matches, and an update changes nothing",
        (UPDATE, MATCHES, RESOLVE),
        granted,
        no_permission,
    ),
    Law(
        "grants/threads",
        "who may do something to some threads may do it to each with a right on all; without "
        "the right, and without a grant, nothing is allowed",
        (THREAD,),
        threads,
        thread_rights,
    ),
    Law(
        "grants/kinds",
        "kinds are read in any case, and details of a kind one by one",
        (KIND, DETAILS),
        _details,
        kinds,
    ),
)
