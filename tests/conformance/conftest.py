"""What all tests of the suite need."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def _testees_find_the_suite() -> Iterator[None]:
    """Testees in processes of their own import what the tests do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(each for each in sys.path if each))
        yield
