# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a method needs, in the words of its table, as grants of a token for a request.

A table says `video.roomAdmin + room`: the claims that have to be true, and which fields of the
request the token has to name, too.
"""

from __future__ import annotations

from functools import cache

from .._runtime.reflection.members import fields_of
from ..lkproto.claims_pb import ClaimGrants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.message import Message
    from .._runtime.reflection.services import Method

# Word of a table: fields of requests that say it, and the claim of `video` that repeats it.
_NAMED = {
    "room": (("room", "room_name"), "room"),
    "destinationRoom": (("destination_room",), "destination_room"),
}


class Needs:
    """What one method needs."""

    __slots__ = ("named", "rights")

    def __init__(self, method: Method) -> None:
        words = method.grant.split(" + ")
        self.rights = [_right(each) for each in words if each not in _NAMED]
        """Pairs such as `("video", "room_admin")`; `("video", "")` is an empty grant."""
        self.named = [
            (_field(method, each), _NAMED[each][1]) for each in words if each in _NAMED
        ]
        """Pairs of a field of the request, and of the claim of `video` that has its value."""

    def names(self, request: Message) -> tuple[str, ...]:
        """What the token has to name of a request: its room, its other room."""
        return tuple([getattr(request, field) for field, _ in self.named])

    def grants(self, names: tuple[str, ...]) -> ClaimGrants:
        """The least grants for requests with these names."""
        claims = ClaimGrants()
        for claim, right in self.rights:
            grant = _grant(claims, claim)
            if right:
                setattr(grant, right, True)
        for (_, claim), name in zip(self.named, names, strict=True):
            setattr(_grant(claims, "video"), claim, name)
        return claims

    def lacks(self, claims: ClaimGrants, request: Message) -> bool:
        """Whether claims do not open the method for a request."""
        for claim, right in self.rights:
            grant = getattr(claims, claim)
            if grant is None or (right and not getattr(grant, right)):
                return True
        video = claims.video
        return any(
            video is None or getattr(video, claim) != name
            for (_, claim), name in zip(self.named, self.names(request), strict=True)
        )


@cache
def needs_of(method: Method) -> Needs:
    """What a method needs, worked out once; it has to have a grant."""
    return Needs(method)


def _grant(claims: ClaimGrants, claim: str) -> Any:
    """A grant of claims, made if it is not there."""
    grant = getattr(claims, claim)
    if grant is None:
        field = next(each for each in fields_of(ClaimGrants) if each.name == claim)
        grant = field.type()
        setattr(claims, claim, grant)
    return grant


def _right(word: str) -> tuple[str, str]:
    """The claim and the field of `video.roomAdmin`."""
    claim, _, name = word.partition(".")
    if not name:
        return claim, ""
    grants = next(each for each in fields_of(ClaimGrants) if each.name == claim).type
    return claim, next(
        each.name for each in fields_of(grants) if each.json_name == name
    )


def _field(method: Method, word: str) -> str:
    """The field of a method's request that says its room."""
    names = {each.name for each in fields_of(method.input_type)}
    return next(each for each in _NAMED[word][0] if each in names)
