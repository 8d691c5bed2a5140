# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What a transport is, for those who write one and for checkers."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from ._protocol import Request, Response

_FACE = __name__.rpartition(".")[0]

Reason = Literal["connect", "tls", "timeout", "closed", "protocol", "too_large"]
"""Why there is no answer."""


@runtime_checkable
class Transport(Protocol):
    """Sends requests. It follows no redirects, repeats nothing and keeps no cookies."""

    def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


@runtime_checkable
class AsyncTransport(Protocol):
    """Sends requests, for asyncio. It does as little of its own accord as `Transport`."""

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        ...

    async def aclose(self) -> None:
        """Close what was opened."""
        ...


Transport.__module__ = AsyncTransport.__module__ = _FACE
