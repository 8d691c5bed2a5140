"""Build the programs in Go that tests start, if the cache has none that works.

`python -m tests.services.build` fails if one cannot be built.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.interpreters.debian import UnavailableError

from . import ioinfo, livekit_server

PROGRAMS: dict[str, Callable[[], Path]] = {
    f"livekit-server {livekit_server.VERSION}": livekit_server.find,
    "ioinfo": ioinfo.find,
}


def build() -> list[str]:
    """Build what is missing, and print where each program is. Returns what is still missing."""
    missing: list[str] = []
    for name, find in PROGRAMS.items():
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
    sys.exit(1 if build() else 0)
