# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What happens around each call, as interceptors of the clients."""

from __future__ import annotations

from os import urandom
from time import monotonic, sleep

from .._runtime.http import TransportError
from .._runtime.twirp import TwirpError
from ..call_errors import SipCallError
from ._dialling import dial_time
from ._failover import Course, home_of, more_attempts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .._runtime.http import AsyncTransport, Transport
    from .._runtime.twirp import TwirpCall, TwirpReply
    from .._runtime.twirp._calls import AsyncProceed, Proceed
    from ._tokens import GivenToken, MintedTokens

REQUEST_ID = "X-Livekit-Request-Id"
_SEND_DATA = "livekit.RoomService/SendData"


class Preparation:
    """Makes a call ready to be sent, and knows what an error of it means."""

    __slots__ = ("failover", "timeout", "tokens")

    def __init__(
        self, tokens: GivenToken | MintedTokens, timeout: float, failover: bool
    ) -> None:
        self.tokens = tokens
        self.timeout = timeout
        self.failover = failover

    def prepare(self, call: TwirpCall) -> Course | None:
        """Give a call its token, id, nonce and time; on LiveKit Cloud also its course."""
        if call.method.path == _SEND_DATA and not call.request.nonce:
            call.request = _with_nonce(call.request)
        needed = dial_time(call)
        if needed:
            call.deadline = max(call.deadline or 0.0, monotonic() + needed)
        given = [each.lower() for each in call.headers]
        if "authorization" not in given:
            call.headers.update(Authorization=self.tokens.authorization(call))
            call.grants = None
        if "x-livekit-request-id" not in given:
            call.headers.update({REQUEST_ID: request_id()})
        home = home_of(call.base)
        if not home:
            return None
        timeout = call.options.timeout or self.timeout
        more = more_attempts(call, max(timeout, needed)) if self.failover else 0
        return Course(call, home, more, needed > 0)

    def meaning(self, call: TwirpCall, error: TwirpError) -> TwirpError:
        """The error that a user gets for one of a call."""
        if error.is_refusal:
            self.tokens.refused(call)
        return SipCallError.of(error) or error


def sync(
    preparation: Preparation, transport: Transport
) -> Callable[[TwirpCall, Proceed], TwirpReply]:
    """The interceptor of clients for threads. The transport asks for regions."""

    def livekit(call: TwirpCall, proceed: Proceed) -> TwirpReply:
        course = preparation.prepare(call)
        while True:
            try:
                return proceed(call)
            except TwirpError as error:
                failed = preparation.meaning(call, error)
            if course is None:
                raise failed
            question = course.question(failed)
            if question is not None:
                try:
                    course.learn(transport.send(question))
                except TransportError as error:
                    course.learn(error)
            sleep(course.turn(failed))

    return livekit


def for_asyncio(
    preparation: Preparation, transport: AsyncTransport
) -> Callable[..., object]:
    """The interceptor of clients for asyncio. The transport asks for regions."""

    async def livekit(call: TwirpCall, proceed: AsyncProceed) -> TwirpReply:
        course = preparation.prepare(call)
        while True:
            try:
                return await proceed(call)
            except TwirpError as error:
                failed = preparation.meaning(call, error)
            if course is None:
                raise failed
            question = course.question(failed)
            if question is not None:
                try:
                    course.learn(await transport.send(question))
                except TransportError as error:
                    course.learn(error)
            wait = course.turn(failed)
            from asyncio import sleep  # late, for it takes longer than all the rest

            await sleep(wait)

    return livekit


def _with_nonce(request: Any) -> Any:
    """A copy with a random nonce: who gets the data twice, because a call was repeated, sees it."""
    from .._runtime.message import replace

    return replace(request, nonce=urandom(16))


def request_id() -> str:
    """A random UUID, version 4; the module uuid takes longer to import than all of this."""
    text = urandom(16).hex()
    variant = "89ab"[int(text[16], 16) & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"
