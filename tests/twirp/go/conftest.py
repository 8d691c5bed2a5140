"""Without LKPROTO_TWIRP_GO, nothing here starts programs in Go."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip what nobody asked for; from one place, so that it is one line of the summary."""
    if not os.environ.get("LKPROTO_TWIRP_GO"):
        pytest.skip("LKPROTO_TWIRP_GO is not set; the session twirp sets it")
