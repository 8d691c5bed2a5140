"""Where counterexamples are kept, so that other runs and other machines try them first."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

SCHEMES = ("redis://", "rediss://", "unix://")


class DatabaseError(Exception):
    """A database that cannot be used; the text says why."""


def open_database(place: str) -> ExampleDatabase:
    """A folder, or a Redis that several processes share. Raises DatabaseError."""
    if place.startswith(SCHEMES):
        return _redis(place)
    folder = Path(place)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(f"{place}: {error.strerror}") from None
    return DirectoryBasedExampleDatabase(folder)


def _redis(url: str) -> ExampleDatabase:
    try:
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis
        from redis.exceptions import RedisError
    except ImportError:
        raise DatabaseError(
            f"{url} needs redis: pip install 'lkproto[conformance]'"
        ) from None
    try:
        untyped: Any = Redis
        client = untyped.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        client.ping()
    except (RedisError, ValueError) as error:
        raise DatabaseError(f"{_without_password(url)}: {error}") from None
    return RedisExampleDatabase(client)


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


class Named(ExampleDatabase):
    """The part of a database that belongs to a name.

    hypothesis calls examples after the function that it runs, which is the same for every law.
    """

    def __init__(self, database: ExampleDatabase, name: str) -> None:
        super().__init__()
        self._database, self._prefix = database, name.encode() + b"\0"

    def save(self, key: bytes, value: bytes) -> None:
        """Keep an example."""
        self._database.save(self._prefix + key, value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """The examples that are kept."""
        return self._database.fetch(self._prefix + key)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget an example."""
        self._database.delete(self._prefix + key, value)
