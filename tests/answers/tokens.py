"""Tokens of all kinds for a call: the least one that opens it, and those that do not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from lkproto import Message, Method, fields_of
from lkproto.api._needs import Needs
from lkproto.auth import AccessToken, ClaimGrants

Key = tuple[str, str]
_OTHER = "elsewhere"


def right(method: Method, request: Message) -> ClaimGrants:
    """The least grants for a call."""
    needs = Needs(method)
    return needs.grants(needs.names(request))


def all_but(*left_out: tuple[str, str]) -> ClaimGrants:
    """Every grant that there is, except some, such as `("video", "room_admin")`."""
    claims = ClaimGrants()
    for claim in fields_of(ClaimGrants):
        if claim.kind == "message" and claim.name != "room_config":
            grants = claim.type()
            for each in fields_of(claim.type):
                if each.kind == "bool" and (claim.name, each.name) not in left_out:
                    setattr(grants, each.name, True)
            setattr(claims, claim.name, grants)
    return claims


def wrong(method: Method, request: Message) -> Iterator[tuple[str, ClaimGrants]]:
    """Grants that do not open a call, by what is wrong: one thing each."""
    needs = Needs(method)
    names = needs.names(request)
    yield "nothing", ClaimGrants()
    for each in needs.rights:
        yield f"all but {'.'.join(each)}", _named(all_but(each), needs, names)
    for number, (_, claim) in enumerate(needs.named):
        for name in ("", _OTHER):
            others = (*names[:number], name, *names[number + 1 :])
            yield f"{claim} {name!r}", _named(all_but(), needs, others)


def _named(claims: ClaimGrants, needs: Needs, names: tuple[str, ...]) -> ClaimGrants:
    for (_, claim), name in zip(needs.named, names, strict=True):
        setattr(claims.video, claim, name)
    return claims


def bearer(key: Key, claims: ClaimGrants) -> str:
    """The header of a token of ours."""
    return f"Bearer {AccessToken(*key).with_claims(claims).to_jwt()}"


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _forged(
    key: Key, claims: ClaimGrants, *, hashed: Any = hashlib.sha256, **changes: Any
) -> str:
    """A token as others may make it; a change to None takes a claim away."""
    algorithm = changes.pop("alg", "HS256")
    now = int(time.time())
    payload: dict[str, Any] = {"iss": key[0], "nbf": now - 5, "exp": now + 600}
    payload |= json.loads(claims.to_json()) | changes
    payload = {name: value for name, value in payload.items() if value is not None}
    header = {"alg": algorithm, "typ": "JWT"}
    signed = ".".join(_part(json.dumps(each).encode()) for each in (header, payload))
    mac = hmac.new(key[1].encode(), signed.encode(), hashed).digest()
    return f"{signed}.{_part(mac) if algorithm != 'none' else ''}"


def _later(seconds: float) -> int:
    return int(time.time() + seconds)


_Makes = Callable[[Key, ClaimGrants], str | None]
# The headers that a server refuses whatever the token grants, by what is wrong with them.
BAD: dict[str, _Makes] = {
    "none": lambda key, claims: None,
    "basic": lambda key, claims: "Basic " + _part(":".join(key).encode()),
    "bare": _forged,
    "lower-case": lambda key, claims: "bearer " + _forged(key, claims),
    "empty": lambda key, claims: "Bearer ",
    "two-spaces": lambda key, claims: "Bearer  " + _forged(key, claims),
    "no-jwt": lambda key, claims: "Bearer nonsense",
    "unknown-key": lambda key, claims: (
        "Bearer " + _forged(("APInope", key[1]), claims)
    ),
    "no-issuer": lambda key, claims: "Bearer " + _forged(key, claims, iss=None),
    "wrong-secret": lambda key, claims: "Bearer " + _forged((key[0], "x" * 32), claims),
    "hs512": lambda key, claims: (
        "Bearer " + _forged(key, claims, alg="HS512", hashed=hashlib.sha512)
    ),
    "unsigned": lambda key, claims: "Bearer " + _forged(key, claims, alg="none"),
    "expired": lambda key, claims: (
        "Bearer " + _forged(key, claims, nbf=_later(-900), exp=_later(-300))
    ),
    "not-yet": lambda key, claims: "Bearer " + _forged(key, claims, nbf=_later(300)),
    "text-for-bool": lambda key, claims: (
        "Bearer " + _forged(key, claims, video={"roomList": "true"})
    ),
    "nothing-granted": lambda key, claims: bearer(key, ClaimGrants()),
}
# Headers that open a call although a server could refuse them.
GOOD: dict[str, _Makes] = {
    "right": bearer,
    "expired-within-leeway": lambda key, claims: (
        "Bearer " + _forged(key, claims, exp=_later(-30))
    ),
    "early-within-leeway": lambda key, claims: (
        "Bearer " + _forged(key, claims, nbf=_later(30))
    ),
    "no-subject": lambda key, claims: "Bearer " + _forged(key, claims, sub=None),
}
KINDS = BAD | GOOD


def authorization(kind: str, key: Key, method: Method, request: Message) -> str | None:
    """The header of a call with a token of a kind; None for no header."""
    return KINDS[kind](key, right(method, request))
