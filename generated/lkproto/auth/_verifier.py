# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Verifying access tokens (livekit/protocol, auth/verifier.go).

Checks run in the order of the reference, and the first that fails raises: size and nesting,
segments, JSON, registered claims, algorithm, key, grants, signature, dates.
"""

from __future__ import annotations

from ._claims_reader import GrantsReader
from ._errors import (
    AlgorithmError,
    MissingClaimError,
    SignatureError,
    UnknownKeyError,
    WrongIssuerError,
)
from ._jws import Jws, Rules, is_signature
from ._keys import as_keys, named
from ._registered_claims import (
    DataclassFields,
    DataclassParams,
    check_dates,
    clock_of,
    made_in_the_future,
    read_registered,
    seconds_of,
)
from ._secrets import Secret, always, forgetful

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from typing import Any, TypeVar

    T = TypeVar("T")

    from ..lkproto.claims_pb import ClaimGrants
    from ._jws import Profile
    from ._keys import KeyProvider
    from ._registered_claims import RegisteredClaims

LEEWAY = 60.0
"""Seconds by which clocks may differ, by default."""


class Claims:
    """The claims of a token.

    `grants` are the grants and claims of LiveKit, `registered` those of RFC 7519. `unknown` has
    all others as JSON values, also those within grants and the room configuration:
    `{"video": {"newGrant": True}}`. In a list of messages, they are a list with an object for each.
    """

    __slots__ = ("grants", "registered", "unknown")
    __dataclass_fields__ = DataclassFields()
    __dataclass_params__ = DataclassParams

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
        """The API key that the token names as its issuer."""
        return self.registered.iss

    @property
    def identity(self) -> str:
        """Who the token is for: its `sub`, or its `jti` where that is empty."""
        return self.grants.identity

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Claims):
            return NotImplemented
        return all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    @always
    def __repr__(self) -> str:
        return f"<Claims api_key={self.api_key!r} exp={self.registered.exp}>"


class TokenVerifier:
    """Verifies access tokens with one key, or with keys by name.

    A token must be signed by HS256 and have `exp`; `iss` names its key. `strict` also refuses
    base64url or UTF-8 that is not canonical, lone halves of surrogate pairs, duplicate keys of
    objects, names of claims in another case, `crit`, dates that are not numbers from 0 to the
    year 9999, and an `iat` in the future.

    `profile` is `strict`, or `go` for the verdicts of livekit/protocol v1.54.0 on any token.
    `leeway` is the number of seconds by which clocks may differ, `max_size` how many characters a
    token may have, `max_depth` how deep its JSON may nest; `clock` returns the seconds since 1970.
    """

    __slots__ = ("_clock", "_issuer", "_keys", "_leeway", "_rules")

    @forgetful
    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        keys: KeyProvider | Mapping[str, str] | None = None,
        profile: Profile = "strict",
        leeway: float | timedelta = LEEWAY,
        max_size: int | None = None,
        max_depth: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Without keys, those of the environment are used; see `environment_keys`.

        A lone `api_key` finds its secret in LIVEKIT_KEYS, or else in LIVEKIT_API_SECRET; a lone
        `api_secret` belongs to LIVEKIT_API_KEY. Raises InvalidArgumentError.
        """
        self._issuer = api_key
        self._keys = as_keys(api_key, api_secret, keys)
        self._rules = Rules(profile, max_size, max_depth)
        self._leeway = seconds_of(leeway)
        self._clock = clock_of(clock)

    @always
    def __repr__(self) -> str:
        profile = "strict" if self._rules.strict else "go"
        return f"<TokenVerifier {profile} keys={self._keys!r}>"

    def verify(self, token: str) -> Claims:
        """The claims of a token that passes every check. Raises TokenError."""
        return self._verified(token, Unverified.claims)

    def _verified(self, token: str, read: Callable[[Unverified], T]) -> T:
        """What is read from a token that passes every check. Raises TokenError."""
        unverified = Unverified(token, self._rules)
        jws, registered = unverified.jws, unverified.registered
        key = self._key(registered.iss, jws.header)
        found = read(unverified)
        if unverified.algorithm != self._keys.algorithm:
            raise AlgorithmError(f"the token is not signed by {self._keys.algorithm}")
        if not is_signature(
            unverified.signature, jws.signed, key, unverified.algorithm
        ):
            raise SignatureError("the signature does not match the token and the key")
        self._check_dates(registered)
        return found

    def _key(self, issuer: str, header: Mapping[str, Any]) -> Secret:
        if self._issuer is not None and issuer != self._issuer:
            raise WrongIssuerError(
                f"the token was made with another API key, {named(issuer)}, not "
                f"{self._issuer!r}"
            )
        key = Secret(self._keys.verification_key(issuer, header))
        if self._rules.strict and not (issuer and key):
            raise UnknownKeyError(
                "the key of the token is empty, so anyone can sign"
                if issuer
                else "the token does not name its API key (`iss`)"
            )
        return key

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
            raise made_in_the_future(claims.iat, now)


def verified_body_hash(verifier: TokenVerifier, token: str) -> str:
    """The claim `sha256` of a token that passes every check of a verifier. Raises TokenError."""
    read = Unverified.body_hash
    return verifier._verified(token, read)  # pyright: ignore[reportPrivateUsage]


class Unverified:
    """A token that has been read but not verified, so anyone may have written it."""

    __slots__ = ("_rest", "algorithm", "jws", "registered", "signature")

    def __init__(self, token: str, rules: Rules) -> None:
        """Raises MalformedTokenError, TokenTooLargeError, ClaimError, AlgorithmError."""
        self.jws = Jws(token, rules)
        self.registered, self._rest = read_registered(self.jws.payload, rules.strict)
        self.algorithm = self.jws.check_known()
        self.signature = self.jws.signature()

    def claims(self) -> Claims:
        """The claims of the token. Raises ClaimError."""
        reader = GrantsReader(self.jws.rules.strict)
        grants, unknown = reader.grants(self._rest)
        grants.identity = self.registered.identity
        return Claims(grants, self.registered, unknown)

    def body_hash(self) -> str:
        """The claim `sha256`. The others are read, too: they may be wrong. Raises ClaimError."""
        if len(self._rest) == 1 and self.jws.rules.strict:
            name, value = self._rest[0]
            if name == "sha256" and value.__class__ is str:
                return value
        return self.claims().grants.sha256


def parse_unverified(token: str, *, profile: Profile = "strict") -> str:
    """The API key that a token names, to look up its secret. It does not verify anything.

    Raises TokenError.
    """
    return Unverified(token, Rules(profile)).registered.iss


def read_unverified(token: str, *, profile: Profile = "strict") -> Claims:
    """The claims of a token, for people to look at. It does not verify anything.

    Raises TokenError.
    """
    return Unverified(token, Rules(profile)).claims()
