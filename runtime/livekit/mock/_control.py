# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What one request meets with: delays, failures, other answers.

It comes from a script (`MockLiveKit.script`), or from the header `X-Lk-Mock` of a request, which
LiveKit's test server has (cmd/test-server of livekit-server 1.13.5). Unlike that server, a header
that is wrong is an error and not ignored: a test would pass for another reason than it seems.
"""

from __future__ import annotations

from ._answers import DROPPED, Answer, twirp_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

HEADER = "X-Lk-Mock"
DAY = 86_400
"""The most seconds of a delay: systems have a limit for what can be waited."""
_ENVIRON = "HTTP_X_LK_MOCK"
_OLDER = "HTTP_X_LK_MOCK_"
# Seconds of a region whose failMode is "delay", which is deprecated but used.
_SILENCE = 30.0


class Control:
    """What one request meets with. Without anything in it, the answer is as always."""

    __slots__ = (
        "delay",
        "drop_after",
        "failure",
        "pinned",
        "regions_status",
        "response",
        "sip",
        "skip_auth",
    )

    def __init__(self) -> None:
        self.skip_auth = False
        self.pinned: tuple[str, ...] = ()
        """The regions that answer; none where all do."""
        self.delay: float | None = None
        """Seconds before the answer; None where the method says it."""
        self.sip: tuple[int, str] | None = None
        """The status of SIP that a dial ends with, and its text."""
        self.failure: Answer | None = None
        self.response: Any = None
        """A message, or ProtoJSON of one, to answer with."""
        self.drop_after = False
        """Whether the answer is lost."""
        self.regions_status = 200


NOTHING = Control()


class ControlError(ValueError):
    """A control that cannot be understood."""


def of_header(environ: Mapping[str, Any], region: int) -> Control | None:
    """The control in the header of a request, if it has one. Raises ControlError."""
    text = environ.get(_ENVIRON)
    for name in environ:
        if name.startswith(_OLDER):
            older = name[5:].replace("_", "-").title()
            raise ControlError(f"the header {older} is not supported; use {HEADER}")
    if not text:
        return None
    given = _given(text)
    control = Control()
    control.skip_auth = given.get("skipAuth", False)
    control.pinned = tuple(given.get("pinnedRegions", ()))
    if "delayMs" in given:
        control.delay = given["delayMs"] / 1000
    if sip := given.get("sipStatus"):
        control.sip = sip["code"], sip.get("status", "")
    if region in given.get("failRegions", ()):
        control.failure = _failure(given)
        if given.get("failMode") == "delay":
            control.delay = (control.delay or 0) + _SILENCE
    control.response = given.get("response")
    control.regions_status = given.get("regionsStatus") or 200
    return control


def _failure(given: dict[str, Any]) -> Answer:
    if given.get("failMode", "").lower() == "drop":
        return DROPPED
    return twirp_answer(given.get("failStatus") or 503, given.get("failTwirpCode", ""))


def _given(text: str) -> dict[str, Any]:
    """The fields of a header that are set. Raises ControlError."""
    from json import loads

    try:
        found: Any = loads(text)
    except (ValueError, RecursionError) as error:
        raise ControlError(f"the header {HEADER} is not JSON: {error}") from None
    if found.__class__ is not dict:
        raise ControlError(f"the header {HEADER} is not a JSON object")
    members: dict[str, Any] = found
    given = {name: value for name, value in members.items() if value is not None}
    for name, value in given.items():
        if name not in _FIELDS:
            from .._runtime.advice import did_you_mean

            hint = did_you_mean(name, _FIELDS)
            raise ControlError(f"the header {HEADER} has no field {name!r}{hint}")
        what, fits = _FIELDS[name]
        if not fits(value):
            raise ControlError(f"{name} of the header {HEADER} is not {what}")
    return given


def _is_whole(value: object) -> bool:
    return value.__class__ is int


def _is_text(value: object) -> bool:
    return value.__class__ is str


def _is_status(value: Any) -> bool:
    return _is_whole(value) and (value == 0 or 200 <= value < 600)


def _is_list(of: type) -> Callable[[Any], bool]:
    return lambda value: value.__class__ is list and all(
        each.__class__ is of for each in value
    )


def _is_sip(value: Any) -> bool:
    return (
        value.__class__ is dict
        and _is_sip_failure(value.get("code"))
        and isinstance(value.get("status", ""), str)
        and not value.keys() - {"code", "status"}
    )


def _is_sip_failure(code: Any) -> bool:
    return _is_whole(code) and 0 <= code < 1000 and not 200 <= code < 300


_MODES = ("status", "drop", "delay")
_STATUS = ("an HTTP status", _is_status)
_TEXT = ("text", _is_text)
_FIELDS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "failRegions": ("a list of indices of regions", _is_list(int)),
    "failMode": ('"status", "drop" or "delay"', lambda value: value in _MODES),
    "failStatus": _STATUS,
    "failTwirpCode": _TEXT,
    "delayMs": (
        "milliseconds, a day at most",
        lambda value: _is_whole(value) and 0 <= value <= DAY * 1000,
    ),
    "regionsStatus": _STATUS,
    "response": ("a JSON object", lambda value: value.__class__ is dict),
    "skipAuth": ("true or false", lambda value: value.__class__ is bool),
    "sipStatus": ('like {"code": 486, "status": "Busy Here"}', _is_sip),
    "pinnedRegions": ("a list of names of regions", _is_list(str)),
}
