"""The tables of LiveKit's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tables import Table, verdict
from ..twirp.tables import client_tables
from ..twirp.tables import import_table as imports_of
from .imports import OURS
from .mock import IMPORT

IMPORT_TARGET = 0.18  # of livekit-api's
START_TARGET = 0.02  # seconds
Results = Mapping[str, Any]


def api_tables(found: Results) -> list[Table]:
    """Calls and imports, as far as they were compared, and the start of a mock."""
    tables = client_tables(found.get("calls", {}), "LiveKit's API")
    if found.get("imports"):
        what = "LiveKit's API"
        tables.append(imports_of(found["imports"], what, OURS, IMPORT_TARGET))
    return [*tables, mock_table(found["mock"])]


def mock_table(found: Results) -> Table:
    """Milliseconds until a mock answers."""
    rows = [
        [
            step,
            f"{each['min'] * 1e3:.1f}",
            f"{each['median'] * 1e3:.1f}",
            (
                ""
                if step == IMPORT
                else verdict(each["median"], START_TARGET, scale=1e3, unit=" ms")
            ),
        ]
        for step, each in found.items()
    ]
    return Table(
        "Start of a mock of LiveKit, until it answers (wall ms)",
        ["", "min", "median", "target"],
        rows,
    )
