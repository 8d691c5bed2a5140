"""The codec benchmark: one library against google's upb, in one process.

`python -m benchmarks.codecs LIBRARY TREES ROUNDS [SECONDS]` prints JSON; the seconds are those of a
batch. Each library has a process of its own, with upb in it: some cannot share one, and the garbage
of one would slow another.
"""

from __future__ import annotations

import json
import linecache
import re
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from .libraries import CODECS, Library, measured
from .payloads import PAYLOADS, Payload
from .timing import BATCH, compare

ROWS = {
    "decode + read": "read(decode(data))",
    "construct + encode": "encode(build())",
    "JSON encode": "to_json(message)",
    "JSON decode": "from_json(text)",
    "encode only": "encode(message)",
    "decode only": "decode(data)",
}
# Labels of the functions that the straight-line codec writes; constructors are always written.
WRITTEN = re.compile(r"<.+ (decoder|encoder|parser|printer)>")


def names_of(library: Library, payload: Payload) -> dict[str, Any]:
    """What the statements of ROWS are made of, but for the data."""
    cls = getattr(library.classes, payload.cls)
    build = payload.builder(library.classes)
    return {
        "read": payload.reader(library.classes),
        "decode": library.decode(cls),
        "encode": library.encode(cls),
        "build": build,
        "to_json": library.to_json(cls),
        "from_json": library.from_json(cls),
        "message": build(),
    }


def both_sides(
    library: Library, google: Library, payload: Payload
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names of both sides, after seeing that both mean the same message.

    Both get the bytes and the JSON that google writes. Raises ValueError where the library
    writes or reads something else.
    """
    names, reference = names_of(library, payload), names_of(google, payload)
    data = reference["encode"](reference["message"])
    text = reference["to_json"](reference["message"])
    encoded = names["encode"](names["message"])
    # Maps, and fields in some libraries, come in another order than google's.
    if reference["decode"](encoded) != reference["message"] or len(encoded) != len(
        data
    ):
        raise ValueError(f"{library.name} encodes {payload.name} unlike google")
    for read in (names["decode"](data), names["from_json"](text)):
        if read != names["message"]:
            raise ValueError(f"{library.name} reads {payload.name} unlike google")
    for side in (names, reference):
        side |= {"data": data, "text": text}
    return names, reference


def measure(
    name: str, trees: Path, rounds: int, batch: float = BATCH
) -> dict[str, Any]:
    """Seconds and ratios to upb by row and payload, payload sizes, and fallbacks if counted.

    Raises RuntimeError if ours was not measured on the codec it is named for.
    """
    library, google = measured(name, trees), measured("google", trees)
    sides = {each.name: both_sides(library, google, each) for each in PAYLOADS}
    rows = {
        row: {
            payload: asdict(compare(statement, *pair, rounds, batch))
            for payload, pair in sides.items()
        }
        for row, statement in ROWS.items()
    }
    sizes = {payload: len(pair[0]["data"]) for payload, pair in sides.items()}
    found = {"rows": rows, "sizes": sizes, "fallbacks": None}
    return found | ({"fallbacks": no_fallbacks(name)} if name in CODECS else {})


def no_fallbacks(name: str) -> int:
    """Zero, which is how often ours left a payload to a slower codec than the one measured.

    Raises RuntimeError for messages that the exact codec did, and on the native codec also where
    functions were written in Python: `linecache` knows those.
    """
    counts = import_module("lkproto").codec_fallbacks()
    if counts:
        whole = ", ".join(f"{' '.join(key)} {count}" for key, count in counts.items())
        raise RuntimeError(f"the exact codec had to step in: {whole}")
    written = [each for each in linecache.cache if WRITTEN.fullmatch(each)]
    if CODECS[name] == "native" and written:
        raise RuntimeError(f"not done natively: {', '.join(sorted(written))}")
    return 0


if __name__ == "__main__":
    library, trees, rounds, *batch = sys.argv[1:]
    found = measure(library, Path(trees), int(rounds), *map(float, batch))
    print(json.dumps(found))
