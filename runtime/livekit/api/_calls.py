# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What happens around each call, as interceptors of the clients."""

from __future__ import annotations

from os import urandom

from .._runtime.twirp import TwirpError
from ..call_errors import SipCallError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .._runtime.twirp import TwirpCall, TwirpReply
    from .._runtime.twirp._calls import AsyncProceed, Proceed
    from ._tokens import GivenToken, MintedTokens

REQUEST_ID = "X-Livekit-Request-Id"


class Preparation:
    """Makes a call ready to be sent, and knows what an error of it means."""

    __slots__ = ("tokens",)

    def __init__(self, tokens: GivenToken | MintedTokens) -> None:
        self.tokens = tokens

    def prepare(self, call: TwirpCall) -> None:
        """Give a call its token and its id."""
        headers = call.headers
        headers["Authorization"] = self.tokens.authorization(call)
        headers.setdefault(REQUEST_ID, request_id())

    def meaning(self, call: TwirpCall, error: TwirpError) -> TwirpError:
        """The error that a user gets for one of a call."""
        if error.is_refusal:
            self.tokens.refused(call)
        return SipCallError.of(error) or error


def sync(preparation: Preparation) -> Callable[[TwirpCall, Proceed], TwirpReply]:
    """The interceptor of clients for threads."""

    def livekit(call: TwirpCall, proceed: Proceed) -> TwirpReply:
        preparation.prepare(call)
        try:
            return proceed(call)
        except TwirpError as error:
            found = preparation.meaning(call, error)
        raise found

    return livekit


def for_asyncio(preparation: Preparation) -> Callable[..., object]:
    """The interceptor of clients for asyncio."""

    async def livekit(call: TwirpCall, proceed: AsyncProceed) -> TwirpReply:
        preparation.prepare(call)
        try:
            return await proceed(call)
        except TwirpError as error:
            found = preparation.meaning(call, error)
        raise found

    return livekit


def request_id() -> str:
    """A random UUID, version 4; the module uuid takes longer to import than all of this."""
    data = bytearray(urandom(16))
    data[6] = data[6] & 15 | 64
    data[8] = data[8] & 63 | 128
    text = data.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
