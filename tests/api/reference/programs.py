"""LiveKit's SDKs for Node and Go: `python -m tests.api.reference.programs` gets them.

Each is in the cache of `tests.services`; one that is missing is reported.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.interpreters.debian import UnavailableError

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


def get() -> list[str]:
    """Get what is missing, and print where each program is. Returns what is still missing."""
    missing: list[str] = []
    for name, find in PROGRAMS.items():
        begun = time.monotonic()
        print(f"{name} …", flush=True)  # it may take minutes
        try:
            program = find()
        except UnavailableError as error:
            missing.append(name)
            print(f"*** {name}: MISSING ({error})")
        else:
            print(f"{name}: {program}, {time.monotonic() - begun:.0f} s")
    return missing


if __name__ == "__main__":
    missing = get()
    sys.exit(1 if missing and os.environ.get("CI") else 0)
