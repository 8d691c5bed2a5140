# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The connections of an API that was given no transport: opened when they are used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._runtime.http import AsyncTransport, Request, Response, Transport


class Connections:
    """The default transport, made at the first request, and after it was closed at the next."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: Transport | None = None

    def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        return (self._made or self._make()).send(request)

    def close(self) -> None:
        """Close what is open."""
        made, self._made = self._made, None
        if made is not None:
            made.close()

    def _make(self) -> Transport:
        from .._runtime.http import default_transport

        self._made = made = default_transport()
        return made


class AsyncConnections:
    """The same for asyncio."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: AsyncTransport | None = None

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        return await (self._made or self._make()).send(request)

    async def aclose(self) -> None:
        """Close what is open."""
        made, self._made = self._made, None
        if made is not None:
            await made.aclose()

    def _make(self) -> AsyncTransport:
        from .._runtime.http import default_async_transport

        self._made = made = default_async_transport()
        return made
