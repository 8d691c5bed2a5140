"""The codec benchmark: one library against google's upb, in one process.

`python -m benchmarks.codecs LIBRARY TREES ROUNDS` prints JSON. Each library has a process of its
own, with upb in it: some cannot share one, and the garbage of one would slow another.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from .libraries import LIBRARIES, Library
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
    """Seconds and ratios to upb by row and payload, payload sizes, and fallbacks if counted."""
    library, google = LIBRARIES[name](trees), LIBRARIES["google"](trees)
    sides = {each.name: both_sides(library, google, each) for each in PAYLOADS}
    rows = {
        row: {
            payload: asdict(compare(statement, *pair, rounds, batch))
            for payload, pair in sides.items()
        }
        for row, statement in ROWS.items()
    }
    sizes = {payload: len(pair[0]["data"]) for payload, pair in sides.items()}
    return {"rows": rows, "sizes": sizes, "fallbacks": fallbacks(name)}


def fallbacks(name: str) -> int | None:
    """How often our fast codec left a message to the exact one; None where nothing counts."""
    if name != "ours":
        return None
    try:
        package = import_module("lkproto")
    except ModuleNotFoundError:
        return None
    counted = getattr(package, "codec_fallbacks", None)
    return None if counted is None else sum(counted().values())


if __name__ == "__main__":
    library, trees, rounds = sys.argv[1:]
    print(json.dumps(measure(library, Path(trees), int(rounds))))
