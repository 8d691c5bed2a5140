"""Values of runs of a notifier: times, URLs, keys of events, generated ids, and secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, unquote, urlsplit

from ..values import is_list, is_object

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
_NEVER = "0001-01-01T00:00:00Z"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - pyright's stubs
_GENERATED = re.compile(r"EV_[2-9A-HJ-NP-Za-km-z]{12}")
_PLACE = re.compile(r"EV_\?{11}[0-9]")
_OF_ID = "EV_ and 12 characters"
_SHORT = 4
"""Texts of fewer characters are not looked for: they may be anywhere."""

_SUBJECTS = (
    ("egressInfo", "egressId"),
    ("ingressInfo", "ingressId"),
    ("room", "name"),
    ("participant", "identity"),
    ("track", "sid"),
)


def event_key(event: dict[str, Any]) -> str:
    """The key whose events keep their order; `event` is ProtoJSON in camelCase."""
    for subject, name in _SUBJECTS:
        if is_object(found := event.get(subject)):
            return str(found.get(name, ""))
    return "default"


def milliseconds(time: object) -> float | None:
    """Milliseconds since 1970 of a timestamp; None for no time, and for Go's zero time."""
    if time is None or time == _NEVER:
        return None
    found = _TIME.fullmatch(str(time))
    if not found:
        return float("nan")
    try:
        whole = datetime.fromisoformat(found[1] + "+00:00") - _EPOCH
    except ValueError:
        return float("nan")
    return whole.total_seconds() * 1000 + float(f"0.{found[2] or 0}") * 1000


def nanoseconds(duration: object) -> int | None:
    """A 64-bit integer of ProtoJSON; an absent one is 0; None where there is another text."""
    try:
        return int(str(duration or 0))
    except ValueError:
        return None


def without_user(url: object) -> str:
    """A URL as its endpoint sees it: without user and fragment, with a path."""
    text = str(url)
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl()


def _is_made(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(_GENERATED.fullmatch(value))


class Ids:
    """Ids that a notifier made, by their places in the expectation."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def bound(
        self, expected: dict[str, Any], member: str, got: dict[str, Any]
    ) -> dict[str, Any]:
        """The expectation with the id that was found in its place, if it can be that one."""
        place, found = expected.get(member), got.get(member)
        if not isinstance(place, str) or not _PLACE.fullmatch(place):
            return expected
        if _is_made(found) and found not in self._found.values():
            self._found.setdefault(place, found)
        return {**expected, member: self._found.get(place, _OF_ID)}

    def known(self, name: str) -> str:
        """The id of a place, once it was found."""
        return self._found.get(name, name)


def secrets_of(args: dict[str, Any]) -> set[str]:
    """Texts that no message may show: secrets, and users, passwords and query values of URLs."""
    hidden = set(args["keys"].values())
    hidden |= {step["secret"] for step in args["script"] if step["op"] == "set_keys"}
    for url in _urls(args):
        parts = urlsplit(url)
        user = parts.netloc.rpartition("@")[0]
        hidden |= {user, *user.split(":", 1)}
        hidden |= {value for _, value in parse_qsl(parts.query)}
        hidden |= {each.partition("=")[2] for each in parts.query.split("&")}
    hidden |= {unquote(each) for each in hidden}
    return {each for each in hidden if len(each) >= _SHORT}


def _urls(args: dict[str, Any]) -> Iterator[str]:
    yield from args["endpoints"]
    urls = args["config"].get("urls")
    yield from urls if is_list(urls) else ()
    for step in args["script"]:
        yield from (each["url"] for each in step.get("extra", ()))
