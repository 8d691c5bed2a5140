# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Errors of received webhooks, in addition to those of their tokens.

    AuthError
    ├── TokenError
    │   └── MissingAuthError       missing_auth: no Authorization, or an empty one
    └── WebhookError               a token that is right, for a body that is not
        ├── BodyHashError          hash_mismatch: not the body that was signed
        ├── BodyError              body_malformed: signed, but not an event
        └── BodyTooLargeError      too_large

All can be pickled, and none contains a token or any part of a body.
"""

from __future__ import annotations

from ..auth import AuthError, TokenError


class MissingAuthError(TokenError):
    """A request without an Authorization header, or with an empty one."""

    kind = "missing_auth"


class WebhookError(AuthError):
    """Base of all reasons to refuse the body of a webhook."""

    kind = "body_malformed"


class BodyHashError(WebhookError):
    """A body that is not the one that was signed."""

    kind = "hash_mismatch"


class BodyError(WebhookError):
    """A body that was signed, but is not the ProtoJSON of an event.

    `path`, `line` and `column` are the place in the body.
    """

    def __init__(
        self, message: str, path: str = "$", line: int = 1, column: int = 1
    ) -> None:
        super().__init__(message, path, line, column)
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        text: str = self.args[0]
        return f"{text} ({self.path}, line {self.line}, column {self.column})"


class BodyTooLargeError(WebhookError):
    """A body above the limit of size."""

    kind = "too_large"
