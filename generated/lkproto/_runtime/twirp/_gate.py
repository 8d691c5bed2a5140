# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a server refuses before a method is called: bodies too long, too many calls, the end."""

from __future__ import annotations

from ._codes import TwirpCode
from ._errors import TwirpError

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from ._limits import TwirpLimits

# Bytes of a body that are read only to be dropped, as by Go's server.
MOST_DROPPED = 256 << 10


class Gate:
    """What a server takes on, and whether it still does."""

    __slots__ = ("closing", "limits")

    def __init__(self, limits: TwirpLimits) -> None:
        self.limits = limits
        self.closing = False

    def admit(self, length: str | bytes, calls: int) -> None:
        """Let a call in, by its Content-Length and how many are there with it.

        Raises TwirpError.
        """
        limits = self.limits
        if self.closing:
            raise TwirpError(TwirpCode.UNAVAILABLE, "the server is shutting down")
        if limits.concurrency is not None and calls > limits.concurrency:
            raise TwirpError(TwirpCode.UNAVAILABLE, "the server has too many calls now")
        if length and length_of(length) > limits.max_body:
            raise _too_long(limits.max_body)

    def drops(self, length: str | bytes) -> bool:
        """Whether to read a body, of an unknown length or a known one, that nobody wants.

        A server would have to close the connection, and might lose the answer with it.
        """
        most = min(self.limits.max_body, MOST_DROPPED)
        return not length or (_is_length(length) and int(length) <= most)

    def check_size(self, size: int) -> None:
        """Raise TwirpError for a body that is too long."""
        if size > self.limits.max_body:
            raise _too_long(self.limits.max_body)


def _too_long(most: int) -> TwirpError:
    text = f"the request is longer than {most} bytes"
    return TwirpError(TwirpCode.RESOURCE_EXHAUSTED, text)


def length_of(declared: str | bytes) -> int:
    """A Content-Length. Raises TwirpError for what is not one."""
    if not _is_length(declared):
        raise TwirpError(TwirpCode.MALFORMED, "the Content-Length is not a length")
    return int(declared)


def _is_length(text: str | bytes) -> bool:
    return text.isdigit() and text.isascii() and len(text) < 19


def relative(path: str, mount: str) -> str:
    """A path from where the application is mounted; servers may have taken that off already."""
    for each in (mount, mount.rstrip("/")):
        rest = path.removeprefix(each)
        if len(rest) < len(path) and rest[:1] in ("", "/"):
            return rest
    return path
