# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Addresses that webhooks are sent to: which can be used, and how they are shown."""

from __future__ import annotations

from ...stream_urls import redact_url
from ._errors import EndpointError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    URLPolicy = Callable[[str], None]


def check_endpoint(url: str) -> None:
    """Raise EndpointError for a URL to which nothing can be sent."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        usable = usable and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(ord(char) <= 0x20 or char == "\x7f" for char in url):
        raise EndpointError(
            f"webhooks cannot be sent to {redact_url(url)!a}; a URL begins with http:// or "
            "https:// and has a host"
        )


def public_only(*schemes: str) -> URLPolicy:
    """A policy for URLs of strangers: these schemes (`https` by default), no private address.

    Addresses are those that are written in the URL, in any form, and `localhost`. What a name
    resolves to is not looked at: where that matters, limit the network of the process.
    """
    allowed = schemes or ("https",)

    def check(url: str) -> None:
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        if parts.scheme not in allowed:
            wanted = " or ".join(allowed)
            raise EndpointError(f"{redact_url(url)!a} is not allowed: not {wanted}")
        if host == "localhost" or host.endswith(".localhost") or not _is_public(host):
            raise EndpointError(
                f"{redact_url(url)!a} is not allowed: its host is not public"
            )

    return check


def _is_public(host: str) -> bool:
    """Whether a host is a name, or a public address; the resolver takes 127.1 and 0x7f000001."""
    from ipaddress import IPv4Address, ip_address
    from socket import inet_aton

    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        try:
            address = IPv4Address(inet_aton(host))
        except (OSError, ValueError):
            return True
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast
