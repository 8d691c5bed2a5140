"""Judges the tokens of attempts: who signed, over which body, for how long, and how fresh."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any

from ..values import base64url, from_base64url, is_object

LIFE = 300
_TOLERANCE_MS = 2

Run = dict[str, Any]


def difference(args: Run, expected: Run, got: Run, bodies: Iterable[bytes]) -> str:
    """What is wrong with the token of an attempt; empty if nothing is.

    It has to be signed by the secret that signed the expected one, not before that one, and not
    after the attempt. `bodies` are those of the run: a redirect may have made a request without
    its body.
    """
    if not expected["authorization"] or not got["authorization"]:
        same = expected["authorization"] == got["authorization"]
        return "" if same else "there is one" if got["authorization"] else "none"
    try:
        header, wanted = read(expected["authorization"])
        found_header, found = read(got["authorization"])
    except ValueError as error:
        return str(error)
    if header != found_header:
        return f"the header is {found_header}"
    secret = secret_of(expected["authorization"], args)
    if secret is None or not is_signed(got["authorization"], secret):
        return f"not signed by the secret of {wanted['iss']} at that time"
    if wanted.keys() != found.keys() or wanted["iss"] != found["iss"]:
        return f"the claims are {found}"
    body = base64.b64decode(got["body_b64"])
    if found["sha256"] not in map(body_hash, [body] if body else bodies):
        return "sha256 is not that of the body"
    return _dates(args["now"], wanted, found, got["at_ms"])


def _dates(now: int, wanted: Run, found: Run, at_ms: int) -> str:
    begun = found["nbf"]
    if any(type(found[name]) is not int for name in ("nbf", "iat", "exp")):
        return "a date is not an integer"
    if found["iat"] != begun or found["exp"] - begun != LIFE:
        return f"valid from {begun} to {found['exp']}, issued at {found['iat']}"
    latest = (now * 1000 + at_ms + _TOLERANCE_MS) // 1000
    earliest = min(wanted["nbf"], (now * 1000 + at_ms) // 1000)
    if not earliest <= begun <= latest:
        return f"signed at {begun}, not from {earliest} to {latest}"
    return ""


def read(token: str) -> tuple[Run, Run]:
    """The header and the claims of a token. Raises ValueError."""
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError("not a token")
    try:
        header, claims = (json.loads(from_base64url(part)) for part in parts[:2])
    except (ValueError, RecursionError):
        raise ValueError("not a token") from None
    if not is_object(header) or not is_object(claims):
        raise ValueError("not a token")
    return header, claims


def secret_of(token: str, args: Run) -> str | None:
    """The secret of a run that signed a token."""
    secrets: list[str] = list(args["keys"].values())
    secrets += [step["secret"] for step in args["script"] if step["op"] == "set_keys"]
    return next((each for each in secrets if is_signed(token, each)), None)


def is_signed(token: str, secret: str) -> bool:
    """Whether a secret signed a token."""
    head, _, signature = token.rpartition(".")
    right = hmac.digest(secret.encode(), head.encode(), "sha256")
    given = signature.encode(errors="surrogatepass")
    return hmac.compare_digest(base64url(right).encode(), given)


def signed(claims: Run, secret: str) -> str:
    """A token with these claims."""
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    head = ".".join(
        base64url(json.dumps(each, separators=(",", ":")).encode()) for each in parts
    )
    return f"{head}.{base64url(hmac.digest(secret.encode(), head.encode(), 'sha256'))}"


def body_hash(body: bytes) -> str:
    """The claim `sha256` of a body."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()
