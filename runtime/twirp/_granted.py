"""What the token of a call grants, to say it where a server refuses the call."""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from typing import Any

_LONGEST = 64 << 10


def granted(authorization: str) -> str:
    """The grants in a header with a JSON Web Token, such as `video.roomJoin, video.room`.

    Those are the members of claims that are objects, if they are true or a text; texts themselves
    are not shown. `nothing` for a token without any, and an empty text for what is not a token.
    """
    scheme, _, token = authorization.strip().partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3 or len(token) > _LONGEST:
        return ""
    claims = _payload(parts[1])
    if claims.__class__ is not dict:
        return ""
    found = [
        f"{claim}.{name}"
        for claim, members in claims.items()
        if members.__class__ is dict
        for name, value in members.items()
        if value is True or (value and isinstance(value, str))
    ]
    return ", ".join(filter(str.isprintable, found)) or "nothing"


def _payload(text: str) -> Any:
    """The object of a token's second part; None if it is none. Nothing is verified."""
    import json
    from base64 import urlsafe_b64decode

    try:
        return json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return None
