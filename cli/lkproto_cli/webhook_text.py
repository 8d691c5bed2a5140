"""Shows events and addresses. Whatever comes from outside is escaped before it is printed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from lkproto.livekit import WebhookEvent
from lkproto.stream_urls import redact_url

from .output import json_line, printable, text

_PLAIN = re.compile(r'[^\s"\\=]+')
_DIM, _BEGIN, _END, _OTHER, _RESET = (f"\x1b[{n}m" for n in (2, 32, 31, 36, 0))
_COLOURS = {
    **dict.fromkeys(("started", "joined", "published"), _BEGIN),
    **dict.fromkeys(("finished", "left", "aborted", "unpublished", "ended"), _END),
}


class Printer:
    """Prints events as they come: in words on a terminal, otherwise as JSON, one a line."""

    def __init__(self, out: TextIO, *, as_json: bool = False) -> None:
        self._out = out
        self._json = as_json or not out.isatty()
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        self._colours = not plain

    def show(self, event: WebhookEvent) -> None:
        """Print an event, now. Raises OSError."""
        line = json_line(event.to_dict()) if self._json else self._words(event)
        self._out.write(f"{line}\n")
        self._out.flush()

    def _words(self, event: WebhookEvent) -> str:
        parts = [f"{name}={_value(value)}" for name, value in _subjects(event)]
        when, name = _time(event.created_at), f"{_value(event.event):18}"
        if self._colours:
            last = event.event.rpartition("_")[2]
            when = f"{_DIM}{when}{_RESET}"
            name = f"{_COLOURS.get(last, _OTHER)}{name}{_RESET}"
        return f"{when}  {name}  {' '.join(parts)}".rstrip()


def _subjects(event: WebhookEvent) -> Iterator[tuple[str, str]]:
    """What an event is about, by the words for it."""
    if event.room is not None:
        yield "room", event.room.name or event.room.sid
    if event.participant is not None:
        yield "participant", event.participant.identity or event.participant.sid
    if event.track is not None:
        yield "track", event.track.sid
        yield "type", _name(event.track.type)
    if event.egress_info is not None:
        yield "egress", event.egress_info.egress_id
        yield "status", _name(event.egress_info.status)
    if event.ingress_info is not None:
        yield "ingress", event.ingress_info.ingress_id
        if event.ingress_info.state is not None:
            yield "status", _name(event.ingress_info.state.status)
    if event.job is not None:
        yield "job", event.job.id
    yield "id", event.id


def _name(value: Any) -> str:
    """An enum's value: its name, or its number where it has none."""
    return getattr(value, "name", None) or str(int(value))


def _value(words: str) -> str:
    """A text that is plainly one word as it is, any other in quotes."""
    if _PLAIN.fullmatch(words) and words.isprintable():
        return words
    return text(words)


def _time(seconds: int) -> str:
    return date(seconds) if seconds else f"{'no time':20}"


def date(seconds: float) -> str:
    """A time in seconds since 1970: `2026-01-01 06:00:00Z`."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}Z"
    except (OverflowError, ValueError, OSError):
        return f"{seconds:.0f}"


def shown_url(url: str) -> str:
    """A URL with `{...}` for its user name, password and values of its query, as in Go's logs."""
    return printable(redact_url(url))
