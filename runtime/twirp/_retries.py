"""When a call is tried again, and after which time."""

from __future__ import annotations

from time import monotonic

from ._codes import TwirpCode

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._calls import TwirpCall
    from ._errors import TwirpError

# Seconds: the first wait is up to the base, each further one up to twice the one before.
BASE, LONGEST = 0.2, 5.0
_AGAIN = frozenset({502, 503, 504})
_LOGGER = "lkproto.twirp"


class Attempts:
    """Counts the attempts of a call.

    What has certainly not been sent is tried again for every method. What may have arrived is tried
    again only for idempotent ones, where no answer came, or one that says to try again: 502, 503,
    504, `unavailable`, or 429 with a time. An answer about a SIP call is final.
    """

    __slots__ = ("_call", "_done", "_idempotent", "_most")

    def __init__(self, call: TwirpCall) -> None:
        self._call = call
        self._most = call.retries
        idempotent = call.options.idempotent
        self._idempotent = call.method.idempotent if idempotent is None else idempotent
        self._done = 0

    def wait(self, error: TwirpError) -> float:
        """The seconds to wait after a failed attempt. Raises the error if it is the last one."""
        self._done += 1
        if self._done > self._most or not self._can_be_repeated(error):
            raise error
        from random import random  # late: most calls do not fail

        most: float = min(BASE * 2 ** (self._done - 1), LONGEST)
        wait = random() * most  # noqa: S311 - no secret
        wait = max(wait, error.retry_after or 0.0)
        if monotonic() + wait >= (self._call.deadline or 0.0):
            raise error
        _log(self._call, error, self._done, wait)
        return wait

    def _can_be_repeated(self, error: TwirpError) -> bool:
        if not error.sent:
            return True
        if not self._idempotent or "sip_status_code" in error.meta:
            return False
        if error.status is None:
            return error.code is TwirpCode.UNAVAILABLE
        if error.status == 429:
            return error.retry_after is not None
        return error.status in _AGAIN or error.code is TwirpCode.UNAVAILABLE


def _log(call: TwirpCall, error: TwirpError, attempt: int, wait: float) -> None:
    from logging import getLogger

    text = "%s: attempt %d failed with %s (HTTP %s); trying again in %.2f s"
    status = error.status or "-"
    getLogger(_LOGGER).warning(
        text, call.method.path, attempt, error.code, status, wait
    )
