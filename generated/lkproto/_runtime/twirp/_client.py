# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The base of generated clients."""

from __future__ import annotations

from time import sleep

from ..http import MAX_RESPONSE, TIMEOUT, TransportError
from ._calls import (
    TwirpCall,
    TwirpReply,
    chain,
    check_interceptors,
)
from ._requests import Outgoing, shown
from ._retries import Attempts

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, Literal, Self, TypeVar

    from ..http import Request, Response, Transport
    from ..message import Message
    from ..reflection.services import Method
    from ._calls import Interceptor
    from ._options import CallOptions

    Reply = TypeVar("Reply", bound=Message)

_FACE = __name__.rpartition(".")[0]


class Client:
    """A client of a Twirp service. Threads may share it, and it can be made before a fork.

    `url` is where the server is, without `prefix`. `transport` sends the requests; a client that is
    given one never closes it, so several clients may share one. Without it, the client makes the
    default one at its first call, and closes it at the end of `with`. `headers` are sent with each
    call. `codec` is `protobuf` or `json`. `timeout` is for a whole call, in seconds. `retries` says
    how often a call is tried again that failed in a way that allows it: for every method what has
    certainly not been sent, for idempotent ones also what was lost or refused for now.
    `interceptors` are functions `(call, proceed)` around each call, the first one outermost.
    `max_response` limits the bytes of an answer.

    Its methods raise TwirpError; EncodeError for a request that cannot be encoded, and TypeError
    for one of another type. Raises ValueError for a URL or a setting that cannot be used.
    """

    __module__ = _FACE
    # Methods of services may have any name without `_` in front, so none is used here.
    __slots__ = ("_outgoing", "_own", "_proceed", "_transport")

    def __init__(
        self,
        url: str,
        *,
        transport: Transport | None = None,
        headers: Mapping[str, str] | None = None,
        prefix: str = "/twirp",
        codec: Literal["protobuf", "json"] = "protobuf",
        timeout: float = TIMEOUT,
        retries: int = 0,
        interceptors: Iterable[Interceptor] = (),
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
        check_transport(transport, is_async=False)
        self._transport = transport
        self._own = transport is None
        found = check_interceptors(interceptors, is_async=False)
        self._proceed = chain(found, self._send)

    def _call(
        self,
        method: Method[Any, Reply],
        request: Any,
        options: CallOptions | None,
        fields: dict[str, Any],
    ) -> Reply:
        reply: TwirpReply = self._proceed(
            self._outgoing.call(method, request, options, fields)
        )
        return reply.message  # type: ignore[no-any-return]

    def _send(self, call: TwirpCall) -> TwirpReply:
        outgoing = self._outgoing
        body = outgoing.body(call)
        attempts = Attempts(call)
        while True:
            outcome = outgoing.outcome(call, self._answer(outgoing.request(call, body)))
            if isinstance(outcome, TwirpReply):
                return outcome
            sleep(attempts.wait(outcome))

    def _answer(self, request: Request) -> Response | TransportError:
        transport = self._transport or self._made()
        try:
            return transport.send(request)
        except TransportError as error:
            return error

    def _made(self) -> Transport:
        from ..http import default_transport

        self._transport = default_transport()
        return self._transport

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._own and self._transport is not None:
            self._transport.close()
            self._transport = None

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__} of {shown(self._outgoing.base)}>"


def check_transport(transport: object, *, is_async: bool) -> None:
    """Raise TypeError for a transport of the other kind."""
    if transport is None:
        return
    if not hasattr(transport, "send"):
        raise TypeError(f"a transport has a method send; {transport!r} has none")
    if hasattr(transport, "aclose") != is_async:
        kind, wanted = ("sync", "an async") if is_async else ("async", "a sync")
        raise TypeError(
            f"{transport.__class__.__name__} is {kind}; this client takes {wanted} transport"
        )
