"""The first message of a process: `python -m benchmarks.native.start TREES` prints JSON.

The codec is the one that LKPROTO_CODEC names. Steps come in the order in which a program would
take them, each in seconds: the extension is loaded, the codec chosen, and a ParticipantInfo with
four tracks constructed, encoded, decoded and so on for the first time.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from ..libraries import LIBRARIES, confirm_codec
from ..payloads import PAYLOADS
from ..process import EXTENSION
from ..timing import clock, cpu_clock

IMPORT, CHOICE = "import of the extension", "choice of the codec"


def measure(trees: Path, codec: str) -> dict[str, float]:
    """Seconds of each step; the import is by the clock on the wall, the others processor time."""
    found: dict[str, float] = {}
    if codec == "native":
        found[IMPORT] = clock(lambda: import_module(EXTENSION))
    library = LIBRARIES["ours"](trees)
    found[CHOICE] = clock(lambda: confirm_codec(codec), cpu_clock)
    return found | first_use(library)


def first_use(library: Any) -> dict[str, float]:
    """Seconds of the first call of each direction, with a participant who has four tracks."""
    payload = next(each for each in PAYLOADS if each.name == "ParticipantInfo")
    cls, build = library.classes.ParticipantInfo, payload.builder(library.classes)
    found = {"construct": clock(build, cpu_clock)}
    message = build()
    found["encode"] = clock(message.to_bytes, cpu_clock)
    data = message.to_bytes()
    found["decode"] = clock(lambda: cls.from_bytes(data), cpu_clock)
    found["JSON encode"] = clock(message.to_json, cpu_clock)
    text = message.to_json()
    found["JSON decode"] = clock(lambda: cls.from_json(text), cpu_clock)
    return found


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), os.environ["LKPROTO_CODEC"])))
