"""LiveKit's SDKs for Node and Go: `python -m tests.api.reference.programs` gets them.

Each is in the cache of `tests.services`; one that is missing is reported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interpreters.debian import UnavailableError
from tests.services.build import get

from . import go_sdk, node_sdk

PROGRAMS: dict[str, Callable[[], Path]] = {
    "LiveKit's SDK for Node": node_sdk.find,
    "tests of LiveKit's SDK for Go": go_sdk.find,
}


def found(find: Callable[[], Path]) -> Path:
    """A program; without it the test is skipped, or fails under CI."""
    try:
        return find()
    except UnavailableError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


if __name__ == "__main__":
    missing = get(PROGRAMS)
    sys.exit(1 if missing and os.environ.get("CI") else 0)
