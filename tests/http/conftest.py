"""What tests of transports share: clients of each kind, closed after the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from .kinds import KINDS, Client, kinds


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of the test decides, not that of whoever runs it."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(params=kinds())
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make(kind: str) -> Iterator[Callable[..., Client]]:
    """Make a client of the kind, with settings."""
    made: list[Client] = []

    def client(**settings: Any) -> Client:
        made.append(KINDS[kind](**settings))
        return made[-1]

    yield client
    for each in made:
        each.close()


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()
