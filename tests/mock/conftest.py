"""Fixtures of the mock's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lkproto.mock import MockLiveKit

from .states import World


@pytest.fixture
def mock() -> Iterator[MockLiveKit]:
    with MockLiveKit() as found:
        yield found


@pytest.fixture
def world() -> World:
    return World()
