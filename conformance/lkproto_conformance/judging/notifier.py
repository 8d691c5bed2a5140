"""Compares runs of a notifier.

Times may differ by 2 ms. Order counts only among what has the same URL and the same key of an
event. Tokens are verified, not compared; bodies are compared as JSON; texts of errors have to be
there, and to hold no secret.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..values import is_object
from . import notifier_tokens
from .equality import difference
from .notifier_shapes import misshapen
from .notifier_values import (
    Ids,
    event_key,
    milliseconds,
    nanoseconds,
    secrets_of,
    without_user,
)

TOLERANCE_MS = 2
MAX_MORE = 1_000
"""Attempts above the expected ones; each token is looked for in each text."""
_EXACT = ("http_method", "content_type", "user_agent")
_TIMES = ("createdAt", "queuedAt", "sentAt")
_DURATIONS = ("queueDurationNs", "sendDurationNs")

Run = dict[str, Any]
KeyOf = Callable[[Run], tuple[str, str]]
Compared = Callable[[str, Run, Run], Iterator[str]]
Groups = dict[tuple[str, str], list[tuple[int, Run]]]


def compare(args: Run, expected: Run, got: Any) -> str:
    """The first difference of two runs, as `$.path: …`; empty if there is none."""
    if problem := misshapen(got):
        return problem
    many, wanted = len(got["attempts"]), len(expected["attempts"])
    if many > wanted + MAX_MORE:
        return f"$.attempts: {many}, not {wanted}"
    return next(_Comparison(args, expected, got).differences(), "")


class _Comparison:
    """Two runs of one script."""

    def __init__(self, args: Run, expected: Run, got: Run) -> None:
        self.args, self.expected, self.got = args, expected, got
        self.ids = Ids()
        self.hidden = secrets_of(args) | {
            each["authorization"] for each in got["attempts"] if each["authorization"]
        }
        self.keys = {
            step["event"]["id"]: event_key(step["event"])
            for step in args["script"]
            if step["op"] == "queue" and "id" in step["event"]
        }

    def differences(self) -> Iterator[str]:
        yield from self._returned()
        yield from self._grouped("attempts", self._of_attempt, self._attempt)
        yield from self._grouped("processed", self._of_info, self._info)
        yield from self._stops()
        yield from self._undelivered()
        yield from self._counts()

    def _returned(self) -> Iterator[str]:
        expected, got = self.expected["returned"], self.got["returned"]
        if len(expected) != len(got):
            yield f"$.returned: {len(got)} items, not {len(expected)}"
            return
        for at, (one, other) in enumerate(zip(expected, got, strict=True)):
            kinds = [each and each["kind"] for each in (one, other)]
            if kinds[0] != kinds[1]:
                yield f"$.returned[{at}]: {kinds[1]}, not {kinds[0]}"
            elif other:
                yield from self._text(f"$.returned[{at}].message", other["message"])

    def _text(self, where: str, text: str) -> Iterator[str]:
        """What is wrong with the text of an error."""
        if not text:
            yield f"{where}: no text"
        if any(each in text for each in self.hidden):
            yield f"{where}: shows a secret, a token, or a part of a URL that is one"

    def _grouped(self, member: str, key_of: KeyOf, compared: Compared) -> Iterator[str]:
        """Compare what has the same URL and key, in order."""
        expected, got = (
            _groups(run[member], key_of) for run in (self.expected, self.got)
        )
        for key in sorted(expected.keys() | got.keys()):
            ones, others = expected.get(key, []), got.get(key, [])
            if len(ones) != len(others):
                about = f"for {key[0]} and the key {key[1]!r}"
                yield f"$.{member}: {len(others)} {about}, not {len(ones)}"
                return
            for (_, one), (at, other) in zip(ones, others, strict=True):
                yield from compared(f"$.{member}[{at}]", one, other)

    def _of_attempt(self, attempt: Run) -> tuple[str, str]:
        body = _json(attempt)
        key = event_key(body) if is_object(body) else ""
        if is_object(body) and isinstance(body.get("id"), str):
            self.keys[body["id"]] = key
        return without_user(attempt["url"]), key

    def _attempt(self, where: str, expected: Run, got: Run) -> Iterator[str]:
        if not _near(expected["at_ms"], got["at_ms"]):
            yield f"{where}.at_ms: {got['at_ms']}, not {expected['at_ms']}"
        for name in _EXACT:
            if expected[name] != got[name]:
                yield f"{where}.{name}: {got[name]!r}, not {expected[name]!r}"
        wanted, body = _json(expected), _json(got)
        if is_object(wanted) and is_object(body):
            wanted = self.ids.bound(wanted, "id", body)
        if found := difference(wanted, body, f"{where}.body"):
            yield found
        if found := notifier_tokens.difference(
            self.args, expected, got, self._bodies()
        ):
            yield f"{where}.authorization: {found}"

    def _bodies(self) -> list[bytes]:
        return [base64.b64decode(each["body_b64"]) for each in self.got["attempts"]]

    def _of_info(self, info: Run) -> tuple[str, str]:
        name = str(info.get("eventId", ""))
        return without_user(info.get("url", "")), self.keys.get(name, name)

    def _info(self, where: str, expected: Run, got: Run) -> Iterator[str]:
        expected = self.ids.bound(expected, "eventId", got)
        for name in _TIMES:
            if not _near(*(milliseconds(each.get(name)) for each in (expected, got))):
                yield f"{where}.{name}: {got.get(name)}, not {expected.get(name)}"
        for name in _DURATIONS:
            one, other = (nanoseconds(each.get(name)) for each in (expected, got))
            if other is None or abs((one or 0) - other) > TOLERANCE_MS * 1_000_000:
                yield f"{where}.{name}: {got.get(name)}, not {expected.get(name)}"
        error = str(got.get("sendError", ""))
        if bool(expected.get("sendError")) != bool(error):
            yield f"{where}.sendError: {error!r}, not {expected.get('sendError', '')!r}"
        if error:
            yield from self._text(f"{where}.sendError", error)
        if found := difference(_rest(expected), _rest(got), where):
            yield found

    def _stops(self) -> Iterator[str]:
        expected, got = self.expected["stop_ms"], self.got["stop_ms"]
        if len(expected) != len(got) or not all(map(_near, expected, got)):
            yield f"$.stop_ms: {got}, not {expected}"

    def _undelivered(self) -> Iterator[str]:
        sides: list[list[tuple[str, str]]] = []
        for run in (self.expected, self.got):
            listed = run["undelivered"]
            sides.append(
                sorted(
                    (without_user(each["url"]), self.ids.known(each["event_id"]))
                    for each in listed
                )
            )
        if sides[0] != sides[1]:
            yield f"$.undelivered: {sides[1]}, not {sides[0]}"

    def _counts(self) -> Iterator[str]:
        expected, got = self.expected["counts"], self.got["counts"]
        if got is None or expected is None:
            return
        if found := difference(_counted(expected), _counted(got), "$.counts"):
            yield found


def _groups(items: list[Run], key_of: KeyOf) -> Groups:
    found: Groups = {}
    for at, each in enumerate(items):
        found.setdefault(key_of(each), []).append((at, each))
    return found


def _near(expected: float | None, got: float | None) -> bool:
    if expected is None or got is None:
        return expected is got
    return abs(expected - got) <= TOLERANCE_MS


def _json(attempt: Run) -> Any:
    """The body of an attempt as a value; a text if it is not JSON."""
    try:
        text = base64.b64decode(attempt["body_b64"]).decode()
        return json.loads(text) if text else ""
    except (ValueError, RecursionError):
        return attempt["body_b64"]


def _rest(info: Run) -> Run:
    """The members of a record that have to be equal."""
    rest = {name: value for name, value in info.items() if value}
    for name in (*_TIMES, *_DURATIONS, "sendError"):
        rest.pop(name, None)
    return {**rest, "url": without_user(rest.get("url", ""))}


def _counted(counts: Mapping[str, Any]) -> Run:
    dropped = {reason: number for reason, number in counts["dropped"].items() if number}
    return {**counts, "dropped": dropped}
