"""The tables of Twirp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..tables import LABELS, Table, at_least, micros, verdict
from .calls import CREATE_ROOM, DELETE_ROOM
from .imports import OURS

NAMES = {"bare": "a bare ASGI application", "twirp": "twirpy"}
JUDGED = CREATE_ROOM.label  # with larger answers, decoding them is what takes the time
OWN, SHARE = "lkproto", 0.8  # of what a bare application answers
IMPORT_TARGET = 0.12  # of livekit-api's
Results = Mapping[str, Any]


def twirp_tables(found: Results) -> list[Table]:
    """Clients, servers and imports, as far as they were compared."""
    clients = client_tables(found.get("clients", {}), "Twirp clients")
    return [
        *clients,
        *(
            make(found[name])
            for name, make in (("servers", server_table), ("imports", import_table))
            if found.get(name)
        ),
    ]


def client_tables(found: Results, title: str) -> list[Table]:
    """Calls by the codec of the client, a table each."""
    return [
        client_table(each, f"{title}, {LABELS[name]}") for name, each in found.items()
    ]


def client_table(found: Results, title: str) -> Table:
    """Processor time of calls, and its ratio to that of other clients."""
    rows = [
        [
            f"{label} ({call['bytes']:,} B), {row['label']}",
            micros(row["seconds"]),
            name_of(row["peer"]),
            micros(row["reference"]),
            f"{row['ratio']:.2f}",
            verdict(row["ratio"], row["target"]) if label == JUDGED else "",
        ]
        for label, call in found.items()
        for row in call["rows"]
    ]
    return Table(
        f"{title} (processor µs a call, its answer read)",
        ["", "lkproto", "compared with", "µs", "ratio", "target"],
        rows,
    )


def server_table(found: Results) -> Table:
    """Processor time of requests, and how many there are for that of a bare application's."""
    rows = [
        [
            f"{rpc}, {stack}, {name_of(name)}",
            micros(each["seconds"]),
            f"{1 / each['ratio']:.2f}",
            at_least(1 / each["ratio"], SHARE) if is_judged else "",
        ]
        for stack, calls in found.items()
        for rpc, servers in calls.items()
        for name, each in servers.items()
        for is_judged in [(name, rpc, stack) == (OWN, DELETE_ROOM.rpc, "uvicorn")]
    ]
    return Table(
        "Twirp servers under uvicorn",
        ["", "processor µs a request", "share of bare", "target"],
        rows,
        "The share is that of requests for the same processor time.",
    )


def name_of(distribution: str) -> str:
    """What tables call it."""
    return NAMES.get(distribution, distribution)


def import_table(
    found: Results,
    what: str = "a Twirp client",
    judged: str = OURS,
    target: float = IMPORT_TARGET,
) -> Table:
    """Milliseconds of imports."""
    rows = [
        [
            label,
            f"{each['min'] * 1e3:.1f}",
            f"{each['median'] * 1e3:.1f}",
            f"{each['ratio']:.2f}" if each["ratio"] is not None else "-",
            verdict(each["ratio"], target) if label == judged else "",
        ]
        for label, each in found.items()
    ]
    return Table(
        f"Import of {what} (wall ms beyond a bare interpreter; .pyc files warm)",
        ["", "min", "median", "ratio to livekit-api", "target"],
        rows,
    )
