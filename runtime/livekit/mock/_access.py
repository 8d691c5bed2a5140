# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Who may call: tokens are verified, and refused in the words of livekit-server 1.13.5.

Or in those of LiveKit's test server, which tells two cases apart: 401 without a token that is
valid, and 403 for one that does not open the method.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from .._runtime.twirp import TwirpCode, TwirpError
from ..api._needs import needs_of
from ..auth import (
    AlgorithmError,
    ClaimError,
    ExpiredTokenError,
    MappingKeys,
    MissingClaimError,
    NotYetValidError,
    TokenError,
    TokenVerifier,
    parse_unverified,
)
from ..auth._secrets import always
from ._answers import Answer, text_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .._runtime.message import Message
    from .._runtime.reflection.services import Method
    from ..lkproto.claims_pb import ClaimGrants

_BEARER = "Bearer "
_NO_BEARER = f"invalid authorization header. Must start with {_BEARER}"
_MALFORMED = "invalid authorization token"


class Access:
    """Knows the keys, and what each method needs. `refuse` is the status of a missing grant."""

    __slots__ = ("_keys", "_verifier", "refuse")

    def __init__(self, keys: MappingKeys, refuse: int) -> None:
        self.refuse = refuse
        self._keys = keys
        self._verifier = TokenVerifier(keys=keys, profile="go")

    @always
    def __repr__(self) -> str:
        return f"<Access by {self._keys!r}>"

    def claims(self, environ: Mapping[str, Any]) -> ClaimGrants | Answer | None:
        """What the token of a request grants, None without one, or an answer that refuses it."""
        given: str = environ.get("HTTP_AUTHORIZATION", "")
        if self.refuse != 401:
            return self._verified(given.removeprefix(_BEARER).strip())
        if given and not given.startswith(_BEARER):
            return text_answer(401, _NO_BEARER)
        token = given.removeprefix(_BEARER) or _parameter(environ)
        if not token:
            return None
        try:
            issuer = parse_unverified(token, profile="go")
        except TokenError:
            return text_answer(401, _MALFORMED)
        if not self._keys.get_secret(issuer):
            return text_answer(401, f"invalid API key: {issuer}")
        try:
            return self._verifier.verify(token).grants
        except TokenError as error:
            # The real server repeats the token, and clients have to hide it.
            return text_answer(
                401, f"invalid token: {token}, error: {_why(error, token)}"
            )

    def _verified(self, token: str) -> ClaimGrants | None:
        try:
            return self._verifier.verify(token).grants
        except TokenError:
            return None

    def check(
        self, method: Method, request: Message, claims: ClaimGrants | None
    ) -> None:
        """Refuse a call whose token does not open its method. Raises TwirpError."""
        if self.refuse == 401:
            if claims is None or _lacks(method, request, claims):
                raise TwirpError(TwirpCode.UNAUTHENTICATED, "permissions denied")
        elif claims is None:
            raise TwirpError(TwirpCode.UNAUTHENTICATED, "mock: unauthenticated")
        elif _lacks(method, request, claims):
            raise TwirpError(TwirpCode.PERMISSION_DENIED, "mock: permission_denied")


def _lacks(method: Method, request: Message, claims: ClaimGrants) -> bool:
    """Whether claims do not open a method; where nobody says what it needs, all do."""
    return bool(method.grant) and needs_of(method).lacks(claims, request)


def _parameter(environ: Mapping[str, Any]) -> str:
    """The token in the URL of a request; empty if there is none."""
    query: str = environ.get("QUERY_STRING", "")
    if "access_token" not in query:
        return ""
    return parse_qs(query).get("access_token", [""])[0]


def _why(error: TokenError, token: str) -> str:
    """What is wrong with a token, as golang-jwt says it."""
    if isinstance(error, ExpiredTokenError):
        return "token has invalid claims: token is expired"
    if isinstance(error, NotYetValidError):
        return "token has invalid claims: token is not valid yet"
    if isinstance(error, MissingClaimError):
        missing = "token is missing required claim: exp claim is required"
        return f"token has invalid claims: {missing}"
    if isinstance(error, ClaimError):
        return f"token is malformed: could not JSON decode claim: {error}"
    if isinstance(error, AlgorithmError):
        return (
            f"token signature is invalid: signing method {_algorithm(token)} is invalid"
        )
    return "token signature is invalid: signature is invalid"


def _algorithm(token: str) -> str:
    """What the header of a token names, which was read before."""
    from base64 import urlsafe_b64decode
    from json import loads

    header = token.partition(".")[0]
    return str(loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"])
