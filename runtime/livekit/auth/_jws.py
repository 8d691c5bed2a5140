# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Compact JSON Web Signatures by HMAC (RFC 7515, RFC 7518 section 3.2).

Segments are base64url without padding. Go's decoder, which golang-jwt uses unchanged, also
skips line breaks and ignores the bits left over in the last character, so one token has several
spellings; `decode` accepts only the one that an encoder writes.
"""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

import binascii
import hmac
import re

from ._errors import (
    AlgorithmError,
    ArgumentTypeError,
    InvalidArgumentError,
    MalformedTokenError,
    TokenTooLargeError,
    TokenTypeError,
)
from ._scan import GO_DEPTH, is_beyond_float, read, walk
from ._secrets import Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeAlias

    from ._scan import Json

    Profile: TypeAlias = Literal["strict", "go"]

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
"""Hash functions by name of the algorithm."""

MAX_SIZE = 1 << 16
"""Characters of the longest token that `strict` accepts by default."""
MAX_DEPTH = 100
"""How deep the JSON of a token may nest for `strict` by default."""

KNOWN_ALGORITHMS = frozenset(
    [
        "none",
        "EdDSA",
        *(
            f"{family}{bits}"
            for family in ("HS", "RS", "ES", "PS")
            for bits in (256, 384, 512)
        ),
    ]
)
"""Names that golang-jwt knows; it refuses any other a step earlier."""

# The two characters that base64url lacks become characters of no alphabet.
_TO_STANDARD = bytes.maketrans(b"-_+/", b"+/!!")
_TO_URL = bytes.maketrans(b"+/", b"-_")
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
# By length modulo 4: the characters that a segment may end with, for their spare bits are zero,
# and the padding that is left out.
_CHARACTERS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
)
_ENDS = (
    (_CHARACTERS | {""}, b""),
    (frozenset[str](), b""),
    (frozenset("AQgw"), b"=="),
    (frozenset("AEIMQUYcgkosw048"), b"="),
)
_LINE_BREAKS = str.maketrans("", "", "\r\n")


def encode(data: bytes) -> str:
    """Bytes as base64url without padding."""
    text = binascii.b2a_base64(data, newline=False).translate(_TO_URL)
    return text.rstrip(b"=").decode()


def decode(segment: str) -> bytes:
    """The bytes of a segment in the one spelling that `encode` produces.

    Raises MalformedTokenError.
    """
    last, padding = _ENDS[len(segment) % 4]
    if segment[-1:] in last:
        try:
            text = segment.encode("ascii").translate(_TO_STANDARD) + padding
            return binascii.a2b_base64(text, strict_mode=True)
        except (binascii.Error, UnicodeEncodeError):
            pass
    reason = _mistake(segment) or "a segment is not canonical base64url"
    raise MalformedTokenError(reason)


def decode_go(segment: str) -> bytes:
    """The bytes of a segment in any spelling that Go accepts. Raises MalformedTokenError."""
    bare = segment.translate(_LINE_BREAKS)
    if _ALPHABET.fullmatch(bare) is None or len(bare) % 4 == 1:
        raise MalformedTokenError(_mistake(segment) or "a segment is not base64url")
    return binascii.a2b_base64(bare.encode().translate(_TO_STANDARD) + b"==")


def _mistake(text: str) -> str:
    """What people do to tokens, if a segment or token shows it."""
    if text[:7].lower() == "bearer ":
        return "the token begins with `Bearer`; verify only what follows it"
    if text[:1] in tuple("\"'") or text[-1:] in tuple("\"'"):
        return "there are quotes around the token; remove them"
    if text != text.strip() or "\n" in text:
        return (
            "there is white space or a line break around the token, or in it; remove it"
        )
    return ""


def split(token: str) -> tuple[str, str, str]:
    """Header, payload and signature. Raises MalformedTokenError."""
    segments = token.split(".", 3)
    if len(segments) != 3:
        raise MalformedTokenError(
            _mistake(token) or "a token has three segments with a dot between each"
        )
    return segments[0], segments[1], segments[2]


# The last key and what HMAC makes of it, which is half of its work: nearly all have the same one.
_last: list[tuple[Secret, str, hmac.HMAC | None]] = [(Secret(b""), "", None)]


def signature(signed: bytes, key: Secret, algorithm: str = "HS256") -> bytes:
    """The signature of the text `header.payload`."""
    last, name, begun = _last[0]
    if begun is None or name != algorithm or last.reveal() != key.reveal():
        begun = hmac.new(key.reveal(), digestmod=HASHES[algorithm])
        _last[0] = key, algorithm, begun
    code = begun.copy()
    code.update(signed)
    return code.digest()


def signed(header: bytes, payload: bytes, key: Secret, algorithm: str = "HS256") -> str:
    """A token with this JSON as its header and payload, unchanged."""
    text = f"{encode(header)}.{encode(payload)}"
    return f"{text}.{encode(signature(text.encode(), key, algorithm))}"


def is_signature(
    found: bytes, signed: bytes, key: Secret, algorithm: str = "HS256"
) -> bool:
    """Whether a signature is right, in time that does not depend on how much of it is."""
    return hmac.compare_digest(found, signature(signed, key, algorithm))


def is_strict(profile: object) -> bool:
    """Whether a profile is `strict`, not `go`. Raises InvalidArgumentError for any other."""
    if profile == "strict":
        return True
    if profile != "go":
        raise InvalidArgumentError(f"the profile is strict or go, not {profile!r}")
    return False


class Rules:
    """How tokens are read: `go` as the reference reads them, `strict` in one spelling only.

    `max_size` is in characters (default: 64 Ki, and 1 Mi for `go`), `max_depth` in levels of
    nesting (default: 100, and 10,000 for `go`).
    """

    __slots__ = ("decode", "max_depth", "max_size", "strict")

    def __init__(
        self,
        profile: Profile = "strict",
        max_size: int | None = None,
        max_depth: int | None = None,
    ) -> None:
        self.strict: bool = is_strict(profile)
        self.decode: Callable[[str], bytes] = decode if self.strict else decode_go
        size, depth = (MAX_SIZE, MAX_DEPTH) if self.strict else (1 << 20, GO_DEPTH)
        self.max_size = _limit("max_size", max_size, size)
        self.max_depth = _limit("max_depth", max_depth, depth)

    def read(self, segment: str) -> Json:
        """The JSON value of a segment. Raises MalformedTokenError, TokenTooLargeError."""
        return read(self.decode(segment), self.strict, self.max_depth)


def _limit(name: str, given: int | None, default: int) -> int:
    """A limit that is given, or the default. Raises InvalidArgumentError."""
    if given is None:
        return default
    from .._runtime.values import as_int

    limit = as_int(given)
    if limit is None:
        raise ArgumentTypeError(f"{name} is a whole number, not {type(given).__name__}")
    if limit < 1:
        raise InvalidArgumentError(f"{name} is at least 1, not {limit}")
    return limit


class Jws:
    """A token whose header and payload have been read, but not verified."""

    __slots__ = ("_signature", "algorithm", "header", "payload", "rules", "signed")

    def __init__(self, token: str, rules: Rules) -> None:
        """Raises MalformedTokenError, TokenTooLargeError."""
        if not isinstance(token, str):
            hint = "; decode it" if isinstance(token, bytes) else ""
            raise TokenTypeError(f"a token is text, not {type(token).__name__}{hint}")
        if len(token) > rules.max_size:
            raise TokenTooLargeError(
                f"the token has {len(token)} characters, more than {rules.max_size}"
            )
        header, payload, self._signature = split(token)
        self.rules = rules
        self.header: dict[str, Any] = _PLAIN
        if header != _PLAIN_TEXT:
            self.header = _checked_header(rules.read(header), rules.strict)
        self.payload: Json = rules.read(payload)
        self.signed: bytes = token[: len(header) + 1 + len(payload)].encode()

    def check_known(self) -> str:
        """The algorithm, if golang-jwt knows it. Raises AlgorithmError."""
        algorithm = self.header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in KNOWN_ALGORITHMS:
            raise AlgorithmError("`alg` is not the name of an algorithm")
        return algorithm

    def signature(self) -> bytes:
        """The bytes of the signature. Raises MalformedTokenError."""
        return self.rules.decode(self._signature)


# The header of nearly all tokens, which is recognized without reading it.
_PLAIN = {"alg": "HS256", "typ": "JWT"}
_PLAIN_TEXT = encode(b'{"alg":"HS256","typ":"JWT"}')


def _checked_header(header: Json, strict: bool) -> dict[str, Any]:
    """A header that Go can hold in a map. Raises MalformedTokenError."""
    if header is None:
        return {}  # an empty map to Go
    if not isinstance(header, dict):
        raise MalformedTokenError("the header is not a JSON object")
    if any(is_beyond_float(each) for each in walk(header)):
        raise MalformedTokenError("the header has a number that does not fit a float")
    if strict and "crit" in header:
        raise MalformedTokenError("`crit` asks for extensions, but none are supported")
    return header
