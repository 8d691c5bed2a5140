"""Large messages: `python -m benchmarks.large LIBRARY KIND TREES ROUNDS SIZE...` prints JSON.

The same data repeated up to the sizes given, in bytes. Throughput that does not fall with size
shows that time is linear in it.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from .libraries import Library, measured
from .payloads import PAYLOADS, read_participants
from .timing import BATCH, compare

SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)

# Peak bytes in memory for an encoded byte, measured on all kinds, with a margin.
MEMORY_PER_BYTE = 70


@dataclass(frozen=True, slots=True)
class Kind:
    """A message that grows: its module and path in there, its wire data, how it is read."""

    module: str
    path: str
    data: Callable[[Library, int], bytes]
    read: Callable[[Any], None]


def list_of_participants(google: Library, size: int) -> bytes:
    """ListParticipantsResponses one after the other, which is a longer one."""
    payload = next(each for each in PAYLOADS if each.name == "ParticipantInfo")
    one = google.classes.ListParticipantsResponse(
        participants=[payload.builder(google.classes)()]
    ).SerializeToString()
    return bytes(one * max(1, size // len(one)))


def packed_varints(_: Library, size: int) -> bytes:
    """Field 5 of Column, uint32s of one to five bytes."""
    group = bytes.fromhex("05 ac02 f0a204 c0a8a504 80d0acf30e")
    return packed(5, group * (size // len(group)))


def packed_doubles(_: Library, size: int) -> bytes:
    """Field 3 of Column, doubles."""
    group = struct.pack("<4d", 0.1, -1.0, 1e300, 3.0)
    return packed(3, group * (size // len(group)))


def packed(number: int, data: bytes) -> bytes:
    """A length-delimited field of a one-byte tag."""
    length = bytearray()
    rest = len(data)
    while rest > 0x7F:
        length.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([number << 3 | 2, *length, rest]) + data


def read_varints(m: Any) -> None:
    """Read every number."""
    for _ in m.text_ends:
        pass


def read_doubles(m: Any) -> None:
    """Read every number."""
    for _ in m.doubles:
        pass


_COLUMN = ("livekit_agentdb", "AgentDB.Wire.Column")
KINDS = {
    "repeated messages": Kind(
        "livekit_room",
        "ListParticipantsResponse",
        list_of_participants,
        read_participants,
    ),
    "packed varints": Kind(*_COLUMN, packed_varints, read_varints),
    "packed doubles": Kind(*_COLUMN, packed_doubles, read_doubles),
}
ROWS = {"decode + read": "read(decode(data))", "encode": "encode(message)"}


def measure(
    name: str,
    kind_name: str,
    trees: Path,
    rounds: int,
    sizes: Sequence[int],
    batch: float = BATCH,
) -> list[dict[str, Any]]:
    """Per size: bytes, and for each row seconds on both sides and their ratio.

    Ends before the first size for which there is too little memory.
    """
    kind = KINDS[kind_name]
    ours, google = measured(name, trees), measured("google", trees)
    found: list[dict[str, Any]] = []
    for size in sizes:
        if not fits(size):
            break
        data = kind.data(google, size)
        our_class = find(f"lkproto.{kind.module}_pb", kind.path)
        google_class = find(f"{kind.module}_pb2", kind.path)
        ours_side = names_of(ours, our_class, kind, data)
        google_side = names_of(google, google_class, kind, data)
        if ours_side["encode"](ours_side["message"]) != data:
            raise ValueError(f"{kind_name} of {size} bytes: the encoded bytes differ")
        # What takes a second or more needs no median of many.
        times = max(1, min(rounds, rounds * 4_000_000 // size))
        pairs = {
            row: asdict(compare(statement, ours_side, google_side, times, batch))
            for row, statement in ROWS.items()
        }
        found.append({"bytes": len(data), "rows": pairs})
    return found


def names_of(library: Library, cls: Any, kind: Kind, data: bytes) -> dict[str, Any]:
    """What the statements of ROWS are made of."""
    decode = library.decode(cls)
    return {
        "decode": decode,
        "read": kind.read,
        "encode": library.encode(cls),
        "data": data,
        "message": decode(data),
    }


def find(module: str, path: str) -> Any:
    """A class by its path in a module."""
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def fits(size: int) -> bool:
    """Whether there is memory for a message of this size; yes where the system cannot tell."""
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return True
    return size * MEMORY_PER_BYTE < free


if __name__ == "__main__":
    library, kind, trees, rounds, *words = sys.argv[1:]
    sizes = [int(word) for word in words]
    print(json.dumps(measure(library, kind, Path(trees), int(rounds), sizes)))
