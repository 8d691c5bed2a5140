# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Proxies, as the environment names them."""

from __future__ import annotations

import os

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._urls import Target

_NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Proxy:
    """A proxy that speaks HTTP: where it is, and the header with its credentials."""

    __slots__ = ("field", "host", "port", "url")

    def __init__(self, url: str) -> None:
        from ._urls import target_of

        self.url = url if "://" in url else f"http://{url}"
        where = target_of(self.url)
        if where.scheme != "http":
            raise ValueError("only proxies with http:// are supported")
        self.host, self.port = where.host, where.port
        basic = where.basic
        self.field = f"Proxy-Authorization: {basic}\r\n" if basic else ""


class Proxies:
    """Which proxy a target has, if any."""

    __slots__ = ("_exceptions", "_known", "_urls")

    def __init__(
        self, urls: dict[str, str] | None = None, exceptions: str = ""
    ) -> None:
        self._urls = urls or {}
        self._exceptions = [
            each.strip().lower() for each in exceptions.split(",") if each.strip()
        ]
        self._known: dict[tuple[str, str, int], Proxy | None] = {}

    @classmethod
    def from_environment(cls) -> Proxies:
        """As curl and Go read it: lower case first, HTTP_PROXY not under CGI."""
        found = {
            name: os.environ.get(name) or os.environ.get(name.upper(), "")
            for name in _NAMES
        }
        if "REQUEST_METHOD" in os.environ:  # there HTTP_PROXY is a header of the client
            found["http_proxy"] = os.environ.get("http_proxy", "")
        exceptions = found.pop("no_proxy")
        every = found.pop("all_proxy")
        urls = {name.partition("_")[0]: url or every for name, url in found.items()}
        return cls({scheme: url for scheme, url in urls.items() if url}, exceptions)

    def __bool__(self) -> bool:
        return bool(self._urls)

    def of(self, target: Target) -> Proxy | None:
        """The proxy for a target. Raises TransportError for one that cannot be used."""
        if not self._urls:
            return None
        if target.key not in self._known:
            url = self._urls.get(target.scheme)
            direct = url is None or target.is_loopback or self._is_exception(target)
            self._known[target.key] = None if direct else _proxy(str(url))
        return self._known[target.key]

    def _is_exception(self, target: Target) -> bool:
        host = target.host.lower().rstrip(".")
        return any(
            each == "*" or _matches(each, host, target.port)
            for each in self._exceptions
        )


def _proxy(url: str) -> Proxy:
    from ._protocol import TransportError

    try:
        return Proxy(url)
    except (ValueError, TransportError):  # the text may have credentials
        pass
    why = "the proxy of the environment cannot be used: it is not http://host:port"
    raise TransportError("connect", False, why)


def _matches(exception: str, host: str, port: int) -> bool:
    """Whether an entry of NO_PROXY means a host.

    It is a name, for itself and those below it, an address, or a network.
    """
    name, _, number = exception.rpartition(":")
    if name and number.isdigit() and (":" not in name or name.endswith("]")):
        if int(number) != port:
            return False
        exception = name
    exception = exception.strip("[]").removeprefix("*").lstrip(".").rstrip(".")
    if host == exception or host.endswith(f".{exception}"):
        return True
    from ipaddress import ip_address, ip_network

    try:
        return ip_address(host) in ip_network(exception, strict=False)
    except (ValueError, TypeError):
        return False
