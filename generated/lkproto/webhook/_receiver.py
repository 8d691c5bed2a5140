# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Receiving webhooks (livekit/protocol, webhook/verifier.go).

Checks run in the order of the reference: header, token, hash of the body, body. `strict` looks at
the size of the body before.
"""

from __future__ import annotations

from hmac import compare_digest

from .._runtime.errors import JsonError
from ..auth import ClaimError, MalformedTokenError, TokenVerifier
from ..auth._scan import has_lone_surrogate
from ..auth._secrets import always, forgetful
from ..auth._verifier import LEEWAY, verified_body_hash
from ..livekit_webhook_pb import WebhookEvent
from ._errors import BodyError, BodyHashError, BodyTooLargeError, MissingAuthError
from ._handlers import Handlers
from ._signing import RAW, body_bytes, body_hash

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from ..auth import KeyProvider
    from ..auth._jws import Profile
    from ._seen import Seen

MAX_BODY = 1 << 20
"""Bytes that a body may have, by default."""


class WebhookReceiver(Handlers):
    """Verifies webhooks, reads their events, and calls the functions for them.

    Keys are those of `TokenVerifier`, and so are `profile`, `leeway` and `clock`. `max_body` is
    how many bytes a body may have; `go` has no such limit. With `seen`, such as `SeenEvents()`, an
    event that was handled is not handled again. A receiver can be used by any number of threads
    at once.
    """

    __slots__ = ("_verifier", "max_body")

    @forgetful
    def __init__(
        self,
        api_key: str | None = None,
        api_secret: str | None = None,
        *,
        keys: KeyProvider | Mapping[str, str] | None = None,
        profile: Profile = "strict",
        leeway: float | timedelta = LEEWAY,
        max_body: int = MAX_BODY,
        seen: Seen | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Without keys, those of the environment are used. Raises InvalidArgumentError."""
        super().__init__(seen)
        self._verifier = TokenVerifier(
            api_key, api_secret, keys=keys, profile=profile, leeway=leeway, clock=clock
        )
        self.max_body: int | None = max_body if profile == "strict" else None

    @always
    def __repr__(self) -> str:
        return f"<WebhookReceiver {self._verifier!r}>"

    def receive(self, body: bytes | str, authorization: str | None) -> WebhookEvent:
        """The event of a request with this body and Authorization header.

        The body has to be the bytes that came: what was parsed and written again has another hash.
        Raises MissingAuthError and the other TokenErrors, BodyHashError, BodyError,
        BodyTooLargeError.
        """
        data = body_bytes(body)
        if self.max_body is not None and len(data) > self.max_body:
            raise BodyTooLargeError(
                f"the body has {len(data)} bytes, more than {self.max_body}"
            )
        if not authorization:
            raise MissingAuthError("the request has no Authorization header")
        _check_hash(data, verified_body_hash(self._verifier, authorization))
        try:
            return _event(data)
        except JsonError as error:
            # Only the place: the rest of the error may show what the body says.
            place = error.path, error.line or 1, error.column or 1
        if self.max_body is None and (event := _read_as_go(data)) is not None:
            return event
        raise BodyError("the body is signed, but is not the JSON of an event", *place)


def _event(body: bytes) -> WebhookEvent:
    """The event of a body. Broken text is refused even where it is skipped. Raises JsonError."""
    if b"\\u" in body and has_lone_surrogate(body.decode("utf-8", "replace")):
        raise JsonError("the text has half of a surrogate pair")
    return WebhookEvent.from_json(body, ignore_unknown=True)


def _read_as_go(body: bytes) -> WebhookEvent | None:
    """The event of a body that only Go takes: one that nests deep, or repeats unknown names."""
    from ..auth._claims_reader import from_go
    from ..auth._scan import GO_DEPTH, read

    try:
        # A message may be in an array or a map, which Go does not count.
        return from_go(WebhookEvent, read(body, False, 2 * GO_DEPTH))
    except (MalformedTokenError, ClaimError, JsonError):
        return None


def _check_hash(body: bytes, claim: str) -> None:
    """Raise BodyHashError unless a body is the one that was signed, in constant time."""
    if compare_digest(body_hash(body).encode(), claim.encode("utf-8", "surrogatepass")):
        return
    if not claim:
        raise BodyHashError("the token is not for a webhook: it has no `sha256`")
    written = _length_as_signed(body, claim)
    if written is not None:
        raise BodyHashError(
            f"the body was parsed and written again: it has {len(body)} bytes, and what was "
            f"signed has {written}; {RAW}"
        )
    raise BodyHashError(
        f"the body of {len(body)} bytes is not the one that was signed; {RAW}"
    )


def _length_as_signed(body: bytes, claim: str) -> int | None:
    """The length of a body as the sender wrote it, if it only came to be spelled otherwise."""
    import json

    from .._runtime.json.nesting import SAFE, nests_deeper

    try:
        if nests_deeper(text := body.decode(), SAFE):
            return None
        value = json.loads(text)
    except ValueError:
        return None
    for comma in (",", ", "):  # the two ways of Go, one for each build of a server
        written = json.dumps(value, ensure_ascii=False, separators=(comma, ":"))
        data = written.encode("utf-8", "surrogatepass")
        if body_hash(data) == claim:
            return len(data)
    return None


@forgetful
def receive(
    body: bytes | str,
    authorization: str | None,
    *,
    keys: KeyProvider | Mapping[str, str] | None = None,
) -> WebhookEvent:
    """The event of one request, with keys of the environment or these.

    See `WebhookReceiver`, which is to be made once where there are many requests.
    """
    return WebhookReceiver(keys=keys).receive(body, authorization)
