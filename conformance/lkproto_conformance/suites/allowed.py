"""Differences of two testees that are not findings, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lkproto import ProtoError, find_message

from ..judging.equality import equal
from ..judging.messages import compare as compare_messages
from ..protocol import Reply

Args = dict[str, Any]
_FAULTS = frozenset(["malformed", "unknown_field", "out_of_range", "too_large"])
_DEPTH = ("nest", "deep", "recursion", "depth")


@dataclass(frozen=True, slots=True)
class Pair:
    """A request, and two answers to it."""

    op: str
    args: Args
    one: Reply
    other: Reply

    @property
    def accepted(self) -> bool:
        """Whether both are results."""
        return self.one.outcome == self.other.outcome == "ok"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A difference of answers to some operations: why it may be, and whether it is this one."""

    ops: tuple[str, ...]
    reason: str
    applies: Callable[[Pair], bool]


def _same_digits(pair: Pair) -> bool:
    """Whether two texts mean the same message."""
    name = pair.args["message"]
    found = find_message(name)
    if found is None or not pair.accepted:
        return False
    try:
        read = [found.from_json(each.body["json"]) for each in (pair.one, pair.other)]
    except (ProtoError, KeyError, TypeError):
        return False
    one, other = ({"output": each.to_bytes().hex()} for each in read)
    return not compare_messages(name, one, other)


def _both_refuse(pair: Pair) -> bool:
    refused = pair.one.outcome == pair.other.outcome == "reject"
    return refused and {pair.one.kind, pair.other.kind} <= _FAULTS


def _depth(pair: Pair) -> bool:
    refusals = [each for each in (pair.one, pair.other) if each.outcome == "reject"]
    texts = [str(each.body.get("message", "")).lower() for each in refusals]
    return len(refusals) == 1 and any(word in texts[0] for word in _DEPTH)


def _duplicates(pair: Pair) -> bool:
    """Whether members are skipped of a text in which a name comes again."""
    found = False

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        found = found or len({name for name, _ in members}) < len(members)
        return dict(members)

    try:
        json.loads(pair.args["json"], object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return False
    return found and bool(pair.args["ignore_unknown"])


def _own_words(pair: Pair) -> bool:
    if not pair.accepted:
        return False
    free = {**pair.one.body, "msg": None}
    return not equal(pair.op, pair.args, free, pair.other.body)


def _success(pair: Pair) -> bool:
    answers = {each.outcome: each for each in (pair.one, pair.other)}
    if answers.keys() != {"ok", "reject"}:
        return False
    return not answers["ok"].body.get("code")


ALLOWED = (
    Allowed(
        ("json.parse",),
        "a text with two faults is refused for either: which is met first is up to the reader",
        _both_refuse,
    ),
    Allowed(
        ("json.parse",),
        "a name that comes again among members that are skipped: Go does not look, others refuse",
        _duplicates,
    ),
    Allowed(
        ("wire.roundtrip", "json.parse", "json.print"),
        "how deep messages, groups and values may nest is a limit of each implementation: "
        "10,000 levels in Go, 100 in C++, Java, Python and lkproto",
        _depth,
    ),
    Allowed(
        ("json.print",),
        "a float may be written with more digits than it needs: 1.4013e-45 and 1e-45 are the same",
        _same_digits,
    ),
    Allowed(
        ("twirp.error",),
        "the words for an answer of an intermediary are those of each implementation",
        _own_words,
    ),
    Allowed(
        ("twirp.sip_status",),
        "a status of success is not an error: it may be refused, or give no code",
        _success,
    ),
)
"""What may differ."""


def allowed(pair: Pair) -> str:
    """Why two answers may differ; empty if they may not."""
    found = (each for each in ALLOWED if pair.op in each.ops and each.applies(pair))
    return next((each.reason for each in found), "")
