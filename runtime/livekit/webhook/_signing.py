# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Signing webhooks (livekit/protocol, webhook/url_notifier.go)."""

from __future__ import annotations

import binascii
from datetime import timedelta
from hashlib import sha256

from ..auth import AccessToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..auth._jws import Profile

VALID_FOR = timedelta(minutes=5)
"""How long the token of a delivery is valid."""


def body_hash(body: bytes) -> str:
    """The `sha256` claim of a body: its SHA-256 in base64, with padding."""
    return binascii.b2a_base64(sha256(body).digest(), newline=False).decode()


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
    data = body.encode() if isinstance(body, str) else body
    token = AccessToken(api_key, api_secret, profile=profile, clock=clock)
    return token.with_sha256(body_hash(data)).with_ttl(VALID_FOR).to_jwt()
