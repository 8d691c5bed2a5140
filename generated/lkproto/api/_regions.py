# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The regions of LiveKit Cloud: what hosts say about them, kept for all APIs of a process.

As livekit-api 1.2.2 (_failover.py) and server-sdk-go (regionurlprovider.go): `/settings/regions`
is asked with the headers of the call, and kept for as long as its answer says. What it says is not
trusted: anything odd in it is as if it were not there.
"""

from __future__ import annotations

import re
from time import monotonic

from .._runtime.http import Request, Response, TransportError
from .._runtime.http._urls import target_of
from .._runtime.twirp._calls import HiddenHeaders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

TIMEOUT = 2.0
"""Seconds for an answer, so that a host that hangs does not stop what wants to leave it."""
LARGEST = 64 << 10
"""Bytes of an answer: a list of some dozens of regions has 5,000."""
_OF_BODIES = ("content-type", "content-length", "content-encoding")
_MAX_AGE = re.compile(r'(?:^|[\s,])max-age="?(\d{1,9})', re.IGNORECASE)
# By origin: when the list is no longer fresh, and its origins.
_kept: dict[str, tuple[float, tuple[str, ...]]] = {}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL, without credentials. Raises TransportError."""
    return str(target_of(url))


def fresh(home: str) -> tuple[str, ...] | None:
    """The regions that are known of a host, if they still hold."""
    until, origins = _kept.get(home, (0.0, ()))
    return origins if monotonic() < until else None


def question(home: str, headers: Mapping[str, str]) -> Request:
    """The request for the regions of a host."""
    return Request(
        "GET",
        f"{home}/settings/regions",
        HiddenHeaders(
            {
                name: value
                for name, value in headers.items()
                if name.lower() not in _OF_BODIES
            }
        ),
        timeout=TIMEOUT,
        max_response=LARGEST,
    )


def learned(home: str, answer: Response | TransportError) -> tuple[str, ...]:
    """The regions of an answer, and of an older one where this says nothing."""
    if isinstance(answer, Response) and answer.status == 200:
        found = _origins(answer.body, home)
        if found is not None:
            age = _MAX_AGE.search(answer.headers.get("Cache-Control", ""))
            if age and int(age[1]):
                _kept[home] = monotonic() + int(age[1]), found
            return found
    return _kept.get(home, (0.0, ()))[1]


def _origins(body: bytes, home: str) -> tuple[str, ...] | None:
    """The origins of a list that can be used instead of a host; None for anything else."""
    import json

    try:
        regions: Any = json.loads(body)["regions"]
    except (ValueError, RecursionError, TypeError, LookupError):
        return None
    if regions.__class__ is not list:
        return None
    found = [_origin(each) for each in regions]
    # The token would be readable on the way to a region without TLS.
    unsafe = "http:" if home.startswith("https:") else "?"
    return tuple([each for each in found if each and not each.startswith(unsafe)])


def _origin(region: Any) -> str:
    """The origin of a region, empty if it says none."""
    url: Any = region.get("url") if region.__class__ is dict else None
    if url.__class__ is not str:
        return ""
    if url[:2].lower() == "ws":
        url = f"http{url[2:]}"
    try:
        return origin_of(url)
    except TransportError:
        return ""
