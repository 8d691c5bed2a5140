"""What all tests of the suite need."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lkproto_conformance.vectors import vectors_folder

from .moody import OPS, mood


@pytest.fixture(scope="package", autouse=True)
def _testees_find_the_suite() -> Iterator[None]:
    """Testees in processes of their own import what the tests do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(each for each in sys.path if each))
        yield


@pytest.fixture
def good_mood() -> Iterator[None]:
    """Each test begins with a testee that is right."""
    mood()
    yield
    mood()


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A folder with the vectors of two operations."""
    folder = tmp_path / "vectors"
    folder.mkdir()
    for op in OPS:
        name = f"{op}.json"
        (folder / name).write_bytes((vectors_folder() / name).read_bytes())
    return folder
