"""The tables of what the native codec costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tables import Table, label, micros, verdict
from .start import CHOICE, IMPORT

# What the project wants: seconds, and bytes.
BUILD_TARGET = 60.0
SIZE_TARGET = 1_000_000
IMPORT_TARGET = 0.001
CHOICE_TARGET = 0.020
Results = Mapping[str, Any]


def native_tables(found: Results) -> list[Table]:
    """The extension, and the first message of a process with each codec; none without it."""
    return [extension_table(found), start_table(found["start"])] if found else []


def extension_table(found: Results) -> Table:
    """What it takes to build and load the extension."""
    build, start = found["build"], found["start"]["ours-native"]
    rows: list[list[str]] = []
    if build:
        taken = f"{build['wall']:.0f} s ({build['processor']:.0f} s of processors)"
        target = verdict(build["wall"], BUILD_TARGET, unit=" s")
        rows.append(["clean build", taken, target])
    size = verdict(found["size"], SIZE_TARGET, 1e-6, " MB")
    rows.append(["binary", f"{found['size'] / 1e6:.2f} MB", size])
    for step, most in ((IMPORT, IMPORT_TARGET), (CHOICE, CHOICE_TARGET)):
        taken = f"{start[step] * 1e3:.2f} ms"
        rows.append([step, taken, verdict(start[step], most, 1e3, " ms")])
    return Table(
        "The extension",
        ["", "measured", "target"],
        rows,
        "The choice of the codec has the self-test in it.",
    )


def start_table(found: Results) -> Table:
    """The first ParticipantInfo with four tracks in each direction, by codec."""
    steps = [step for step in next(iter(found.values())) if step != IMPORT]
    rows = [[step, *(micros(each[step]) for each in found.values())] for step in steps]
    total = [micros(sum(map(each.__getitem__, steps))) for each in found.values()]
    return Table(
        "First use of ParticipantInfo with four tracks (µs)",
        ["", *map(label, found)],
        [*rows, ["sum", *total]],
    )
