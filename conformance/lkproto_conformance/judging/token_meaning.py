"""Compares tokens by what they say, for implementations with a JSON of their own.

The reference's text is for those who promise it. A testee whose library orders members otherwise,
or writes defaults that the reference leaves out, says `"spelling": "own"` with its token.
"""

from __future__ import annotations

import json
from typing import Any

from ..values import is_object
from .notifier_tokens import is_signed, read

Object = dict[str, Any]

_REGISTERED = ("iss", "sub", "nbf", "exp", "iat", "jti", "aud")


def aligned(op: str, args: Object, expected: Any, got: Any) -> tuple[Any, Any]:
    """Two results in the form in which they are compared: the same ones for exact texts."""
    if op == "token.verify":
        return _told(expected, got), got
    if op != "token.mint" or not is_object(got) or got.get("spelling") != "own":
        return expected, got
    try:
        return {"token": said(expected["token"])}, {"token": _signed(args, got)}
    except (ValueError, TypeError, AttributeError) as error:
        return expected, {"token": f"{error}"}


def _signed(args: Object, got: Object) -> Object:
    if not is_signed(got["token"], args["secret"]):
        raise ValueError("not signed by the secret")
    return said(got["token"])


def said(token: str) -> Object:
    """The header, registered claims and grants of a token, defaults left out.

    `iat` and a `typ` of `JWT` are not among them, because their use is optional (RFC 7519, sections
    4.1.6 and 5.1), and neither is an `identity` that is `sub` again. Raises ValueError.
    """
    from lkproto.auth import ClaimGrants

    header, claims = read(token)
    if header.get("typ") == "JWT":
        del header["typ"]
    if claims.get("identity") == claims.get("sub"):
        claims.pop("identity", None)
    registered = {
        name: claims[name]
        for name in _REGISTERED
        if claims.get(name) not in (None, "") and name != "iat"
    }
    grants = {name: claims[name] for name in claims if name not in _REGISTERED}
    found = ClaimGrants.from_json(json.dumps(grants), ignore_unknown=True)
    return {**registered, "header": header, "grants": json.loads(found.to_json())}


def _told(expected: Object, got: Any) -> Object:
    """The expected result without the effective values that a library has no word for."""
    given = got.get("effective") if is_object(got) else None
    if not is_object(given) or "video" not in given:
        return expected
    effective = {
        name: each for name, each in expected["effective"].items() if name in given
    }
    video, told = effective.get("video"), given.get("video")
    if is_object(video) and is_object(told):
        effective["video"] = {name: video[name] for name in video if name in told}
    return {**expected, "effective": effective}
