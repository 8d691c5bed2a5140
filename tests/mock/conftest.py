"""Fixtures of the mock's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lkproto.mock import MockLiveKit


@pytest.fixture
def mock() -> Iterator[MockLiveKit]:
    with MockLiveKit() as found:
        yield found
