# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Sets of HMAC keys that sign and verify by key id, so that keys can rotate.

As in livekit/protocol, utils/jwtutil: the first key signs, and each key verifies the tokens that
name it in the `kid` of their header.
"""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

from ._errors import (
    AlgorithmError,
    ArgumentTypeError,
    ClaimError,
    InvalidArgumentError,
    MalformedTokenError,
    MissingClaimError,
    SignatureError,
    UnknownKeyError,
)
from ._go_json import value_text
from ._jws import HASHES, Jws, Rules, is_signature, is_strict, signed
from ._keys import KeyProvider
from ._registered_claims import (
    check_dates,
    clock_of,
    go_seconds,
    seconds_of,
    strict_date,
)
from ._scan import as_go, is_beyond_float, plain, walk
from ._secrets import Secret, always, forgetful, warn_if_odd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta
    from typing import Any, Self

    from ._jws import Profile
    from ._scan import Json


@forgetful
def hmac_key_id(key: bytes) -> str:
    """An id derived from a key: the first 8 bytes of its SHA-256, in base64."""
    from binascii import b2a_base64
    from hashlib import sha256

    if not isinstance(key, bytes):
        raise ArgumentTypeError(_not_bytes(type(key)))
    return b2a_base64(sha256(key).digest()[:8], newline=False).decode().rstrip("=")


def _not_bytes(kind: type[object]) -> str:
    return f"the key of a key set is bytes, not {kind.__name__}; encode a text"


class HMACKey:
    """A key with its id."""

    __slots__ = ("key_id", "secret")

    @forgetful
    def __init__(self, key_id: str, key: bytes) -> None:
        """Raises InvalidArgumentError if the key is not bytes."""
        self.key_id = key_id
        self.secret = Secret(key)
        if not isinstance(key, bytes):
            raise ArgumentTypeError(_not_bytes(type(key)))

    @property
    def key(self) -> bytes:
        """The key itself."""
        return self.secret.reveal()

    @always
    def __repr__(self) -> str:
        return f"HMACKey(key_id={self.key_id!r}, key=<redacted SECRET>)"


class HMACKeySet(KeyProvider):
    """Keys in order, and the one algorithm they are for: HS256, HS384 or HS512.

    A `TokenVerifier` that is given one picks keys by `kid`, not by issuer. The profile `go`
    accepts an empty key, with which anyone can sign.
    """

    __slots__ = ("_active", "_keys", "algorithm")

    @forgetful
    def __init__(
        self, algorithm: str, *keys: HMACKey, profile: Profile = "strict"
    ) -> None:
        """Raises InvalidArgumentError."""
        strict = is_strict(profile)
        if algorithm not in HASHES:
            raise InvalidArgumentError(
                f"{algorithm!r} is not an algorithm of key sets; use {', '.join(HASHES)}"
            )
        if not keys:
            raise InvalidArgumentError("the key set is empty")
        self.algorithm = algorithm
        self._active = keys[0]
        self._keys: dict[str, Secret] = {}
        for each in keys:
            if not isinstance(each, HMACKey):
                raise ArgumentTypeError(
                    f"a key of a key set is an HMACKey, not {type(each).__name__}; "
                    "HMACKeySet.from_bytes takes bytes"
                )
            if each.key_id in self._keys:
                raise InvalidArgumentError(f"duplicate key id {each.key_id!r}")
            if strict:
                _check_key(each)
            self._keys[each.key_id] = each.secret

    @classmethod
    @forgetful
    def from_bytes(
        cls, algorithm: str, *keys: bytes, profile: Profile = "strict"
    ) -> Self:
        """A set of keys whose ids come from `hmac_key_id`. Raises InvalidArgumentError."""
        made = [HMACKey(hmac_key_id(key), key) for key in keys]
        return cls(algorithm, *made, profile=profile)

    @property
    def num_keys(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def verification_key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        """The key that a header names. Raises UnknownKeyError."""
        return self._key(header).reveal()

    def _key(self, header: Mapping[str, Any]) -> Secret:
        kid = header.get("kid")
        key = self._keys.get(as_go(kid) if isinstance(kid, str) else "")
        if key is None:
            shown = f"{kid[:40]!a}" if isinstance(kid, str) else "no `kid`"
            raise UnknownKeyError(f"the key set has no key for the token's {shown}")
        return key

    def sign(self, claims: Mapping[str, Any]) -> str:
        """A token with these claims, sorted by key, signed by the first key.

        Raises InvalidArgumentError for what JSON cannot hold.
        """
        header = {"alg": self.algorithm, "kid": self._active.key_id, "typ": "JWT"}
        try:
            texts = value_text(header).encode(), value_text(claims).encode()
        except UnicodeEncodeError:
            raise InvalidArgumentError(
                "the claims have text that is not valid Unicode"
            ) from None
        return signed(*texts, self._active.secret, self.algorithm)

    def verify(
        self,
        token: str,
        *,
        profile: Profile = "strict",
        leeway: float | timedelta = 0.0,
        require_exp: bool = False,
        max_size: int | None = None,
        max_depth: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> dict[str, Any]:
        """The payload of a token, as JSON values.

        `exp` and `nbf` are checked if present, by default without leeway. Raises TokenError.
        """
        rules = Rules(profile, max_size, max_depth)
        jws = Jws(token, rules)
        payload = _object(jws.payload)
        algorithm = jws.check_known()
        signature = jws.signature()
        if algorithm != self.algorithm:
            raise AlgorithmError(f"the token is not signed by {self.algorithm}")
        key = self._key(jws.header)
        if rules.strict and not key:
            raise UnknownKeyError("the key of the token is empty, so anyone can sign")
        if not is_signature(signature, jws.signed, key, algorithm):
            raise SignatureError("the signature does not match the token and the key")
        exp, nbf = (_date(payload, name, rules.strict) for name in ("exp", "nbf"))
        if exp is None and require_exp:
            raise MissingClaimError("the token never expires: it has no `exp`")
        check_dates(exp, nbf, clock_of(clock)(), seconds_of(leeway))
        return payload


def _object(payload: Json) -> dict[str, Any]:
    if payload is None:
        return {}  # an empty map to Go
    if not isinstance(payload, dict):
        raise MalformedTokenError("the payload is not a JSON object")
    if any(is_beyond_float(each) for each in walk(payload)):
        raise ClaimError("there is a number that does not fit a float")
    found: dict[str, Any] = plain(payload)
    return found


def _check_key(key: HMACKey) -> None:
    if not key.secret:
        raise InvalidArgumentError(
            f"the key {key.key_id!r} of the key set is empty, so anyone could sign with it"
        )
    warn_if_odd("", key.secret)


def _date(payload: dict[str, Any], name: str, strict: bool) -> int | None:
    """A date: to jwt.MapClaims a number, where 0 means that it is absent."""
    if name not in payload:
        return None
    value = payload[name]
    if strict:
        return strict_date(value, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimError("takes a number of seconds since 1970", name)
    return go_seconds(value) if value else None
