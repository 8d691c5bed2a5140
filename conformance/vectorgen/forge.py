"""Makes tokens by hand, right or wrong in any part."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

KEY = "APIconformance"
SECRET = "the secret of the conformance suite"
NOW = 1767225600
"""2026-01-01T00:00:00Z."""
HEADER = '{"alg":"HS256","typ":"JWT"}'
MINIMAL = {"iss": KEY, "sub": "alice", "exp": NOW + 600}

_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def b64(data: bytes | str) -> str:
    """Base64url without padding."""
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def signature(text: str, secret: str = SECRET, alg: str = "HS256") -> str:
    """The HMAC of the first two segments, encoded."""
    return b64(hmac.digest(secret.encode(), text.encode(), _HASHES[alg]))


def sealed(head: str, body: str, secret: str = SECRET, alg: str = "HS256") -> str:
    """A token from two segments that are already encoded."""
    text = f"{head}.{body}"
    return f"{text}.{signature(text, secret, alg)}"


def raw(
    payload: bytes | str,
    header: bytes | str = HEADER,
    secret: str = SECRET,
    alg: str = "HS256",
) -> str:
    """A token with this text as its payload, and a right signature."""
    return sealed(b64(header), b64(payload), secret, alg)


def token(**claims: Any) -> str:
    """A token with the minimal claims and these; a claim that is `...` is left out."""
    return raw(dumps(payload(**claims)))


def payload(**claims: Any) -> dict[str, Any]:
    """The minimal claims and these; a claim that is `...` is left out."""
    return {
        key: value for key, value in {**MINIMAL, **claims}.items() if value is not ...
    }


def dumps(value: Any) -> str:
    """Compact JSON, not escaped."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def with_text(name: str, text: str) -> str:
    """A token with the minimal claims, and one more whose JSON is this text."""
    claims = payload(**{name: ...})
    return raw(f"{dumps(claims)[:-1]},{dumps(name)}:{text}}}")
