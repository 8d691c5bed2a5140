# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Who calls: a token that was given, or one made for each call, with the least grants it needs."""

from __future__ import annotations

from datetime import timedelta
from time import time

from ..auth import AccessToken, ClaimGrants, InvalidArgumentError, KeyProvider
from ..auth._secrets import Secret, TextSecret, forgetful, refuse_swapped
from ._needs import needs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._runtime.twirp import TwirpCall

TTL = 600.0
"""Seconds that a token of a call is valid."""
_USED = TTL / 2  # what remains is for clocks that differ, and for calls that last
_MOST = 1000  # tokens that are kept


class GivenToken:
    """A token that the application has, which is sent with every call."""

    __slots__ = ("_header",)

    @forgetful
    def __init__(self, token: str, where: str = "") -> None:
        """`where` it comes from is for messages. Raises InvalidArgumentError for no token."""
        problem = _problem(token)
        if problem:
            raise InvalidArgumentError(where + problem)
        self._header = TextSecret(f"Bearer {token}")

    def authorization(self, call: TwirpCall) -> str:
        """The value of the header of a call. Raises InvalidArgumentError."""
        if call.options.grants is not None:
            raise InvalidArgumentError(
                "CallOptions.grants: this API has a ready-made token, which grants what it grants"
            )
        return str(self._header.given)

    def refused(self, call: TwirpCall) -> None:
        """Nothing can be done about a token that the server refuses."""

    def access_token(self, ttl: float = 0.0) -> AccessToken:
        """Raises InvalidArgumentError."""
        raise InvalidArgumentError(_NO_KEY.format("make others"))

    @property
    def keys(self) -> KeyProvider:
        """Raises InvalidArgumentError."""
        raise InvalidArgumentError(_NO_KEY.format("verify webhooks"))

    def __repr__(self) -> str:
        return "a token"


_NO_KEY = "this API has a ready-made token, with which it cannot {}; give it an API key and secret"


@forgetful
def _problem(token: object) -> str:
    """What keeps a text from being a token; empty if nothing does."""
    if not isinstance(token, str):
        return f"a token is text, not {type(token).__name__}"
    if token != token.strip():
        return "the token has white space or a line break around it; remove that where it is set"
    if token[:7].lower() == "bearer ":
        return "the token begins with Bearer; give the token alone"
    if token.count(".") != 2 or not token.isascii() or not token.isprintable():
        return "the token is not a JSON Web Token, which has three parts with dots between them"
    return ""


class _Made:
    """A header with a token, and when it was made."""

    __slots__ = ("header", "time")

    def __init__(self, header: str, time: float) -> None:
        self.header = header
        self.time = time

    def __repr__(self) -> str:
        return "<a token>"


class MintedTokens:
    """Tokens made with a key, kept for calls that need the same. Threads may share it."""

    __slots__ = ("_kept", "api_key", "keys")

    def __init__(self, api_key: str, keys: KeyProvider) -> None:
        """Raises InvalidArgumentError if there is no secret, or it is swapped with the key."""
        self.api_key = api_key
        self.keys = keys
        self._kept: dict[tuple[str, ...], _Made] = {}
        refuse_swapped(api_key, self._secret())

    def authorization(self, call: TwirpCall) -> str:
        """The value of the header of a call. Raises InvalidArgumentError."""
        if call.options.grants is not None:
            return self._minted(_claims(call.options.grants))
        method = call.method
        if not method.grant:
            raise InvalidArgumentError(
                f"which grant {method.path} needs is not known; say it with CallOptions(grants=…)"
            )
        needs = needs_of(method)
        names = needs.names(call.request)
        kept, now = self._kept.get((method.grant, *names)), time()
        if kept is None or not kept.time <= now < kept.time + _USED:
            kept = _Made(self._minted(needs.grants(names)), now)
            if len(self._kept) >= _MOST:
                self._kept = {}
            self._kept[method.grant, *names] = kept
        return kept.header

    def refused(self, call: TwirpCall) -> None:
        """Forget the token of a call that the server refused: its key may have changed."""
        method = call.method
        if method.grant:
            names = needs_of(method).names(call.request)
            self._kept.pop((method.grant, *names), None)

    def _minted(self, claims: ClaimGrants) -> str:
        # The secret is in an expression alone, so that no frame has it.
        return "Bearer " + self.access_token(TTL).with_claims(claims).to_jwt()

    def access_token(self, ttl: float = 0.0) -> AccessToken:
        """A token to add grants to; without a time it is valid for six hours."""
        made = AccessToken._of  # pyright: ignore[reportPrivateUsage]
        token = made(self.api_key, self._secret())
        return token.with_ttl(timedelta(seconds=ttl))

    def _secret(self) -> Secret:
        secret = TextSecret(self.keys.get_secret(self.api_key)).checked()
        if not secret:
            raise InvalidArgumentError(
                f"there is no secret for the API key {self.api_key!a}"
            )
        return secret

    def __repr__(self) -> str:
        return f"the key {self.api_key!r}"


def _claims(grants: object) -> ClaimGrants:
    """The claims of grants that are given for a call. Raises InvalidArgumentError."""
    if isinstance(grants, ClaimGrants):
        return grants
    from .._runtime.reflection.members import fields_of

    for field in fields_of(ClaimGrants):
        if field.kind == "message" and isinstance(grants, field.type):
            claims = ClaimGrants()
            setattr(claims, field.name, grants)
            return claims
    raise InvalidArgumentError(
        "the grants of a call are a VideoGrants, another one of lkproto.auth, or a ClaimGrants, "
        f"not {type(grants).__name__}"
    )
