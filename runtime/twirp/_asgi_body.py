"""The body of a request under ASGI."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ._codes import TwirpCode
from ._errors import TwirpError
from ._gate import MOST_DROPPED
from ._guard import LEFT

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from ._gate import Gate
    from ._guard import Guard

    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Seconds that a body may take that nobody wants.
_SOON = 1.0


class AsgiBody:
    """The body of a call: read for its method, or dropped. `ended` is whether there is no more."""

    __slots__ = ("_calls", "_gate", "_guard", "_length", "_receive", "ended")

    def __init__(
        self,
        receive: Receive,
        length: bytes,
        guard: Guard,
        gate: Gate,
        calls: set[Guard],
    ) -> None:
        self._receive = receive
        self._length = length
        self._guard = guard
        self._gate = gate
        self._calls = calls
        self.ended = False

    async def read(self) -> bytes:
        """All of it. Raises TwirpError."""
        gate = self._gate
        gate.admit(self._length, len(self._calls))
        body = await self._part()
        if not self.ended:
            body = await self._rest(body)
        elif len(body) > gate.limits.max_body:
            gate.check_size(len(body))
        self._guard.receive = self._receive
        return body

    async def _rest(self, body: bytes) -> bytes:
        parts, size = [body], len(body)
        while not self.ended:
            self._gate.check_size(size)
            parts.append(await self._part())
            size += len(parts[-1])
        self._gate.check_size(size)
        return b"".join(parts)

    async def _part(self) -> bytes:
        self.ended = True  # if this is cancelled, nobody waits for the rest
        event = await self._receive()
        self.ended = not event.get("more_body")
        if event["type"] == "http.disconnect":
            raise TwirpError(TwirpCode.CANCELED, LEFT)
        body: bytes = event.get("body", b"")
        return body

    async def drop(self) -> None:
        """Read what nobody has, if it is not too long, and comes soon."""
        if not self._gate.drops(self._length):
            return
        size = 0
        with suppress(TimeoutError, TwirpError):
            async with asyncio.timeout(_SOON):
                while not self.ended and size <= MOST_DROPPED:
                    size += len(await self._part())
