"""Without LKPROTO_TWIRP_GO, nothing here starts programs in Go."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what nobody asked for."""
    if os.environ.get("LKPROTO_TWIRP_GO"):
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="LKPROTO_TWIRP_GO is not set"))
