"""Sets of HMAC keys that sign and verify by key id, so that keys can rotate.

As in livekit/protocol, utils/jwtutil: the first key signs, and each key verifies the tokens that
name it in the `kid` of their header.
"""

from __future__ import annotations

from ._errors import (
    AlgorithmError,
    ClaimError,
    InvalidArgumentError,
    MalformedTokenError,
    MissingClaimError,
    SignatureError,
    UnknownKeyError,
)
from ._go_json import value_text
from ._jws import HASHES, Jws, Rules, is_signature, signed
from ._keys import KeyProvider, warn_if_weak
from ._registered_claims import check_dates, go_seconds, strict_date
from ._scan import as_go, is_beyond_float, plain, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Self

    from ._jws import Profile
    from ._scan import Json


def hmac_key_id(key: bytes) -> str:
    """An id derived from a key: the first 8 bytes of its SHA-256, in base64."""
    from binascii import b2a_base64
    from hashlib import sha256

    return b2a_base64(sha256(key).digest()[:8], newline=False).decode().rstrip("=")


class HMACKey:
    """A key with its id."""

    __slots__ = ("key", "key_id")

    def __init__(self, key_id: str, key: bytes) -> None:
        self.key_id = key_id
        self.key = key

    def __repr__(self) -> str:
        return f"HMACKey(key_id={self.key_id!r}, key=<redacted SECRET>)"


class HMACKeySet(KeyProvider):
    """Keys in order, and the one algorithm they are for: HS256, HS384 or HS512.

    A `TokenVerifier` that is given one picks keys by `kid`, not by issuer.
    """

    __slots__ = ("_active", "_keys", "algorithm")

    def __init__(self, algorithm: str, *keys: HMACKey) -> None:
        """Raises InvalidArgumentError."""
        if algorithm not in HASHES:
            raise InvalidArgumentError(
                f"{algorithm!r} is not an algorithm of key sets; use {', '.join(HASHES)}"
            )
        if not keys:
            raise InvalidArgumentError("the key set is empty")
        self.algorithm = algorithm
        self._active = keys[0]
        self._keys: dict[str, bytes] = {}
        for each in keys:
            if each.key_id in self._keys:
                raise InvalidArgumentError(f"duplicate key id {each.key_id!r}")
            self._keys[each.key_id] = each.key
            warn_if_weak(each.key)

    @classmethod
    def from_bytes(cls, algorithm: str, *keys: bytes) -> Self:
        """A set of keys whose ids come from `hmac_key_id`. Raises InvalidArgumentError."""
        return cls(algorithm, *(HMACKey(hmac_key_id(key), key) for key in keys))

    @property
    def num_keys(self) -> int:
        """How many keys there are."""
        return len(self._keys)

    def verification_key(self, issuer: str, header: Mapping[str, Any]) -> bytes:
        """The key that a header names. Raises UnknownKeyError."""
        kid = header.get("kid")
        key = self._keys.get(as_go(kid) if isinstance(kid, str) else "")
        if key is None:
            raise UnknownKeyError("the key set has no key with the token's `kid`")
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
        return signed(*texts, self._active.key, self.algorithm)

    def verify(
        self,
        token: str,
        *,
        profile: Profile = "strict",
        leeway: float = 0.0,
        require_exp: bool = False,
        max_size: int | None = None,
        max_depth: int | None = None,
        clock: Callable[[], float] | None = None,
    ) -> dict[str, Any]:
        """The payload of a token, as JSON values.

        `exp` and `nbf` are checked if present, by default without leeway. Raises TokenError.
        """
        from time import time

        rules = Rules(profile, max_size, max_depth)
        jws = Jws(token, rules)
        payload = _object(jws.payload)
        algorithm = jws.check_known()
        signature = jws.signature()
        if algorithm != self.algorithm:
            raise AlgorithmError(f"the token is not signed by {self.algorithm}")
        key = self.verification_key("", jws.header)
        if not is_signature(signature, jws.signed, key, algorithm):
            raise SignatureError("the signature does not match the token and the key")
        exp, nbf = (_date(payload, name, rules.strict) for name in ("exp", "nbf"))
        if exp is None and require_exp:
            raise MissingClaimError("the token never expires: it has no `exp`")
        check_dates(exp, nbf, (clock or time)(), leeway)
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


def _date(payload: dict[str, Any], name: str, strict: bool) -> int | None:
    """A date as jwt.MapClaims reads it: a number, and 0 means that it is absent."""
    value = payload.get(name, 0)
    if strict:
        return strict_date(value, name) if value else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ClaimError("takes a number of seconds since 1970", name)
    return go_seconds(value) if value else None
