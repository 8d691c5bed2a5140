"""One run of LiveKit's test server for all tests, and nothing without the session `api`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.services.livekit_test_server import LiveKitTestServer

from .callers import HOST, SECRET


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip what nobody asked for; from one place, so that it is one line of the summary."""
    if not os.environ.get("LKPROTO_API"):
        pytest.skip("LKPROTO_API is not set; the session api sets it")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitTestServer]:
    """A server with four regions."""
    log = tmp_path_factory.mktemp("test-server") / "log"
    with LiveKitTestServer(log, SECRET, host=HOST) as running:
        yield running
