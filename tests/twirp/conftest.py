"""Fixtures of tests that hold for servers of both kinds."""

from __future__ import annotations

import pytest

from .serving import Serving


@pytest.fixture(params=[True, False], ids=["asgi", "wsgi"])
def serving(request: pytest.FixtureRequest) -> Serving:
    return Serving(request.param)
