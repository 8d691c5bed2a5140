"""Helpers for several tests of tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

NOW = 1767225600
KEYS: dict[str, Any] = {
    "api_key": "APIkey",
    "api_secret": "secret",
    "clock": lambda: NOW,
}


def payload(token: str, secret: str = "secret") -> str:
    """The text of a token's payload, after a check of header (Go's) and signature."""
    signed, _, signature = token.rpartition(".")
    header, text = map(decoded, signed.split("."))
    assert header == b'{"alg":"HS256","typ":"JWT"}'
    expected = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    assert decoded(signature) == expected
    return text.decode()


def decoded(segment: str) -> bytes:
    """A segment of a token, decoded; it has no padding."""
    assert "=" not in segment
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
