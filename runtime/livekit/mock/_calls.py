# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Calls of Twirp: what one meets with on its way to its method.

The order is that of LiveKit's test server: the token, the region, the delay, what a test wants, and
only then the method.
"""

from __future__ import annotations

from .._runtime.errors import JsonError
from .._runtime.message import Message
from .._runtime.twirp import TwirpReply
from ._answers import Answer, AnsweredError, text_answer, twirp_answer
from ._beside_twirp import not_found, region_name
from ._control import HEADER, NOTHING, Control
from ._default_answers import populated
from ._request import MockRequest
from ._script_words import DIALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Event
    from typing import Any

    from .._runtime.twirp import TwirpCall
    from .._runtime.twirp._calls import Proceed
    from ._access import Access
    from ._services import Services

EXCHANGE = "lkproto.mock"
"""Where the environment of a request has its exchange."""
_PINNED = "project not allowed in this region."


class Exchange:
    """A request on its way: what it meets with, and its answer as soon as that is certain."""

    __slots__ = ("answer", "control", "record", "served")

    def __init__(self, record: MockRequest) -> None:
        self.record = record
        self.control: Control = NOTHING
        self.answer: Answer | None = None
        self.served = False

    def end(self, answer: Answer) -> AnsweredError:
        """The error with which a call leaves its method for an answer."""
        self.answer = answer
        return AnsweredError()


class Calls:
    """Answers calls. Those that wait for a phone take some seconds, or until a mock has ended."""

    def __init__(
        self, services: Services, access: Access, dial_seconds: float, ended: Event
    ) -> None:
        self._services = services
        self._access = access
        self._dial_seconds = dial_seconds
        self._ended = ended

    def answer(self, environ: dict[str, Any], exchange: Exchange) -> Answer:
        """The answer of the Twirp server, or the one that takes its place."""
        service = exchange.record.method.partition("/")[0]
        application = self._services.application(service, self._intercept)
        if application is None:
            return not_found()
        found = Answer(0)

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            found.status = int(status[:3])
            found.headers = dict(headers)
            del found.headers["Content-Length"]

        found.body = b"".join(application(environ, start))
        return exchange.answer or found

    def _intercept(self, call: TwirpCall, proceed: Proceed) -> TwirpReply:
        assert call.context
        exchange: Exchange = call.context.scope[EXCHANGE]
        record, control = exchange.record, exchange.control
        record.message, record.method = call.request, call.method.path
        if not control.skip_auth:
            self._access.check(call.method, call.request, record.claims)
        if control.pinned and region_name(record.region) not in control.pinned:
            raise exchange.end(text_answer(451, _PINNED))
        self.wait(self._delay(call, control))
        if control.sip is not None and call.method.path in DIALS:
            from ..call_errors import twirp_error_from_sip_status

            raise twirp_error_from_sip_status(*control.sip)
        if control.failure is not None:
            raise exchange.end(control.failure)
        exchange.served = True
        return self._reply(call, exchange, proceed)

    def _delay(self, call: TwirpCall, control: Control) -> float | None:
        """The seconds that somebody wants, or that it takes until a phone is answered."""
        if control.delay is None and call.method.path in DIALS:
            rings = getattr(call.request, "wait_until_answered", True)
            return self._dial_seconds if rings else None
        return control.delay

    def wait(self, delay: float | None) -> None:
        """Let some seconds pass, unless the mock ends."""
        if delay:
            self._ended.wait(delay)

    def _reply(
        self, call: TwirpCall, exchange: Exchange, proceed: Proceed
    ) -> TwirpReply:
        cls, response = call.method.output_type, exchange.control.response
        if isinstance(response, Message):
            return TwirpReply(response)
        if response is not None:
            return TwirpReply(_given(cls, response, exchange))
        if self._services.has(call.method):
            return proceed(call)
        return TwirpReply(populated(cls, call.request))


def _given(cls: type[Message], response: Any, exchange: Exchange) -> Message:
    """The message that a test wants as an answer."""
    try:
        return cls.from_dict(response)
    except JsonError as error:
        text = f"response of the header {HEADER}: {error}"
        raise exchange.end(twirp_answer(400, msg=text)) from None
