"""The base of generated clients for asyncio."""

from __future__ import annotations

from ..http import MAX_RESPONSE, TIMEOUT, TransportError
from ._calls import TwirpCall, TwirpReply, chain, check_interceptors
from ._client import check_transport
from ._requests import Outgoing, shown
from ._retries import Attempts

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Self, TypeVar

    from ..http import AsyncTransport, Request, Response
    from ..message import Message
    from ..reflection.services import Method
    from ._calls import AsyncInterceptor
    from ._options import CallOptions

    Reply = TypeVar("Reply", bound=Message)

_FACE = __name__.rpartition(".")[0]


class AsyncClient:
    """A client of a Twirp service for asyncio; its settings are those of `Client`.

    It can be made outside of any event loop, and be used from several loops, one after the other.
    `transport` and `interceptors` are async; `async with` closes a transport that it made.
    """

    __module__ = _FACE
    __slots__ = ("_outgoing", "_own", "_proceed", "_transport")

    def __init__(
        self,
        url: str,
        *,
        transport: AsyncTransport | None = None,
        headers: Mapping[str, str] | None = None,
        prefix: str = "/twirp",
        codec: Literal["protobuf", "json"] = "protobuf",
        timeout: float = TIMEOUT,
        retries: int = 0,
        interceptors: Iterable[AsyncInterceptor] = (),
        max_response: int = MAX_RESPONSE,
    ) -> None:
        self._outgoing = Outgoing(
            url,
            headers=headers or {},
            prefix=prefix,
            codec=codec,
            timeout=timeout,
            retries=retries,
            max_response=max_response,
        )
        check_transport(transport, is_async=True)
        self._transport = transport
        self._own = transport is None
        found = check_interceptors(interceptors, is_async=True)
        self._proceed = chain(found, self._send)

    async def _call(
        self,
        method: Method[Any, Reply],
        request: Any,
        options: CallOptions | None,
        fields: dict[str, Any],
    ) -> Reply:
        reply: TwirpReply = await self._proceed(
            self._outgoing.call(method, request, options, fields)
        )
        return reply.message  # type: ignore[no-any-return]

    async def _send(self, call: TwirpCall) -> TwirpReply:
        outgoing = self._outgoing
        body = outgoing.body(call)
        attempts = Attempts(call)
        while True:
            answer = await self._answer(outgoing.request(call, body))
            outcome = outgoing.outcome(call, answer)
            if isinstance(outcome, TwirpReply):
                return outcome
            wait = attempts.wait(outcome)
            from asyncio import sleep  # late, for it takes longer than all the rest

            await sleep(wait)

    async def _answer(self, request: Request) -> Response | TransportError:
        transport = self._transport or self._made()
        try:
            return await transport.send(request)
        except TransportError as error:
            return error

    def _made(self) -> AsyncTransport:
        from ..http import default_async_transport

        self._transport = default_async_transport()
        return self._transport

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._own and self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__} of {shown(self._outgoing.base)}>"
