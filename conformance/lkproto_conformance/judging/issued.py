"""Compares issued tokens by what a server reads in them.

No two libraries write the same text: order and escaping of claims, `iat`, `nbf` and plain `false`
are free. What counts is that a server takes the token now, until when, what it grants, and that
nothing is in it besides.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from typing import Any

from lkproto import auth

from ..claims import as_in_token, effective
from ..values import is_object
from .equality import difference
from .notifier_tokens import read

_GRANTS = frozenset(["video", "sip", "agent", "inference", "observability"])
_REGISTERED = frozenset(["iss", "sub", "exp", "nbf", "iat", "jti"])
_HEADER = frozenset(["alg", "typ", "kid"])


def compare(args: dict[str, Any], expected: Any, got: Any) -> str:
    """The difference of two results of `token.issue`; empty if a server reads the same."""
    try:
        wanted = _read(args, expected["token"])
    except (auth.AuthError, TypeError) as error:
        return f"$.token: the expected one cannot be read: {error}"
    try:
        given = _read(args, got.get("token"))
    except (auth.AuthError, TypeError, ValueError) as error:
        return f"$.token: a server refuses it: {error}"
    return difference(wanted, given)


def _read(args: dict[str, Any], token: Any) -> dict[str, Any]:
    """What a server reads in a token. Raises AuthError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", auth.WeakSecretWarning)
        warnings.simplefilter("ignore", auth.SuspectKeyWarning)
        found = auth.TokenVerifier(
            keys={args["api_key"]: args["secret"]},
            profile="go",
            max_size=sys.maxsize,
            clock=lambda: args["now"],
        ).verify(token)
    claims, identity = found.grants, found.identity
    meaning = effective(claims)
    header, payload = read(token)
    unknown = sorted(_unknown(payload, as_in_token(claims)))
    unknown += sorted(f"header {name}" for name in header.keys() - _HEADER)
    claims.identity, claims.video = "", None
    others = {name: value for name, value in as_in_token(claims).items() if value}
    return {
        "identity": identity,
        "exp": found.registered.exp,
        "from the future": (found.registered.iat or 0) > args["now"],
        "unknown": ", ".join(unknown),
        "claims": others,
        "effective": meaning,
    }


def _unknown(payload: dict[str, Any], known: dict[str, Any]) -> Iterator[str]:
    """Claims that say something and that no server knows; whoever has the token reads them."""
    for name, value in payload.items():
        if value and name not in _REGISTERED and name not in known:
            yield name
        if name == "identity" and value and value != payload.get("sub"):
            yield "identity"
        inside = known.get(name)
        if is_object(value) and is_object(inside) and name in _GRANTS:
            yield from (
                f"{name}.{each}" for each in value if value[each] and each not in inside
            )
