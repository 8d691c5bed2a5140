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
        self._made: dict[str, Transport] = {}

    def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        return (self._made.get("") or self._make()).send(request)

    def close(self) -> None:
        """Close what is open."""
        made = self._made.pop("", None)
        if made is not None:
            made.close()

    def _make(self) -> Transport:
        from .._runtime.http import default_transport

        # One step, so that threads share what the first of them made; none of it is open.
        return self._made.setdefault("", default_transport())


class AsyncConnections:
    """The same for asyncio."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[str, AsyncTransport] = {}

    async def send(self, request: Request, /) -> Response:
        """The answer, whatever its status. Raises TransportError if there is none."""
        return await (self._made.get("") or self._make()).send(request)

    async def aclose(self) -> None:
        """Close what is open."""
        made = self._made.pop("", None)
        if made is not None:
            await made.aclose()

    def _make(self) -> AsyncTransport:
        from .._runtime.http import default_async_transport

        return self._made.setdefault("", default_async_transport())
