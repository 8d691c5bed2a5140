"""The stores that every test of the suite runs on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lkproto.webhook.stores import SQLiteStore

from ..redis_server import RedisServer
from .support import Bench, RedisBench, SQLiteBench


@pytest.fixture(params=["memory", "sqlite", "redis"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A store of each kind."""
    made = make(request.param, request, tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "redis"])
def durable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    """A store of each kind that outlives its process."""
    made = make(request.param, request, tmp_path)
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where `store` has its file."""
    return tmp_path / "queue.db"


@pytest.fixture
def store(path: Path) -> SQLiteStore:
    """A store in a file."""
    return SQLiteStore(path)


@pytest.fixture
def redis_bench(redis_server: RedisServer) -> Iterator[RedisBench]:
    """A store in Redis."""
    made = RedisBench(redis_server.url)
    yield made
    made.close()


def make(kind: str, request: pytest.FixtureRequest, folder: Path) -> Bench:
    if kind == "redis":
        return RedisBench(request.getfixturevalue("redis_server").url)
    return SQLiteBench(folder) if kind == "sqlite" else Bench()
