# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Where a request goes, taken from its URL."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from ._protocol import TransportError

_PORTS = {"http": 80, "https": 443}
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_LOOPBACK = re.compile(r"127(?:\.\d+){3}|::1|(?:.*\.)?localhost\.?")
# What may be in a path or query as it is; everything else is percent-encoded.
_KEPT = "!#$%&'()*+,/:;=?@[]~|^`{}\"<>"


class Target:
    """The parts of a URL: where to connect, what to ask for."""

    __slots__ = ("authority", "basic", "host", "key", "path", "port", "scheme")

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.host = _host(parts.hostname or "")
        self.port = parts.port or _PORTS[self.scheme]
        self.key = (self.scheme, self.host, self.port)
        name = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        usual = self.port == _PORTS[self.scheme]
        self.authority = name if usual else f"{name}:{self.port}"
        path = quote(parts.path or "/", safe=_KEPT)
        query = quote(parts.query, safe=_KEPT)
        self.path = f"{path}?{query}" if query else path
        self.basic = basic(parts.username, parts.password)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def is_loopback(self) -> bool:
        """Whether this is the same machine, by name."""
        return _LOOPBACK.fullmatch(self.host.lower()) is not None


@lru_cache(256)
def target_of(url: str) -> Target:
    """The parts of a URL. Raises TransportError, without the URL, for one that has none."""
    if _NOT_IN_URLS.search(url):
        raise _refused("it has a space, a backslash or a control character")
    if not url.lower().startswith(("http://", "https://")):
        raise _refused("it begins neither with http:// nor with https://")
    problem = "its host or port is not valid"
    try:
        return Target(url)
    except ValueError:  # its text has parts of the URL
        pass
    raise _refused(problem)


def _refused(why: str) -> TransportError:
    return TransportError("protocol", False, f"the URL cannot be used: {why}")


def basic(user: str | None, password: str | None) -> str | None:
    """The header for the credentials of a URL, None if it has none."""
    if user is None and password is None:
        return None
    from binascii import b2a_base64

    pair = f"{unquote(user or '')}:{unquote(password or '')}"
    return "Basic " + b2a_base64(pair.encode(), newline=False).decode()


def _host(name: str) -> str:
    """A host as it is looked up. Raises ValueError."""
    if ":" in name:
        from ipaddress import IPv6Address

        name = name.replace("%25", "%")
        return str(IPv6Address(name))
    if not name.isascii():
        name = name.encode("idna").decode()
    if not _HOST.fullmatch(name):
        raise ValueError("not a host")
    return name
