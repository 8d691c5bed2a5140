"""Nothing here without the session `conformance`, which installs the testees."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip what nobody asked for; from one place, so that it is one line of the summary."""
    if not os.environ.get("LKPROTO_TESTEES"):
        pytest.skip("LKPROTO_TESTEES is not set; the session conformance sets it")
