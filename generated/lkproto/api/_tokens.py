# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Who calls: a token that was given, or one made for each call, with the least grants it needs."""

from __future__ import annotations

from datetime import timedelta
from time import time

from ..auth import AccessToken, ClaimGrants, InvalidArgumentError, KeyProvider
from ..auth._secrets import TextSecret, forgetful
from ._needs import Needs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._runtime.twirp import TwirpCall

TTL = 600.0
"""Seconds that a token of a call is valid."""
_USED = TTL / 2  # what remains is for clocks that differ, and for calls that last
_MOST = 1000  # tokens that are kept


class GivenToken:
    """A token that the application has, which is sent with every call."""

    __slots__ = ("_header",)

    @forgetful
    def __init__(self, token: str) -> None:
        """Raises InvalidArgumentError for what cannot be a token."""
        parts = token.split(".") if isinstance(token, str) else ()
        if len(parts) != 3 or not token.isascii() or not token.isprintable():
            raise InvalidArgumentError("the token is not a JSON Web Token")
        self._header = TextSecret(f"Bearer {token}")

    def authorization(self, call: TwirpCall) -> str:
        """The value of the header of a call."""
        return str(self._header.given)

    def refused(self, call: TwirpCall) -> None:
        """Nothing can be done about a token that the server refuses."""

    def __repr__(self) -> str:
        return "a token"


class MintedTokens:
    """Tokens made with a key, kept for calls that need the same."""

    __slots__ = ("_kept", "_needs", "api_key", "keys")

    def __init__(self, api_key: str, keys: KeyProvider) -> None:
        self.api_key = api_key
        self.keys = keys
        self._needs: dict[str, Needs] = {}
        self._kept: dict[tuple[Any, ...], tuple[float, str]] = {}

    def authorization(self, call: TwirpCall) -> str:
        """The value of the header of a call. Raises InvalidArgumentError."""
        if call.options.grants is not None:
            return self._minted(_claims(call.options.grants))
        key, needs, names = self._key(call)
        now = time()
        made, header = self._kept.get(key, (0.0, ""))
        if not made <= now < made + _USED:
            header = self._minted(needs.grants(names))
            if len(self._kept) >= _MOST:
                self._kept = {}
            self._kept[key] = now, header
        return header

    def refused(self, call: TwirpCall) -> None:
        """Forget the token of a call that the server refused: its key may have changed."""
        if call.options.grants is None:
            self._kept.pop(self._key(call)[0], None)

    def _key(self, call: TwirpCall) -> tuple[tuple[Any, ...], Needs, tuple[str, ...]]:
        method = call.method
        needs = self._needs.get(method.path)
        if needs is None:
            if not method.grant:
                raise InvalidArgumentError(
                    f"which grant {method.path} needs is not known; say it with "
                    "CallOptions(grants=…)"
                )
            needs = self._needs[method.path] = Needs(method)
        names = needs.names(call.request)
        return (method.grant, *names), needs, names

    def _minted(self, claims: ClaimGrants) -> str:
        # The secret is in an expression alone, so that no frame has it.
        return "Bearer " + self.access_token(TTL).with_claims(claims).to_jwt()

    def access_token(self, ttl: float = 0.0) -> AccessToken:
        """A token to add grants to; without a time it is valid for six hours."""
        found = AccessToken(self.api_key, self.keys.get_secret(self.api_key))
        return found.with_ttl(timedelta(seconds=ttl))

    def __repr__(self) -> str:
        return f"the key {self.api_key!r}"


def _claims(grants: object) -> ClaimGrants:
    """The claims of grants that are given for a call. Raises InvalidArgumentError."""
    if isinstance(grants, ClaimGrants):
        return grants
    from .._runtime.reflection.members import fields_of

    for field in fields_of(ClaimGrants):
        if field.kind == "message" and isinstance(grants, field.type):
            return ClaimGrants(**{field.name: grants})
    raise InvalidArgumentError(
        "the grants of a call are a VideoGrants, another one of lkproto.auth, or a ClaimGrants, "
        f"not {type(grants).__name__}"
    )
