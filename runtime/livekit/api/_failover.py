# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Failover of LiveKit Cloud: where the attempts of a call go, and when it ends. It does no I/O.

As livekit-api 1.2.2 (_failover.py, twirp_client.py) and server-sdk-go (failover.go), and for
region pins as cmd/test-server of livekit-server 1.13.5 says.
"""

from __future__ import annotations

from functools import lru_cache
from time import monotonic

from .._runtime.http._urls import target_of
from .._runtime.twirp import TwirpCode
from ..call_errors import SipCallError
from . import _regions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._runtime.http import Request, Response, TransportError
    from .._runtime.twirp import TwirpCall, TwirpError

ATTEMPTS = 3
"""How often a call is sent at most, the first time included."""
BACKOFF = 0.2
"""Seconds before the second attempt, doubled for each further one."""
SHORTEST = 5.0
"""Seconds: calls with less time have one attempt, so that not all of them move at once."""
_PINNED = 451
_LOGGER = "lkproto.api"


@lru_cache(256)
def home_of(base: str) -> str:
    """The origin of a host that has failover; empty for all others."""
    host = target_of(base).host.lower().rstrip(".")
    is_cloud = host.endswith(".livekit.cloud") or is_cloud_api(host)
    return _regions.origin_of(base) if is_cloud else ""


def is_cloud_api(host: str) -> bool:
    """Whether a host is that of LiveKit Cloud's own API, which has no regions."""
    return host.startswith("cloud-api.") and host.endswith(".livekit.io")


def more_attempts(call: TwirpCall, timeout: float) -> int:
    """How many attempts may follow the first one of a call, instead of its retries."""
    retries, call.retries = call.retries, 0
    return min(retries, ATTEMPTS - 1) if timeout >= SHORTEST else 0


class Course:
    """Where one call of LiveKit Cloud goes; a new one for each call.

    Whoever drives it sends the call, and where that fails asks the question, if there is one, has
    the answer learned, and turns. A region pin, 451, turns any call, at once.
    """

    __slots__ = ("_call", "_dials", "_done", "_home", "_more", "_regions", "_time")

    def __init__(self, call: TwirpCall, home: str, more: int, dials: bool) -> None:
        """`more` attempts may follow the first; `dials` says that the call waits for a phone."""
        self._call = call
        self._home = home
        self._more = more
        self._dials = dials
        self._time = call.time_left() or 0.0
        self._done: list[str] = []
        self._regions: tuple[str, ...] | None = None

    def question(self, error: TwirpError) -> Request | None:
        """What has to be asked before the call goes elsewhere. Raises the error if it does not."""
        self._done.append(_regions.origin_of(self._call.base))
        pinned = error.status == _PINNED
        if not (len(self._done) < ATTEMPTS if pinned else self._may_go_on(error)):
            raise error
        if is_cloud_api(target_of(self._home).host):
            self._regions = ()
        elif pinned:  # the list is older than the pin
            self._regions = None
        elif self._regions is None:
            self._regions = _regions.fresh(self._home)
        if self._regions is not None:
            return None
        return _regions.question(self._home, self._call.headers)

    def learn(self, answer: Response | TransportError) -> None:
        """Take the answer to the question."""
        self._regions = _regions.learned(self._home, answer)

    def turn(self, error: TwirpError) -> float:
        """Send the call elsewhere: the seconds to wait first. Raises the error if it cannot go."""
        call, pinned = self._call, error.status == _PINNED
        untried = (each for each in self._regions or () if each not in self._done)
        other = next(untried, None)
        if other is not None:
            call.base = f"{other}/twirp/"
        elif pinned:
            raise error
        wait = 0.0 if pinned else BACKOFF * 2 ** (len(self._done) - 1)
        call.deadline = monotonic() + wait + self._time
        self._log(error, other or self._done[-1], wait)
        return wait

    def _may_go_on(self, error: TwirpError) -> bool:
        """Whether an attempt may follow one that failed so."""
        if len(self._done) > self._more or isinstance(error, SipCallError):
            return False
        if not error.sent:
            return True
        lost = error.__cause__ is not None  # there was no answer, or not all of it
        if self._dials and (lost or error.from_intermediary):
            return False  # the phone may be ringing
        status = error.status or 0
        return status >= 500 or (
            lost and status < 400 and error.code is not TwirpCode.RESOURCE_EXHAUSTED
        )

    def _log(self, error: TwirpError, other: str, wait: float) -> None:
        from logging import getLogger

        text = "%s: attempt %d at %s failed with %s (HTTP %s); trying %s in %.2f s"
        getLogger(_LOGGER).warning(
            text,
            self._call.method.path,
            len(self._done),
            self._done[-1],
            error.code,
            error.status or "-",
            other,
            wait,
        )
