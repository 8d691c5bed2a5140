"""Checks the shape of a run of a notifier, before it is compared: a testee may send anything."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from ..values import is_list, is_object

Check = Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return type(value) is int


def _base64(value: object) -> bool:
    try:
        base64.b64decode(str(value), validate=True)
    except ValueError:
        return False
    return isinstance(value, str)


_ATTEMPT: dict[str, Check] = {
    "at_ms": _number,
    **dict.fromkeys(["url", "http_method", "authorization"], _text),
    **dict.fromkeys(["content_type", "user_agent"], _text),
    "body_b64": _base64,
}
_RETURNED: dict[str, Check] = {"kind": _text, "message": _text}
_UNDELIVERED: dict[str, Check] = {"url": _text, "event_id": _text}


def _counts(value: object) -> bool:
    if value is None:
        return True
    if not is_object(value) or value.keys() != {"success", "failure", "dropped"}:
        return False
    dropped = value["dropped"]
    numbers = [value["success"], value["failure"]]
    return is_object(dropped) and all(map(_number, [*numbers, *dropped.values()]))


_MEMBERS: dict[str, Check] = {
    "attempts": lambda each: _members(each, _ATTEMPT),
    "returned": lambda each: each is None or _members(each, _RETURNED),
    "processed": is_object,
    "stop_ms": lambda each: each is None or _number(each),
    "undelivered": lambda each: _members(each, _UNDELIVERED),
}


def _members(value: object, checks: dict[str, Check]) -> bool:
    return (
        is_object(value)
        and value.keys() == checks.keys()
        and all(check(value[name]) for name, check in checks.items())
    )


def misshapen(got: Any) -> str:
    """What is not as a run has to be; empty if nothing is."""
    return next(_problems(got), "")


def _problems(got: Any) -> Iterator[str]:
    names = {*_MEMBERS, "counts"}
    if not is_object(got) or got.keys() != names:
        yield f"$: not an object of {', '.join(sorted(names))}"
        return
    for name, check in _MEMBERS.items():
        if not is_list(got[name]):
            yield f"$.{name}: not a list"
            return
        for at, each in enumerate(got[name]):
            if not check(each):
                yield f"$.{name}[{at}]: not what such a list holds"
    if not _counts(got["counts"]):
        yield "$.counts: neither null nor {success, failure, dropped}"
