# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Addresses of streams, with their secrets hidden (livekit/protocol, utils/redact.go)."""

from __future__ import annotations

import re

__all__ = [
    "redact_identifier",
    "redact_stream_key",
    "redact_url",
    "redact_url_query_values",
]

# Go's `\s` is these five characters alone.
_SHORTHAND = re.compile(r"(mux|twitch)://([^\t\n\f\r ]+)")
_SPACE = frozenset("\t\n\f\r ")


def redact_stream_key(url: str) -> tuple[str, bool]:
    """An address with its stream key hidden, and whether it had one.

    In addresses of RTMP, Mux and Twitch the key is the last part. In all others the values of
    the query are hidden. User names and passwords stay.
    """
    found = _SHORTHAND.fullmatch(url)
    if found:
        return f"{found[1]}://{redact_identifier(found[2])}", True
    parts = _rtmp_parts(url)
    if parts:
        base, key, live = parts
        return f"{base}/{redact_identifier(key)}{live}", True
    redacted = redact_url_query_values(url)
    return redacted, redacted != url


def _rtmp_parts(url: str) -> tuple[str, str, str] | None:
    """What is before the last slash of an RTMP address, the key, and what follows it."""
    # Go's pattern is `(rtmps?://)(.*/)(.*/)(\S*)( live=1)?`; Python's would try each pair of
    # slashes.
    base, _, key = url.rpartition("/")
    live = " live=1" if key.endswith(" live=1") else ""
    key = key.removesuffix(live)
    scheme, mark, path = base.partition("://")
    if scheme not in ("rtmp", "rtmps") or not mark or "/" not in path or "\n" in path:
        return None
    return None if _SPACE.intersection(key) else (base, key, live)


def redact_url(url: str) -> str:
    """An address with `{...}` for its user name, password and values of its query.

    As livekit/protocol shows it (webhook/resource_url_notifier.go, redactURL): the text is taken
    as it is, so that one which is not a URL is masked, too.
    """
    scheme, mark, rest = url.partition("://")
    end = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    at = rest.rfind("@", 0, end)
    if mark and at >= 0:
        url = f"{scheme}://{{...}}{rest[at:]}"
    return redact_url_query_values(url)


def redact_url_query_values(url: str) -> str:
    """An address with `{...}` for each value of its query; a fragment counts as part of it."""
    base, _, query = url.partition("?")
    if not query:
        return url
    return f"{base}?{'&'.join(map(_without_value, query.split('&')))}"


def _without_value(parameter: str) -> str:
    name, _, value = parameter.partition("=")
    return f"{name}={{...}}" if value else parameter


def redact_identifier(identifier: str) -> str:
    """The two ends of a text, as `{abc...xyz}`: a third of it each, at most three bytes."""
    data = identifier.encode("utf-8", "surrogatepass")
    kept = min(len(data) // 3, 3)
    end = len(data) - kept
    return f"{{{_text(data[:kept])}...{_text(data[end:])}}}"


def _text(data: bytes) -> str:
    """UTF-8 as text; each byte of a character cut in two is a replacement character."""
    text = data.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", "\ufffd", text)
