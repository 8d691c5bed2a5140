"""Everything that can go wrong with tokens, keys and grants, as one family.

    AuthError                       each has the `kind` the conformance suite knows it by
    ├── InvalidArgumentError        invalid_argument: empty key or secret, a value to mint
    ├── SensitiveCredentialsError   sensitive_credentials: a secret in a room configuration
    ├── KeyFileError                malformed: key material that cannot be read
    └── TokenError                  a token that is not accepted
        ├── MalformedTokenError     malformed: segments, base64, JSON
        ├── TokenTooLargeError      too_large: above the limit of size or depth
        ├── ClaimError              bad_claim: a claim of the wrong type or not allowed
        ├── MissingClaimError       missing_claim
        ├── AlgorithmError          alg_not_allowed
        ├── UnknownKeyError         unknown_key: no secret for the issuer
        ├── SignatureError          bad_signature
        ├── ExpiredTokenError       expired
        ├── NotYetValidError        not_yet_valid
        └── WrongIssuerError        wrong_issuer

All pickle. No message holds a token, a secret or the value of a claim.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar


class AuthError(ValueError):
    """Base of all errors about tokens, keys and grants."""

    kind: ClassVar[str] = "invalid_argument"
    """The kind of refusal in the conformance suite, such as `expired`."""


class InvalidArgumentError(AuthError):
    """A value that no token can be made from, such as an empty secret."""


class SensitiveCredentialsError(AuthError):
    """A room configuration that would show a secret to whoever has the token.

    `path` says where it sits, such as `$.egress.room.file_outputs[0].s3.secret`.
    """

    kind = "sensitive_credentials"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return (
            f"the room configuration holds sensitive credentials at {self.path}; whoever has "
            "the token can read them. Leave them to the server, or allow them with "
            "allow_sensitive_credentials where the token stays on servers"
        )


class KeyFileError(AuthError):
    """Keys that cannot be read."""

    kind = "malformed"


class TokenError(AuthError):
    """Base of the reasons not to accept a token."""

    kind = "malformed"


class MalformedTokenError(TokenError):
    """Text that is not a token: its segments, base64 or JSON."""


class TokenTooLargeError(TokenError):
    """A token above the limit of size or of depth."""

    kind = "too_large"


class ClaimError(TokenError):
    """A claim that has the wrong type or is not allowed there.

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
    """A claim that every token must have is absent."""

    kind = "missing_claim"


class AlgorithmError(TokenError):
    """A token signed by another algorithm than is allowed, or by none."""

    kind = "alg_not_allowed"


class UnknownKeyError(TokenError):
    """There is no secret for the key that a token names."""

    kind = "unknown_key"


class SignatureError(TokenError):
    """A signature that is not the one of this token by this key."""

    kind = "bad_signature"


class ExpiredTokenError(TokenError):
    """A token whose time is over."""

    kind = "expired"


class NotYetValidError(TokenError):
    """A token whose time has not come."""

    kind = "not_yet_valid"


class WrongIssuerError(TokenError):
    """A token made with another key than the one expected."""

    kind = "wrong_issuer"


# Tracebacks and pickles name the module that users import these from.
for _each in tuple(globals().values()):
    if isinstance(_each, type) and issubclass(_each, AuthError):
        _each.__module__ = __name__.rpartition(".")[0]
