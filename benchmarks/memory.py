"""Memory of one decoded and read ParticipantInfo.

`python -m benchmarks.memory LIBRARY TREES [COUNT]` prints JSON; COUNT is how many are kept.
Two figures, in bytes: what Python's allocator hands out (tracemalloc), and how the process grows
(resident size, Linux only), which also sees what native libraries take. One library a process.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tracemalloc
from pathlib import Path

from .libraries import measured
from .payloads import PAYLOADS

COUNT = 4000


def measure(name: str, trees: Path, count: int = COUNT) -> dict[str, float | None]:
    """Bytes per message: `traced` and, where it can be known, `resident`."""
    library = measured(name, trees)
    payload = next(each for each in PAYLOADS if each.name == "ParticipantInfo")
    cls = getattr(library.classes, payload.cls)
    decode, read = library.decode(cls), payload.reader(library.classes)
    data = library.encode(cls)(payload.builder(library.classes)())

    def decoded() -> object:
        message = decode(data)
        read(message)
        return message

    decoded()
    before = resident()
    kept = [decoded() for _ in range(count)]
    after = resident()
    del kept
    gc.collect()
    tracemalloc.start()
    kept = [decoded() for _ in range(count)]
    traced, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    grown = None if before is None or after is None else (after - before) / count
    return {"traced": (traced - sys.getsizeof(kept)) / count, "resident": grown}


def resident() -> int | None:
    """The resident size of this process in bytes; None where the system does not tell."""
    gc.collect()
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    except OSError:
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    library, trees, *count = sys.argv[1:]
    print(json.dumps(measure(library, Path(trees), *map(int, count))))
