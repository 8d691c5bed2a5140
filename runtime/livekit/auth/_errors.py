# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""All errors about tokens, keys and grants, in one family.

    AuthError                       each has its `kind` in the conformance suite
    ├── InvalidArgumentError        invalid_argument: an empty secret and the like
    │   └── ArgumentTypeError       of the wrong type: a TypeError, too
    ├── SensitiveCredentialsError   sensitive_credentials: a secret in a room configuration
    ├── KeyFileError                malformed: keys that cannot be read
    └── TokenError                  a token that is refused
        ├── MalformedTokenError     malformed: segments, base64, JSON
        │   └── TokenTypeError      not text: a TypeError, too
        ├── TokenTooLargeError      too_large: above a limit of size or nesting
        ├── ClaimError              bad_claim: of the wrong type, or not allowed
        ├── MissingClaimError       missing_claim
        ├── AlgorithmError          alg_not_allowed
        ├── UnknownKeyError         unknown_key: no secret for the issuer
        ├── SignatureError          bad_signature
        ├── ExpiredTokenError       expired
        ├── NotYetValidError        not_yet_valid
        └── WrongIssuerError        wrong_issuer

All can be pickled. No message contains a token or a secret, nor the value of a claim except the
API key that a token names.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


class AuthError(ValueError):
    """Base of all errors about tokens, keys and grants."""

    kind: ClassVar[str] = "invalid_argument"
    """The kind of reject in the conformance suite, such as `expired`."""


class InvalidArgumentError(AuthError):
    """An argument that cannot be used, such as an empty secret."""


class ArgumentTypeError(InvalidArgumentError, TypeError):
    """An argument of the wrong type."""


class SensitiveCredentialsError(AuthError):
    """A room configuration that would show a secret to anyone who has the token.

    `path` is the place of the secret, such as `$.egress.room.file_outputs[0].s3.secret`.
    """

    kind = "sensitive_credentials"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return (
            f"the room configuration contains sensitive credentials at {self.path}; anyone who has "
            "the token can read them. Leave them to the server, or allow them with "
            "allow_sensitive_credentials if the token stays on servers"
        )


class KeyFileError(AuthError):
    """Keys that cannot be read."""

    kind = "malformed"


class TokenError(AuthError):
    """Base of all reasons to refuse a token."""

    kind = "malformed"


class MalformedTokenError(TokenError):
    """Text that is not a token, by its segments, base64 or JSON."""


class TokenTypeError(MalformedTokenError, TypeError):
    """A token that is not text: bytes, or None where a request has no token."""


class TokenTooLargeError(TokenError):
    """A token above the limit of size or of nesting."""

    kind = "too_large"


class ClaimError(TokenError):
    """A claim that has the wrong type or is not allowed.

    `path` names it, such as `video.roomJoin`.
    """

    kind = "bad_claim"

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message, path)
        self.path = path

    def __str__(self) -> str:
        text: str = self.args[0]
        return f"{self.path}: {text}" if self.path else text


class MissingClaimError(TokenError):
    """A token without a claim that every token must have."""

    kind = "missing_claim"


class AlgorithmError(TokenError):
    """A token signed by an algorithm that is not allowed, or by none."""

    kind = "alg_not_allowed"


class UnknownKeyError(TokenError):
    """A token that names a key without a secret."""

    kind = "unknown_key"


class SignatureError(TokenError):
    """A token whose signature does not match it and its key."""

    kind = "bad_signature"


class ExpiredTokenError(TokenError):
    """A token that has expired."""

    kind = "expired"


class NotYetValidError(TokenError):
    """A token that is not valid yet."""

    kind = "not_yet_valid"


class WrongIssuerError(TokenError):
    """A token made with another API key than the expected one."""

    kind = "wrong_issuer"


# Tracebacks and pickles name the module that users import these from.
for _each in tuple(globals().values()):
    if isinstance(_each, type) and issubclass(_each, AuthError):
        _each.__module__ = __name__.rpartition(".")[0]
