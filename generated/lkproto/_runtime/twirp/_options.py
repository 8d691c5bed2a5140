# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a caller may want for one call, and how a client is set up."""

from __future__ import annotations

from ._calls import HiddenHeaders

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..message import Message

_YEAR = 366 * 24 * 3600  # systems have a limit for what a socket can wait
_FACE = __name__.rpartition(".")[0]
# Those are Twirp's own.
_RESERVED = frozenset({"accept", "content-type", "twirp-version"})


class CallOptions:
    """What is special about one call; None is what the client has.

    `timeout` is for the whole call, retries included, in seconds. `headers` are sent in addition
    to the client's. `retries` says how often it is tried again, and `idempotent` whether it may
    be where the first try could have arrived. `grants` is for clients that make a token for each
    call, such as LiveKitAPI: what that of this one grants; others refuse it. Raises ValueError for
    values that cannot be.
    """

    __module__ = _FACE
    __slots__ = ("grants", "headers", "idempotent", "retries", "timeout")

    def __init__(
        self,
        *,
        timeout: float | None = None,
        headers: Mapping[str, str] | None = None,
        retries: int | None = None,
        idempotent: bool | None = None,
        grants: Message | None = None,
    ) -> None:
        self.timeout = None if timeout is None else check_timeout(timeout)
        self.headers: Mapping[str, str] = check_headers(headers or {})
        self.retries = None if retries is None else check_retries(retries)
        self.idempotent = idempotent
        self.grants = grants

    def __repr__(self) -> str:
        given = {name: getattr(self, name) for name in self.__slots__}
        told = (f"{name}={value!r}" for name, value in given.items() if value)
        return f"<CallOptions {', '.join(told)}>"


def check_timeout(timeout: float) -> float:
    """A timeout in seconds. Raises ValueError for one that is not above 0, or above a year."""
    if not 0 < timeout <= _YEAR:
        raise ValueError(
            f"a timeout is a number of seconds above 0, up to a year, not {timeout!r}"
        )
    return timeout


def check_retries(retries: int) -> int:
    """A number of retries. Raises ValueError."""
    if retries.__class__ is not int or retries < 0:
        raise ValueError(f"retries are a whole number, 0 or more, not {retries!r}")
    return retries


def check_headers(headers: Mapping[str, str]) -> HiddenHeaders:
    """Headers to send. Raises ValueError for those that Twirp sets itself."""
    for name in headers:
        if name.lower() in _RESERVED:
            raise ValueError(f"the header {name} is set by Twirp itself")
    return HiddenHeaders(headers)


def joined(headers: Mapping[str, str], more: Mapping[str, str]) -> HiddenHeaders:
    """Headers and more of them, which replace those of the same name, in any case."""
    found = HiddenHeaders(headers)
    for name, value in more.items():
        found[name] = value
    return found


NO_OPTIONS = CallOptions()
