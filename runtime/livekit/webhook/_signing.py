# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Signing webhooks (livekit/protocol, webhook/url_notifier.go)."""

from __future__ import annotations

import binascii
from datetime import timedelta
from hashlib import sha256

from .._runtime.arguments import is_bytes
from ..auth import AccessToken, ArgumentTypeError
from ..auth._go_json import text_of
from ..auth._jws import signed
from ..auth._secrets import Secret, forgetful

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..auth._jws import Profile

VALID_FOR = timedelta(minutes=5)
"""How long the token of a delivery is valid."""
_HEADER = b'{"alg":"HS256","typ":"JWT"}'
_VALID_FOR = int(VALID_FOR.total_seconds())
RAW = "pass the bytes as they are sent, before any parser has read them"


def body_bytes(body: object) -> bytes:
    """A body as bytes; text is UTF-8. Raises ArgumentTypeError, with what to pass instead."""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if is_bytes(body):
        return bytes(body)
    raise ArgumentTypeError(
        f"a body is bytes or text, not {type(body).__name__}; {RAW}"
    )


def body_hash(body: bytes) -> str:
    """The `sha256` claim of a body: its SHA-256 in base64, with padding."""
    return binascii.b2a_base64(sha256(body).digest(), newline=False).decode()


@forgetful
def sign(
    body: bytes | str,
    api_key: str | None = None,
    api_secret: str | None = None,
    *,
    profile: Profile = "strict",
    clock: Callable[[], float] | None = None,
) -> str:
    """The Authorization header of a webhook: a token for this body alone, without `Bearer`.

    Key and secret default to LIVEKIT_API_KEY and LIVEKIT_API_SECRET of the environment. `clock`
    returns the time in seconds since 1970. Raises InvalidArgumentError.
    """
    token = AccessToken(api_key, api_secret, profile=profile, clock=clock)
    token.with_sha256(body_hash(body_bytes(body)))
    return token.with_ttl(VALID_FOR).to_jwt()


def token_of(body: bytes, api_key: str, secret: Secret, now: float) -> str:
    """The token that `sign` makes, for a key and secret that were checked before.

    It is written at once, because an attempt would pay more for building it than for signing.
    """
    at = int(now // 1)
    until = round(now * 1_000_000) // 1_000_000 + _VALID_FOR
    payload = (
        f'{{"iss":{text_of(api_key)},"exp":{until},"nbf":{at},"iat":{at},'
        f'"sha256":"{body_hash(body)}"}}'
    )
    return signed(_HEADER, payload.encode(), secret)
