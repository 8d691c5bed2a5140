# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a mock serves in addition to Twirp: the list of regions, and what browsers ask for.

Texts and headers are those of livekit-server 1.13.5, which has the headers from github.com/rs/cors.
"""

from __future__ import annotations

import re

from ._answers import JSON, Answer, text_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ._control import Control

# What a client on this machine calls it: an address or localhost.
_LOCAL = re.compile(r"(?:[\d.]+|\[[\da-f:]+\]|(?:[\w-]+\.)*localhost)?(?::\d+)?")
_ASKED = "HTTP_ACCESS_CONTROL_REQUEST_"
_VARY = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
_MAX_AGE = "86400"


def not_found() -> Answer:
    """The page of Go's server for what is not there."""
    answer = text_answer(404, "404 page not found\n")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def region_name(number: int) -> str:
    """The name of a region."""
    return f"region-{number}"


def region_list(urls: Sequence[str], control: Control) -> Answer:
    """The regions, or those of them that a project is pinned to."""
    from ..livekit_rtc_pb import RegionInfo, RegionSettings

    if control.regions_status != 200:
        return Answer(control.regions_status)
    found = RegionSettings()
    for number, url in enumerate(urls):
        name = region_name(number)
        if not control.pinned or name in control.pinned:
            found.regions.append(RegionInfo(region=name, url=url, distance=number))
    answer = Answer(200, JSON, found.to_json().encode())
    answer.headers["Cache-Control"] = "max-age=0"
    return answer


def is_page(environ: Mapping[str, Any]) -> bool:
    """Whether a page in a browser asks, by its origin or by a name that leads to this machine.

    A page can give its own name the address of this machine, but not an address as its name.
    """
    here = environ["SERVER_NAME"]
    is_local = here.startswith("127.") or here == "::1"
    known = _LOCAL.fullmatch(environ.get("HTTP_HOST", "").lower())
    return "HTTP_ORIGIN" in environ or (is_local and known is None)


def is_preflight(environ: Mapping[str, Any]) -> bool:
    """Whether a browser asks if a page may call."""
    return environ["REQUEST_METHOD"] == "OPTIONS" and f"{_ASKED}METHOD" in environ


def preflight(environ: Mapping[str, Any]) -> Answer:
    """Any page may: tokens protect a server, not origins."""
    answer = Answer(204)
    answer.headers["Vary"] = _VARY
    if origin := environ.get("HTTP_ORIGIN"):
        answer.headers["Access-Control-Allow-Origin"] = origin
        for asked, allowed in (("METHOD", "Methods"), ("HEADERS", "Headers")):
            if value := environ.get(_ASKED + asked):
                answer.headers[f"Access-Control-Allow-{allowed}"] = value
        answer.headers["Access-Control-Max-Age"] = _MAX_AGE
    return answer


def share(answer: Answer, environ: Mapping[str, Any]) -> None:
    """Let a page of any origin read an answer."""
    answer.headers["Vary"] = "Origin"
    if origin := environ.get("HTTP_ORIGIN"):
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "*"
