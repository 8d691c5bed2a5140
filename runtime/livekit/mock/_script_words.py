# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The words of a script: which calls it is for, and what they meet with."""

from __future__ import annotations

from .._runtime.advice import did_you_mean
from .._runtime.message import Message
from .._runtime.twirp import TwirpCode
from ._answers import DROPPED, TEXT, Answer, twirp_answer
from ._control import DAY, Control

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from .._runtime.reflection.services import Method

ANY = "*"
REGIONS = "regions"
"""What stands for `GET /settings/regions` in place of a method."""
DIALS = ("livekit.SIP/CreateSIPParticipant", "livekit.SIP/TransferSIPParticipant")


def named(methods: Mapping[str, Method], name: str) -> list[str]:
    """The paths of the methods that a name means, in any of its forms. Raises ValueError.

    They are `livekit.RoomService/CreateRoom`, `RoomService/CreateRoom`, `CreateRoom`; a service
    without a method means all of it, and `*` all methods.
    """
    if name == ANY:
        return list(methods)
    if name == REGIONS:
        return [REGIONS]
    found = [path for path in methods if name in _forms(path)]
    if not found:
        known = {form for path in methods for form in _forms(path)}
        raise ValueError(f"there is no method {name!r}{did_you_mean(name, known)}")
    return found


def _forms(path: str) -> tuple[str, ...]:
    service, _, method = path.partition("/")
    simple = service.rpartition(".")[2]
    return path, f"{simple}/{method}", method, service, simple


def control_of(
    paths: Collection[str],
    methods: Mapping[str, Method],
    *,
    status: int | None,
    code: TwirpCode | str | None,
    msg: str,
    meta: Mapping[str, str] | None,
    body: str | bytes | None,
    content_type: str,
    drop: str | None,
    response: Any,
    sip_status: int | tuple[int, str] | None,
) -> Control:
    """What calls meet with. Raises ValueError and TypeError for words that do not fit."""
    is_error = code is not None or (status is not None and body is None)
    _check_one(drop, is_error or None, body, response, sip_status)
    _check_parts(is_error, msg, meta, body, content_type)
    control = Control()
    if is_error:
        control.failure = _error(status, code, msg, meta)
    elif body is not None:
        control.failure = _page(status, body, content_type)
    elif drop is not None:
        _set_drop(control, drop)
    elif sip_status is not None:
        control.sip = _sip(sip_status, paths)
    elif response is not None:
        meant = [methods[each] for each in paths if each in methods]
        control.response = _response(response, meant)
    return control


def limits(
    number: int,
    times: int | None,
    regions: Collection[int] | None,
    delay: float | None,
    pinned: Collection[str],
) -> None:
    """Check what a script is limited to, of a mock with a number of regions.

    Raises ValueError and TypeError.
    """
    if times is not None and times < 1:
        raise ValueError(f"times is a number of calls, from 1, not {times!r}")
    if delay is not None and not 0 <= delay <= DAY:
        raise ValueError(f"delay is seconds, up to a day, not {delay!r}")
    if isinstance(pinned, str):
        raise TypeError(f"pinned_regions is a list of names: write [{pinned!r}]")
    for each in regions or ():
        if each not in range(number):
            raise ValueError(f"there is no region {each!r}; there are {number}, from 0")


def _check_one(*ends: object) -> None:
    names = ("drop", "status or code", "body", "response", "sip_status")
    found = [name for name, end in zip(names, ends, strict=True) if end is not None]
    if len(found) > 1:
        raise ValueError(f"a call ends in one way, not by {' and '.join(found)}")


def _check_parts(
    is_error: bool,
    msg: str,
    meta: Mapping[str, str] | None,
    body: str | bytes | None,
    content_type: str,
) -> None:
    if (msg or meta) and not is_error:
        raise ValueError("msg and meta belong to an error: give its code or status")
    if content_type and body is None:
        raise ValueError("content_type belongs to a body")


def _page(status: int | None, body: str | bytes, content_type: str) -> Answer:
    data = body if isinstance(body, bytes) else body.encode()
    found = 200 if status is None else _checked(status)
    return Answer(found, content_type or TEXT, data)


def _error(
    status: int | None, code: str | None, msg: str, meta: Mapping[str, str] | None
) -> Answer:
    if code is None:
        assert status is not None
        return twirp_answer(_checked(status), "", msg, meta)
    try:
        known = TwirpCode(code)
    except ValueError:
        hint = did_you_mean(code, [each.value for each in TwirpCode])
        raise ValueError(
            f"{code!r} is not a code of Twirp{hint or '; give a body for other answers'}"
        ) from None
    found = known.http_status if status is None else _checked(status)
    return twirp_answer(found, known, msg, meta)


def _checked(status: int) -> int:
    if status.__class__ is not int or not 200 <= status < 600:
        raise ValueError(
            f"status is that of an answer, from 200 to 599, not {status!r}"
        )
    return status


def _set_drop(control: Control, drop: str) -> None:
    if drop == "before":
        control.failure = DROPPED
    elif drop == "after":
        control.drop_after = True
    else:
        raise ValueError(f"drop is 'before' or 'after', not {drop!r}")


def _sip(given: int | tuple[int, str], paths: Collection[str]) -> tuple[int, str]:
    code, text = given if isinstance(given, tuple) else (given, "")
    if not any(each in DIALS for each in paths):
        dials = " and ".join(each.partition("/")[2] for each in DIALS)
        raise ValueError(f"sip_status is for {dials}, which dial")
    if 200 <= code < 300:
        raise ValueError(f"sip_status {int(code)} is success; leave it out")
    return int(code), text


def _response(given: Any, methods: list[Method]) -> Any:
    """A message, or what makes one of each method's class."""
    if not methods:
        raise ValueError(
            "response is for methods; the regions are given to MockLiveKit"
        )
    for method in methods:
        cls = method.output_type
        if isinstance(given, Message):
            if given.__class__ is not cls:
                raise TypeError(
                    f"{method.path} answers with {cls.__qualname__}, not "
                    f"{given.__class__.__qualname__}; name the method that is meant"
                )
        else:
            cls.from_dict(given)
    return given
