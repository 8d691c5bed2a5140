# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The decisions of a notifier, without I/O: what is queued, what is sent, what an answer means.

A driver does what is decided here: it puts deliveries into a store, claims them, sends requests
and records verdicts. It gives the time of each step, in seconds since 1970, so that a test can
run hours in no time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from threading import Lock

from ..._runtime.http import Request, Response, TransportError
from ...auth._keys import named
from ...auth._secrets import Secret, TextSecret, always, forgetful
from ...stream_urls import redact_url
from .._signing import token_of
from ..stores import Claim, Delivery
from ._config import Filter, NotifierConfig
from ._errors import (
    NoKeyError,
    NotifierClosedError,
    NotifierError,
    QueueFullError,
    UnknownSigningKeyError,
)
from ._events import completed, event_key, processed
from ._health import Health
from ._retries import DURABLE, OF_THE_REFERENCE, Retries, judged
from ._urls import check_endpoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    from ...auth import KeyProvider
    from ...livekit_analytics_pb import WebhookInfo
    from ...livekit_models_pb import WebhookConfig
    from ...livekit_webhook_pb import WebhookEvent
    from ._urls import URLPolicy

CONTENT_TYPE = "application/webhook+json"
USER_AGENT = "LiveKit"
TIMEOUT = 10.0
"""Seconds an attempt may take (livekit/protocol, webhook/resource_url_notifier.go)."""
_ENOUGH = 64 << 10  # bytes of an answer; only its status is used


@dataclass(frozen=True, slots=True)
class Accepted:
    """What one call queues: deliveries to put into a store, and errors of other endpoints."""

    deliveries: list[Delivery]
    errors: list[NotifierError]

    def check(self, dropped: Iterable[Delivery]) -> None:
        """Raise the first error of a call, with the others in its `others`."""
        errors = [*self.errors, *map(_queue_full, dropped)]
        if errors:
            errors[0].others = tuple(errors[1:])
            raise errors[0]


@dataclass(frozen=True, slots=True)
class Send:
    """An attempt: the request to send, and its claim with the attempt counted."""

    claim: Claim
    request: Request
    begun: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a claim.

    `retry` at `due`; `done`; `dead` and `drop` for `reason`, which is one word. A claim that was
    not tried, because its endpoint is being probed, is a `retry` without an error.
    """

    claim: Claim
    action: Literal["done", "retry", "dead", "drop"]
    ended: float
    begun: float = 0.0
    due: float = 0.0
    reason: str = ""
    error: str = ""

    def info(self) -> WebhookInfo:
        """The record of a delivery that is over, for the processed hook."""
        dropped = self.action == "drop"
        return processed(
            self.claim.delivery,
            ended=self.ended,
            begun=self.ended if dropped else self.claim.sent_at,
            sent_at=self.claim.sent_at,
            error="" if dropped else self.error,
            dropped=dropped,
        )


class NotifierCore:
    """The state of a notifier: keys, filter, which endpoints fail, whether it is stopped.

    All methods may be called by several threads at once.
    """

    @forgetful
    def __init__(
        self,
        config: NotifierConfig,
        keys: KeyProvider,
        *,
        durable: bool = False,
        retries: Retries | None = None,
        timeout: float = TIMEOUT,
        user_agent: str = USER_AGENT,
        policy: URLPolicy | None = None,
    ) -> None:
        """Raises UnknownSigningKeyError if there are URLs and the section's key has no secret."""
        self.config = config
        self.retries = retries or (DURABLE if durable else OF_THE_REFERENCE)
        self.closed = False
        self.stopped = False
        self.health = Health() if durable else None
        self._keys = keys
        self._set: dict[str, Secret] = {}
        self._api_key = config.api_key
        self._filter = config.filter
        self._max_age = None if durable else config.max_age
        self.timeout = timeout
        self._user_agent = user_agent
        self._policy = policy
        self._lock = Lock()
        if config.urls and not self._has_secret(config.api_key):
            raise _unknown(config.api_key)

    @always
    def __repr__(self) -> str:
        return f"<NotifierCore of {len(self.config.urls)} URLs, key {self._api_key!r}>"

    @forgetful
    def set_keys(self, api_key: str, api_secret: str) -> None:
        """Sign what is queued from now on by a key, and whatever has its name by its secret.

        Two empty texts are accepted; after that nothing can be queued.
        """
        secret = TextSecret(api_secret).checked()
        with self._lock:
            self._set = {**self._set, api_key: secret}
            self._api_key = api_key if secret else ""

    def set_filter(self, events: Filter) -> None:
        """Send these events from now on; the filters of extra webhooks are their own."""
        self._filter = events

    def after_fork(self) -> None:
        """Forget, in a child, locks of threads and attempts that only the parent has."""
        self._lock = Lock()
        self.health = None if self.health is None else Health()

    def accept(
        self, event: WebhookEvent, extra: Sequence[WebhookConfig], now: float
    ) -> Accepted:
        """The deliveries of an event. Raises NotifierClosedError."""
        urls = self.config.urls if self._filter.allows(event.event) else ()
        extras = [each for each in extra if _allows(each, event)]
        accepted = Accepted([], [])
        if not urls and not extras:
            return accepted
        if self.closed:
            raise NotifierClosedError("notifier is closed")
        signers = [(url, self._signer) for url in urls]
        signers += [(each.url, partial(self._signer_of, each)) for each in extras]
        event = completed(event, now)
        key, body = event_key(event), event.to_json().encode()
        for url, signer in signers:
            try:
                name = signer()
            except NotifierError as error:
                accepted.errors.append(error)
            else:
                accepted.deliveries.append(
                    Delivery(url, key, event.id, event.event, name, body, now)
                )
        return accepted

    def begin(self, claim: Claim, now: float) -> Send | Verdict:
        """The attempt to make for a claim, or what becomes of it without one."""
        delivery = claim.delivery
        if not claim.attempts and self._is_old(delivery, now):
            return Verdict(claim, "drop", now, reason="age", error="too old to be sent")
        if self.health and not self.health.begin(delivery.endpoint):
            return Verdict(
                claim, "retry", now, due=now + min(self.retries.wait_max, 30.0)
            )
        sent_at = now if claim.sent_at is None else claim.sent_at
        attempts = claim.attempts + 1
        claim = Claim(
            delivery, claim.seq, attempts, sent_at, claim.partition, claim.fence
        )
        try:
            headers = {
                "Authorization": self._token(delivery, now),
                "Content-Type": CONTENT_TYPE,
                "User-Agent": self._user_agent,
            }
        except NotifierError as error:
            return self._failed(claim, now, now, f"it cannot be signed: {error}")
        request = Request(
            "POST", delivery.endpoint, headers, delivery.body, self.timeout, _ENOUGH
        )
        return Send(claim, request, now)

    def _is_old(self, delivery: Delivery, now: float) -> bool:
        """Whether a delivery has waited in memory for too long."""
        return self._max_age is not None and now - delivery.queued_at > self._max_age

    def end(self, send: Send, answer: Response | TransportError, now: float) -> Verdict:
        """What becomes of a claim after an attempt; the body of an answer does not matter."""
        if isinstance(answer, TransportError):
            if answer.status is None:
                return self._failed(send.claim, send.begun, now, str(answer))
            answer = Response(answer.status)
        found = judged(answer.status, answer.headers, now)
        if not found.error:
            self._ended(send.claim, ok=True)
            return Verdict(send.claim, "done", now, send.begun)
        if found.final:
            self._ended(send.claim, ok=True)
            return Verdict(
                send.claim, "dead", now, send.begun, reason="status", error=found.error
            )
        return self._failed(send.claim, send.begun, now, found.error, found.after)

    def _failed(
        self,
        claim: Claim,
        begun: float,
        now: float,
        error: str,
        after: float | None = None,
    ) -> Verdict:
        """Another attempt, or the end of a delivery that was given up."""
        self._ended(claim, ok=False)
        wait = self.retries.wait(claim.attempts)
        if after is not None:
            wait = min(after, self.retries.wait_max)
        due = now + wait
        reason = self.retries.over(claim.attempts, claim.delivery.queued_at, due)
        if self.stopped and self.health is None:
            reason = reason or "stopped"
        if not reason:
            return Verdict(claim, "retry", now, begun, due, error=error)
        error = f"giving up after {claim.attempts} attempt(s): {error}"
        return Verdict(claim, "dead", now, begun, reason=reason, error=error)

    def _ended(self, claim: Claim, *, ok: bool) -> None:
        if self.health:
            self.health.end(claim.delivery.endpoint, ok=ok)

    def _signer(self) -> str:
        """The name of the key that signs. Raises NoKeyError."""
        if not self._api_key:
            raise NoKeyError(
                "no signing key or secret was provided; pass `api_key` and its secret, or use "
                "set_keys"
            )
        return self._api_key

    def _signer_of(self, extra: WebhookConfig) -> str:
        """The name of the key that signs for an extra webhook.

        Raises UnknownSigningKeyError, EndpointError, NoKeyError.
        """
        if extra.signing_key and not self._has_secret(extra.signing_key):
            raise _unknown(extra.signing_key)
        check_endpoint(extra.url)
        if self._policy:
            self._policy(extra.url)
        return extra.signing_key or self._signer()

    def _has_secret(self, api_key: str) -> bool:
        return bool(api_key and self._secret(api_key))

    def _secret(self, api_key: str) -> Secret:
        found = self._set.get(api_key)
        if found is None:
            found = TextSecret(self._keys.get_secret(api_key))
        return found

    @forgetful
    def _token(self, delivery: Delivery, now: float) -> str:
        """The token of an attempt, signed by the secret that the key has now."""
        secret = self._secret(delivery.api_key)
        if not secret:
            raise _unknown(delivery.api_key)
        try:
            return token_of(delivery.body, delivery.api_key, secret, now)
        except UnicodeEncodeError:
            raise NotifierError("the name of its key is not valid Unicode") from None


def _allows(extra: WebhookConfig, event: WebhookEvent) -> bool:
    params = extra.filter_params
    if params is None:
        return True
    found = Filter(tuple(params.include_events), tuple(params.exclude_events))
    return found.allows(event.event)


def _queue_full(dropped: Delivery) -> QueueFullError:
    return QueueFullError(
        f"queue is full: too many events of {dropped.key!r} wait for "
        f"{redact_url(dropped.endpoint)}"
    )


def _unknown(api_key: str) -> UnknownSigningKeyError:
    return UnknownSigningKeyError(
        f"there is no secret for the signing key {named(api_key)}; add it to the keys"
    )
