# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What the glue of all frameworks has in common: headers, and the answers to errors."""

from __future__ import annotations

from ..auth import MalformedTokenError, TokenError
from ._errors import BodyTooLargeError, MissingAuthError, WebhookError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..auth import AuthError

_MOST = 10**19
NOT_POST = "webhooks are sent by POST"
PARSED = (
    "the body of the request was read before; receive the webhook first, because its "
    "signature is for the bytes as they came"
)
SHORT = (
    "the body of the request is not complete: its client left, or something has read it "
    "before; receive the webhook first, because its signature is for the bytes as they came"
)
_IN_CHUNKS = (
    "the body comes in chunks, which this server does not decode; send it with a "
    "Content-Length, or serve with one that sets wsgi.input_terminated"
)


def status_of(error: AuthError) -> int:
    """The status that answers an error of `receive`: 401 for a token, 400 or 413 for a body."""
    if isinstance(error, TokenError):
        return 401
    return 413 if isinstance(error, BodyTooLargeError) else 400


def authorization_of(headers: Iterable[tuple[str, str]]) -> str | None:
    """The Authorization header, whatever the case of its name; None if there is none.

    Raises MalformedTokenError for two of them, for two programs could see two tokens, and
    MissingAuthError, which names it, for one with another name.
    """
    found: str | None = None
    similar = ""
    for name, value in headers:
        lower = name.lower()
        if lower == "authorization":
            if found is not None:
                raise MalformedTokenError("the request has two Authorization headers")
            found = value
        elif lower in ("authorize", "authorisation"):
            similar = name
    if found is None and similar:
        raise MissingAuthError(
            f"the request has a header {similar!r}, but no Authorization header"
        )
    return found


def check_length(declared: str | None, limit: int | None) -> None:
    """Refuse a body by its Content-Length, before it is read. Raises BodyTooLargeError."""
    check_size(length_of(declared) or 0, limit)


def check_complete(body: bytes, declared: str | None) -> bytes:
    """A body that is as long as its Content-Length. Raises RuntimeError."""
    if len(body) < (length_of(declared) or 0):
        raise RuntimeError(SHORT)
    return body


def length_of(declared: str | None) -> int | None:
    """A Content-Length as a number, or None if there is none."""
    if not declared or not declared.isdecimal():
        return None
    return int(declared) if len(declared) < 20 else _MOST


def check_decoded(environ: Mapping[str, Any]) -> None:
    """Raise WebhookError if a server of WSGI does not decode the chunks of a body."""
    if environ.get("HTTP_TRANSFER_ENCODING") and not environ.get(
        "wsgi.input_terminated"
    ):
        raise WebhookError(_IN_CHUNKS)


def check_size(size: int, limit: int | None) -> None:
    """Raise BodyTooLargeError for a body above a limit."""
    if limit is not None and size > limit:
        raise BodyTooLargeError(f"the body has {size} bytes or more, above {limit}")
