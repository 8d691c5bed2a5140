# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The URLs of a server: its API, and what LiveKit Cloud has elsewhere."""

# Arguments are checked, although those of typed code need not be.
# pyright: reportUnnecessaryIsInstance=false

from __future__ import annotations

import re

from .._runtime.http import TransportError
from .._runtime.http._urls import target_of
from ..auth import ArgumentTypeError, InvalidArgumentError

_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
_ADDRESS = re.compile(r"[\d.]+|\[.*\]")


def api_url(given: str | None, name: str = "LIVEKIT_URL") -> str:
    """The URL of a server in any form that LiveKit's tools take, by default from the environment.

    `ws` and `wss` become `http` and `https`, a host alone gets `https`; a path is kept, without
    slashes that are too many. Raises InvalidArgumentError, without the URL.
    """
    url = variable(name) if given is None else given
    if not isinstance(url, str):
        raise ArgumentTypeError(
            f"the URL of the server is text, not {type(url).__name__}"
        )
    if not url:
        raise InvalidArgumentError(
            f"the URL of the server is missing; pass url, or set {name}"
        )
    scheme, separator, rest = url.partition("://")
    if not separator and url.partition(":")[0].lower() not in _SCHEMES:
        scheme, rest = "https", url
    found = _SCHEMES.get(scheme.lower())
    if found is None:
        raise InvalidArgumentError(
            "the URL of the server begins with none of wss://, ws://, https:// and http://"
        )
    host, _, path = rest.partition("/")
    path = re.sub("/{2,}", "/", f"/{path}").rstrip("/")
    return _checked(f"{found}://{host}{path}", "" if given is not None else name)


def agents_url(api: str) -> str:
    """Where agents of LiveKit Cloud are managed: LK_AGENTS_URL, or next to the API.

    That is `agents.` in place of the first label of the host, as in server-sdk-go
    (agent_client.go); a host that has no name of three labels has them itself.
    """
    if variable("LK_AGENTS_URL"):
        return api_url(None, "LK_AGENTS_URL")
    host = target_of(api).host
    if _ADDRESS.fullmatch(host) or ":" in host or host.count(".") < 2:
        return api
    return f"https://agents.{host.partition('.')[2]}"


def _checked(url: str, name: str) -> str:
    """A URL that can be used. Raises InvalidArgumentError, which names its variable."""
    problem = ""
    try:
        target = target_of(url)
    except TransportError as error:
        problem = str(error)
    else:
        if "?" in url or "#" in url:
            problem = "the URL cannot be used: it has a query or a fragment"
        elif target.basic is not None:
            problem = (
                "the URL cannot be used: it has a user name or a password, and LiveKit takes an "
                "API key and its secret instead"
            )
    if problem:
        raise InvalidArgumentError(f"{name}: {problem}" if name else problem)
    return url


def variable(name: str) -> str:
    """A variable of the environment; empty if there is none."""
    from os import environ

    return environ.get(name) or ""
