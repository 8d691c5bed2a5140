"""Addresses of streams without their secrets (livekit/protocol, utils/redact.go)."""

from __future__ import annotations

import re

__all__ = ["redact_identifier", "redact_stream_key", "redact_url_query_values"]

# Go's `\s` is these five characters alone.
_SHORTHAND = re.compile(r"(mux|twitch)://([^\t\n\f\r ]+)")
_RTMP = re.compile(r"(rtmps?://)(.*/)(.*/)([^\t\n\f\r ]*)( live=1)?")


def redact_stream_key(url: str) -> tuple[str, bool]:
    """An address with its stream key hidden, and whether it had one.

    Addresses of RTMP, Mux and Twitch have the key as their last part. Elsewhere values of the
    query are hidden. User names and passwords stay.
    """
    found = _SHORTHAND.fullmatch(url)
    if found:
        return f"{found[1]}://{redact_identifier(found[2])}", True
    found = _RTMP.fullmatch(url)
    if found:
        key = redact_identifier(found[4])
        return f"{found[1]}{found[2]}{found[3]}{key}{found[5] or ''}", True
    redacted = redact_url_query_values(url)
    return redacted, redacted != url


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
    """`{abc...xyz}`: three bytes at each end of nine or more, two of six, one of three."""
    data = identifier.encode("utf-8", "surrogatepass")
    kept = min(len(data) // 3, 3)
    end = len(data) - kept
    return f"{{{_text(data[:kept])}...{_text(data[end:])}}}"


def _text(data: bytes) -> str:
    """UTF-8 as text; each byte of a character cut in two is a replacement character."""
    text = data.decode("utf-8", "surrogateescape")
    return re.sub("[\udc80-\udcff]", "\ufffd", text)
