"""What LiveKit's test server is asked to do, and what becomes of a call then.

The recipes are those of the server's README. A step is a request: to a region, by its number, or
to ask one which regions there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RING_NOTHING = {"delayMs": 0}
"""Calls by telephone are answered at once, not after 11 seconds."""


@dataclass(frozen=True)
class Recipe:
    """A control, what is called, the requests that are made, and the region or code at the end.

    `theirs` is what livekit-api 1.2.2 does where it is something else.
    """

    name: str
    control: dict[str, Any]
    steps: list[str]
    result: str
    theirs: tuple[list[str], str] | None = None
    method: str = "CreateRoom"
    settings: dict[str, Any] = field(default_factory=dict)


def _region(*names: int) -> list[str]:
    return [f"region-{each}" for each in names]


_ALL = [0, 1, 2, 3]
RECIPES = (
    Recipe("a healthy region answers", {}, ["0"], "0"),
    Recipe(
        "the next region answers for one that fails",
        {"failRegions": [0]},
        ["0", "regions of 0", "1"],
        "1",
    ),
    Recipe(
        "the third region answers when two fail",
        {"failRegions": [0, 1]},
        ["0", "regions of 0", "1", "2"],
        "2",
    ),
    Recipe(
        "three regions are asked, and no more",
        {"failRegions": _ALL},
        ["0", "regions of 0", "1", "2"],
        "unavailable",
    ),
    Recipe(
        "every status of 500 and above counts, whatever code it has",
        {"failRegions": [0], "failStatus": 500, "failTwirpCode": "internal"},
        ["0", "regions of 0", "1"],
        "1",
    ),
    Recipe(
        "a client's mistake is final",
        {"failRegions": [0], "failStatus": 400},
        ["0"],
        "invalid_argument",
    ),
    Recipe(
        "too many requests are final",
        {"failRegions": [0], "failStatus": 429},
        ["0"],
        "resource_exhausted",
    ),
    Recipe(
        "a connection that drops counts",
        {"failRegions": [0], "failMode": "drop"},
        ["0", "regions of 0", "1"],
        "1",
    ),
    Recipe(
        "the same host is asked again where nobody says which regions there are",
        {"failRegions": [0], "regionsStatus": 500},
        ["0", "regions of 0", "0", "0"],
        "unavailable",
    ),
    Recipe(
        "without failover a call that creates is made once",
        {"failRegions": [0]},
        ["0"],
        "unavailable",
        (["0"], "unavailable"),
        settings={"failover": False},
    ),
    Recipe(
        "a project that is pinned to another region is called there",
        {"pinnedRegions": _region(2)},
        ["0", "regions of 0", "2"],
        "2",
        (["0"], "unknown"),
    ),
    Recipe(
        "a pin holds without failover, too",
        {"pinnedRegions": _region(2)},
        ["0", "regions of 0", "2"],
        "2",
        (["0"], "unknown"),
        settings={"failover": False},
    ),
    Recipe(
        "a region that nobody knows cannot be called",
        {"pinnedRegions": _region(99)},
        ["0", "regions of 0"],
        "unknown",
        (["0"], "unknown"),
    ),
)
SIP_RECIPES = tuple(
    Recipe(name, RING_NOTHING | {"sipStatus": status}, ["0"], code, method=method)
    for name, status, code, method in (
        (
            "a busy line is final",
            {"code": 486, "status": "Busy Here"},
            "resource_exhausted",
            "CreateSIPParticipant",
        ),
        (
            "a call that is declined is final",
            {"code": 603, "status": "Decline"},
            "permission_denied",
            "CreateSIPParticipant",
        ),
        (
            "a carrier without service is final",
            {"code": 503, "status": "Service Unavailable"},
            "failed_precondition",
            "CreateSIPParticipant",
        ),
        (
            "a transfer that is declined is final",
            {"code": 603, "status": "Decline"},
            "permission_denied",
            "TransferSIPParticipant",
        ),
    )
)
