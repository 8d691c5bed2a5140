"""Startup and shutdown of an ASGI server, for us and for the application that we hand on to."""

from __future__ import annotations

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any, TypeAlias

    Event: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Event]]
    Send: TypeAlias = Callable[[Event], Awaitable[None]]
    Application: TypeAlias = Callable[[Event, Receive, Send], Awaitable[None]]


class Lifespan:
    """One lifespan: `opens` is called at startup and `closes` at shutdown, before anything else."""

    __slots__ = ("_closes", "_last", "_opens", "_receive", "_send", "_told")

    def __init__(
        self,
        receive: Receive,
        send: Send,
        opens: Callable[[], None],
        closes: Callable[[], Awaitable[None]],
    ) -> None:
        self._receive = receive
        self._send = send
        self._opens = opens
        self._closes = closes
        self._last: Event | None = None
        self._told = False

    async def run(self) -> None:
        """Answer the server, as far as nobody has."""
        event = self._last or await self.receive()
        while True:
            await self.send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return
            event = await self.receive()

    async def forward(self, application: Application, scope: Event) -> None:
        """Let an application answer the server, if it knows what a lifespan is."""
        try:
            await application(scope, self.receive, self.send)
        except Exception:
            if self._last is not None:
                raise
        if not self._told:
            await self.run()

    async def receive(self) -> Event:
        """The next event of the server."""
        event = await self._receive()
        self._last = event
        if event["type"] == "lifespan.startup":
            self._opens()
        else:
            await self._closes()
        return event

    async def send(self, event: Event) -> None:
        """Answer the server."""
        self._told = True
        await self._send(event)
