# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The URLs of a server: its API, and what LiveKit Cloud has elsewhere."""

from __future__ import annotations

import re

from .._runtime.http import TransportError
from .._runtime.http._urls import target_of
from ..auth import InvalidArgumentError

_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_ADDRESS = re.compile(r"[\d.]+|\[.*\]")


def api_url(given: str | None) -> str:
    """The URL of a server in any form that LiveKit's tools take, by default LIVEKIT_URL.

    `ws` and `wss` become `http` and `https`, a host alone gets `https`; a path is kept, without
    slashes that are too many. Raises InvalidArgumentError, without the URL.
    """
    url = given if given is not None else _variable("LIVEKIT_URL")
    if not url:
        raise InvalidArgumentError(
            "the URL of the server is missing; pass url, or set LIVEKIT_URL"
        )
    scheme, separator, rest = url.rpartition("://")
    if not separator:
        scheme = "https"
    found = _SCHEMES.get(scheme.lower())
    if found is None:
        raise InvalidArgumentError(
            "the URL of the server begins with none of wss://, ws://, https:// and http://"
        )
    host, _, path = rest.partition("/")
    path = re.sub("/{2,}", "/", f"/{path}").rstrip("/")
    return _checked(f"{found}://{host}{path}")


def agents_url(api: str) -> str:
    """Where agents of LiveKit Cloud are managed: LK_AGENTS_URL, or beside the API.

    That is `agents.` in place of the first label of the host, as in server-sdk-go
    (agent_client.go); a host that has no name of three labels has them itself.
    """
    if given := _variable("LK_AGENTS_URL"):
        return api_url(given)
    host = target_of(api).host
    if _ADDRESS.fullmatch(host) or ":" in host or host.count(".") < 2:
        return api
    return f"https://agents.{host.partition('.')[2]}"


def _checked(url: str) -> str:
    try:
        target_of(url)
    except TransportError as error:
        problem = str(error)
    else:
        if "?" not in url and "#" not in url:
            return url
        problem = "the URL cannot be used: it has a query or a fragment"
    raise InvalidArgumentError(problem)


def _variable(name: str) -> str:
    from os import environ

    return environ.get(name) or ""
