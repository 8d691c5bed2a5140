"""Build the programs in Go that tests start, if the cache has none that works.

`python -m tests.services.build` fails if one cannot be built; with names, such as `ioinfo`, only
these are built.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from tests.interpreters.debian import UnavailableError

from . import ioinfo, livekit_server, livekit_test_server

PROGRAMS: dict[str, Callable[[], Path]] = {
    "livekit-server": livekit_server.find,
    "livekit-test-server": livekit_test_server.find,
    "ioinfo": ioinfo.find,
}


def build(names: Collection[str] = ()) -> list[str]:
    """Build what is missing. Returns what is still missing."""
    return get({name: PROGRAMS[name] for name in names or PROGRAMS})


def get(programs: Mapping[str, Callable[[], Path]]) -> list[str]:
    """Find programs, and print where each is. Returns what is missing."""
    missing: list[str] = []
    for name, find in programs.items():
        begun = time.monotonic()
        print(f"{name} …", flush=True)  # it may take minutes
        try:
            program = find()
        except UnavailableError as error:
            missing.append(name)
            print(f"*** {name} is MISSING ({error})")
        else:
            print(f"{name} is {program}, {time.monotonic() - begun:.0f} s")
    return missing


if __name__ == "__main__":
    sys.exit(1 if build(sys.argv[1:]) else 0)
