"""Verifying access tokens (livekit/protocol, auth/verifier.go).

Checks come in the reference's order, and the error is that of the first that fails: size and
nesting, segments, JSON, registered claims, algorithm, key, grants, signature, dates.
"""

from __future__ import annotations

from ._claims_reader import GrantsReader
from ._errors import (
    AlgorithmError,
    MissingClaimError,
    NotYetValidError,
    SignatureError,
    WrongIssuerError,
)
from ._jws import Jws, Rules, is_signature
from ._keys import as_keys
from ._registered_claims import check_dates, read_registered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..lkproto.claims_pb import ClaimGrants
    from ._jws import Profile
    from ._keys import KeyProvider
    from ._registered_claims import RegisteredClaims

LEEWAY = 60.0
"""By how many seconds clocks may differ."""


class Claims:
    """What a token says.

    `grants` are the grants and claims of LiveKit, `registered` those of RFC 7519. `unknown` has
    what neither knows as JSON values, also within grants: `{"video": {"newGrant": True}}`.
    """

    __slots__ = ("grants", "registered", "unknown")

    def __init__(
        self,
        grants: ClaimGrants,
        registered: RegisteredClaims,
        unknown: dict[str, Any] | None = None,
    ) -> None:
        self.grants = grants
        self.registered = registered
        self.unknown: dict[str, Any] = unknown or {}

    @property
    def api_key(self) -> str:
        """The key the token names as its issuer."""
        return self.registered.iss

    @property
    def identity(self) -> str:
        """Whom the token is for; its `sub`, or `jti` in its stead."""
        return self.grants.identity

    def __repr__(self) -> str:
        return f"<Claims api_key={self.api_key!r} exp={self.registered.exp}>"


class TokenVerifier:
    """Verifies access tokens with a fixed key, or with keys by name.

    Taken are tokens signed by HS256, with `exp`; `iss` names the key. `strict` refuses besides:
    base64url or UTF-8 that is not canonical, halves of surrogate pairs, keys that stand twice,
    names of claims in another case, `crit`, dates that are no numbers from 0 to the year 9999,
    and an `iat` in the future.

    `profile` is `strict`, or `go` for the verdicts of livekit/protocol v1.54.0 on whatever it is
    given. `leeway` is how many seconds clocks may differ, `max_size` how many characters a token
    may have, `max_depth` how deep its JSON may nest, `clock` gives the seconds since 1970.
    """

    __slots__ = ("_clock", "_issuer", "_keys", "_leeway", "_rules")

    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        keys: KeyProvider | Mapping[str, str] | None = None,
        profile: Profile = "strict",
        leeway: float = LEEWAY,
        max_size: int | None = None,
        max_depth: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Without any keys, those of the environment count.

        Raises InvalidArgumentError.
        """
        self._issuer = api_key
        self._keys = as_keys(api_key, api_secret, keys)
        self._rules = Rules(profile, max_size, max_depth)
        self._leeway = leeway
        from time import time

        self._clock = clock or time

    def __repr__(self) -> str:
        profile = "strict" if self._rules.strict else "go"
        return f"<TokenVerifier {profile} keys={self._keys!r}>"

    def verify(self, token: str) -> Claims:
        """What a token says, once it is known to be good. Raises TokenError."""
        unverified = Unverified(token, self._rules)
        jws, registered = unverified.jws, unverified.registered
        key = self._key(registered.iss, jws.header)
        claims = unverified.claims()
        if unverified.algorithm != self._keys.algorithm:
            raise AlgorithmError(f"the token is not signed by {self._keys.algorithm}")
        if not is_signature(
            unverified.signature, jws.signed, key, unverified.algorithm
        ):
            raise SignatureError("the signature is not this key's for this token")
        self._check_dates(registered)
        return claims

    def _key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        if self._issuer is not None and issuer != self._issuer:
            raise WrongIssuerError("the token was made with another API key")
        return self._keys.verification_key(issuer, header)

    def _check_dates(self, claims: RegisteredClaims) -> None:
        if claims.exp is None:
            raise MissingClaimError("the token never expires: it has no `exp`")
        now = self._clock()
        check_dates(claims.exp, claims.nbf, now, self._leeway)
        if (
            self._rules.strict
            and claims.iat is not None
            and now < claims.iat - self._leeway
        ):
            raise NotYetValidError("the token says it was made in the future (`iat`)")


class Unverified:
    """A token that is read, not verified: whoever made it may have written anything."""

    __slots__ = ("_rest", "algorithm", "jws", "registered", "signature")

    def __init__(self, token: str, rules: Rules) -> None:
        """Raises MalformedTokenError, TokenTooLargeError, ClaimError, AlgorithmError."""
        self.jws = Jws(token, rules)
        self.registered, self._rest = read_registered(self.jws.payload, rules.strict)
        self.algorithm = self.jws.check_known()
        self.signature = self.jws.signature()

    def claims(self) -> Claims:
        """What the token says. Raises ClaimError."""
        reader = GrantsReader(self.jws.rules.strict)
        grants, unknown = reader.grants(self._rest)
        grants.identity = self.registered.identity
        return Claims(grants, self.registered, unknown)


def parse_unverified(token: str, *, profile: Profile = "strict") -> str:
    """The API key that a token names, to look its secret up. Nothing of the token is verified.

    Raises TokenError.
    """
    return Unverified(token, Rules(profile)).registered.iss


def read_unverified(token: str, *, profile: Profile = "strict") -> Claims:
    """What a token says, for people to look at. Nothing of it is verified.

    Raises TokenError.
    """
    return Unverified(token, Rules(profile)).claims()
