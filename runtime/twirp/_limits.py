"""What a server takes on."""

from __future__ import annotations

_FACE = __name__.rpartition(".")[0]
_MAX_BODY = 10 << 20


class TwirpLimits:
    """The limits of a server.

    `max_body`: bytes of a request's body. A longer one is refused with `resource_exhausted`, by its
    Content-Length before any of it is read, else while it is read.

    `timeout`: seconds that a call may take, its body included; None for any time. What the caller
    wants (`X-Twirp-Timeout-Ms`) can only make it shorter. Under ASGI, a call that takes longer is
    cancelled and answered with `deadline_exceeded`. A method in a thread cannot be cancelled: it
    runs on, and should look at `context.time_left()`.

    `concurrency`: calls at a time; None for any number. One more is refused with `unavailable`.

    `threads`: under ASGI, how many methods that are plain functions run at a time.

    `grace`: seconds that a shutdown waits for calls that are being answered.

    Raises ValueError for values that cannot be.
    """

    __module__ = _FACE
    __slots__ = ("concurrency", "grace", "max_body", "threads", "timeout")

    def __init__(
        self,
        *,
        max_body: int = _MAX_BODY,
        timeout: float | None = None,
        concurrency: int | None = None,
        threads: int = 40,
        grace: float = 30.0,
    ) -> None:
        self.max_body = _at_least(0, "max_body", max_body)
        self.timeout = timeout
        self.concurrency = concurrency
        self.threads = _at_least(1, "threads", threads)
        self.grace = grace
        if timeout is not None and not 0 < timeout < float("inf"):
            raise ValueError(f"timeout has to be above 0 seconds, not {timeout!r}")
        if concurrency is not None:
            _at_least(1, "concurrency", concurrency)
        if not 0 <= grace < float("inf"):
            raise ValueError(f"grace has to be 0 seconds or more, not {grace!r}")

    def __repr__(self) -> str:
        values = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"TwirpLimits({', '.join(values)})"


def _at_least(least: int, name: str, value: int) -> int:
    if value.__class__ is not int or value < least:
        raise ValueError(
            f"{name} has to be a whole number, {least} or more, not {value!r}"
        )
    return value
