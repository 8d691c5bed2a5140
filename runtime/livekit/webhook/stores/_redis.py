# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Deliveries in Redis, which senders on several machines may share."""

from __future__ import annotations

from functools import cache
from hashlib import sha1
from uuid import uuid4

from ...auth import InvalidArgumentError
from . import _scripts as scripts
from ._checks import at_least, full, lost
from ._types import Claim, DeadLetter, Delivery, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    class Client(Protocol):
        """A client of redis-py, for one server or a cluster, and not of its asyncio."""

        def execute_command(self, *arguments: Any, **options: Any) -> Any:
            """The answer to a command."""
            ...


class RedisStore:
    """A store in Redis: it keeps what `put` returned for as long as Redis itself does.

    Leases last by the clock of Redis; times that the caller gives are of the caller's clock, which
    is compared with it at each claim. No error shows the address or its password.
    """

    durable = True

    def __init__(
        self,
        client: Client | str,
        name: str = "webhooks",
        *,
        max_pending: int = 1_000_000,
        timeout: float = 5.0,
    ) -> None:
        """`client` is one of redis-py, or a URL such as `redis://HOST:PORT/DATABASE`.

        All keys begin with `{lkproto:NAME}`, so a cluster has them in one place. `timeout` is for
        a client made from a URL; otherwise the client's own counts. Raises InvalidArgumentError.
        """
        if not name or "}" in name:
            raise InvalidArgumentError("a name has at least one character, and no }")
        self._name = name
        self._max_pending = at_least(1, "max_pending", max_pending)
        self._owned = isinstance(client, str)
        self._client: Any = (
            _connect(client, timeout) if isinstance(client, str) else client
        )
        _check_client(self._client)
        self._keys = [f"{{lkproto:{name}}}:{each}".encode() for each in scripts.KEYS]
        self._offset = 0.0  # Redis's clock, less that of the caller
        self._ahead = 0.0  # a test's clock, less Redis's

    def __repr__(self) -> str:
        return f"<RedisStore: {self._name}>"

    def close(self) -> None:
        """Close the connections of a client that was made from a URL."""
        if self._owned:
            self._client.close()

    def put(self, deliveries: Sequence[Delivery], /) -> Sequence[Delivery]:
        """Keep deliveries, all or none; raises StoreFullError. Drops nothing.

        Raises StoreError if Redis fails; if its answer is lost, they may still be kept.
        """
        if not deliveries:
            return ()
        values: list[object] = [self._max_pending]
        for each in deliveries:
            values += (each.endpoint, each.key, each.event_id, each.event)
            values += (each.api_key, each.body, each.queued_at)
        token = f"{{lkproto:{self._name}}}:put:{uuid4().hex}".encode()
        if not self._run(scripts.PUT, *values, keys=[token]):
            raise full(self._max_pending)
        return ()

    def claim(self, owner: str, now: float, lease: float, limit: int, /) -> list[Claim]:
        """Up to `limit` first deliveries of partitions that are due and that nobody sends."""
        if limit < 1:
            return []
        server, claims = self._run(scripts.CLAIM, owner, lease, limit)
        self._offset = float(server) - now
        return [_claim(*each) for each in claims]

    def done(self, claim: Claim, /) -> None:
        """Forget a delivery that arrived, and free its partition. Raises LeaseLostError."""
        self._settle(scripts.DONE, claim)

    def retry(self, claim: Claim, due: float, error: str, /) -> None:
        """Free a partition until its first delivery is due again.

        Keeps `claim.attempts` and `claim.sent_at`. Raises LeaseLostError.
        """
        sent_at = "" if claim.sent_at is None else claim.sent_at
        due = max(due + self._offset, 0.0)
        self._settle(scripts.RETRY, claim, claim.attempts, sent_at, error, due)

    def dead(self, claim: Claim, reason: str, error: str, /) -> None:
        """Move a delivery to the dead letters, and free its partition. Raises LeaseLostError."""
        self._settle(scripts.DIE, claim, claim.attempts, reason, error)

    def _settle(self, script: str, claim: Claim, *values: object) -> None:
        name = f"{claim.delivery.endpoint}\n{claim.delivery.key}"
        lease = (claim.partition, claim.fence, claim.seq, name)
        if not self._run(script, *lease, *values):
            raise lost(claim)

    def next_due(self) -> float | None:
        """When the next partition is due that nobody sends; a lease is due when it ends.

        0 if one is due already, None if there is nothing.
        """
        found = self._run(scripts.NEXT_DUE)
        if found is None:
            return None
        return 0.0 if float(found) < 0 else float(found) - self._offset

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[DeadLetter]:
        """Dead letters whose `seq` is above `after`, oldest first."""
        rows = self._run(scripts.DEAD_LETTERS, after, max(limit, 0))
        return [_letter(*each) for each in rows]

    def replay(self, *ids: int) -> int:
        """Queue dead letters again, by `seq`, with no attempt counted; how many there were.

        They go to the end of their partitions, in their order. Raises StoreFullError.
        """
        given = sorted(set(ids))
        count: int = self._run(scripts.REPLAY, self._max_pending, self._offset, *given)
        if count < 0:
            raise full(self._max_pending)
        return count

    def forget(self, *ids: int) -> int:
        """Delete dead letters, by `seq`; how many there were."""
        count: int = self._run(scripts.FORGET, *ids)
        return count

    def _run(self, script: str, *values: object, keys: Sequence[bytes] = ()) -> Any:
        """The answer of a script, with text as bytes. Raises StoreError."""
        from redis import exceptions

        all_keys = [*self._keys, *keys]
        arguments = [_encoded(each) for each in (self._ahead, *values)]
        rest = (len(all_keys), *all_keys, *arguments)
        # Whatever the client is set to, bodies stay bytes.
        options = {"NEVER_DECODE": True}
        execute = self._client.execute_command
        try:
            try:
                return execute("EVALSHA", _digest(script), *rest, **options)
            except exceptions.NoScriptError:
                return execute("EVAL", script, *rest, **options)
        except (exceptions.RedisError, exceptions.RedisClusterException) as error:
            failure = _failure(error)
        # Outside of the handler: an error's context would show what it says.
        raise StoreError(failure)


def _connect(url: str, timeout: float) -> Any:
    """A client for a URL, which repeats what fails once. Raises InvalidArgumentError."""
    try:
        from redis import Redis, exceptions
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise ImportError(
            "RedisStore needs redis: pip install lkproto[redis]"
        ) from error

    client: Any = Redis
    again = [exceptions.ConnectionError, exceptions.TimeoutError]
    half = at_least(0, "timeout", timeout) / 2
    try:
        return client.from_url(
            url,
            socket_timeout=half,
            socket_connect_timeout=half,
            retry=Retry(NoBackoff(), 1),
            retry_on_error=again,
        )
    except ValueError:
        pass  # what it says may have the password in it
    raise InvalidArgumentError(
        "not a URL of Redis; one is redis://USER:PASSWORD@HOST:PORT/DATABASE, or rediss://, or "
        "unix://, with its special characters as %XX"
    )


def _check_client(client: Any) -> None:
    from inspect import iscoroutinefunction

    execute = getattr(client, "execute_command", None)
    if execute is None or iscoroutinefunction(execute):
        kind: type = client.__class__
        raise InvalidArgumentError(
            f"a client is redis.Redis or redis.cluster.RedisCluster, or a URL; not "
            f"{kind.__module__}.{kind.__qualname__}"
        )


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


def _encoded(value: object) -> bytes:
    """A value as Redis keeps it. Raises StoreError for text that is not Unicode."""
    if isinstance(value, bytes):
        return value
    try:
        return str(value).encode()
    except UnicodeEncodeError:
        raise StoreError("text with half of a surrogate pair cannot be kept") from None


def _failure(error: Exception) -> str:
    """What failed, without what the error says: that may be an address, a user or an argument."""
    said = str(error).split(maxsplit=1)
    code = said[0] if said and said[0].isascii() and said[0].isupper() else ""
    kind = f"{type(error).__name__} {code}".strip()
    return f"Redis does not do what it was asked: {kind}"


def _claim(
    partition: bytes, fence: int, seq: bytes, head: Sequence[bytes | None]
) -> Claim:
    *delivery, attempts, sent_at = head
    number = int(attempts or 0)
    sent = float(sent_at) if sent_at else None
    return Claim(_delivery(delivery), int(seq), number, sent, int(partition), fence)


def _letter(seq: bytes, values: Sequence[bytes]) -> DeadLetter:
    *delivery, died_at, attempts, reason, error = values
    given = (float(died_at), int(attempts), reason.decode(), error.decode())
    return DeadLetter(int(seq), _delivery(delivery), *given)


def _delivery(values: Sequence[bytes | None]) -> Delivery:
    *texts, body, queued_at = (each or b"" for each in values)
    endpoint, key, event_id, event, api_key = (each.decode() for each in texts)
    return Delivery(endpoint, key, event_id, event, api_key, body, float(queued_at))
