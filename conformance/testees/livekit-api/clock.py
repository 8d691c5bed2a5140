"""The time that a request gives, in the place of this machine's; and ids that do not change.

The libraries read `datetime.now` and `time.time`, and put random ids into requests, which would
make each run differ. They are replaced before any library is imported, because some keep what
they import by name.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager

_real_time = time.time
_stopped: list[float] = []


def _time() -> float:
    return _stopped[-1] if _stopped else _real_time()


class _Datetime(dt.datetime):
    """A `datetime` whose `now` is the request's."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> _Datetime:
        return cls.fromtimestamp(_time(), tz)

    @classmethod
    def utcnow(cls) -> _Datetime:
        return cls.fromtimestamp(_time(), dt.UTC).replace(tzinfo=None)


time.time = _time
dt.datetime = _Datetime  # type: ignore[misc]
uuid.uuid4 = lambda: uuid.UUID("00000000-0000-4000-8000-000000000000")


@contextmanager
def at(now: float | None) -> Generator[None]:
    """Stop the time; None lets it run."""
    if now is None:
        yield
        return
    _stopped.append(now)
    try:
        yield
    finally:
        _stopped.pop()
