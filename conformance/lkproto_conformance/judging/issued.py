"""Compares issued tokens by what a server reads in them.

No two libraries write the same text: order and escaping of claims, `iat` and plain `false` are
free. What counts is that a server takes the token now, until when, and what it grants.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

from lkproto import auth

from ..claims import as_in_token, effective
from .equality import difference


def compare(args: dict[str, Any], expected: Any, got: Any) -> str:
    """The difference of two results of `token.issue`; empty if a server reads the same."""
    wanted = _read(args, expected["token"])
    try:
        given = _read(args, got.get("token"))
    except (auth.AuthError, TypeError) as error:
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
    claims.identity, claims.video = "", None
    others = {name: value for name, value in as_in_token(claims).items() if value}
    return {
        "identity": identity,
        "exp": found.registered.exp,
        "claims": others,
        "effective": meaning,
    }
