"""Options of the test run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A busy machine must not fail a test; tests of speed measure it themselves.
settings.register_profile(
    "lkproto", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("lkproto")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/golden/expected with what is generated now",
    )
