# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The application of a mock: from a request's environment (PEP 3333) to its answer.

The order is that of LiveKit's test server: the token, the region, the delay, what a test wants, and
only then the method.
"""

from __future__ import annotations

from .._runtime.errors import JsonError
from .._runtime.http import Headers
from .._runtime.message import Message
from .._runtime.twirp import TwirpReply
from ._answers import DROPPED, JSON, Answer, AnsweredError, text_answer, twirp_answer
from ._control import HEADER, NOTHING, Control, ControlError, of_header
from ._populated import populated
from ._recorded import MockRequest
from ._server import REGION
from ._words import DIALS, REGIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event
    from typing import Any

    from .._runtime.twirp import TwirpCall
    from .._runtime.twirp._calls import Proceed
    from ._access import Access
    from ._http_api import HttpApi
    from ._scripts import Scripts
    from ._services import Services

_EXCHANGE = "lkproto.mock"
_PREFIX = "/twirp/"
_ORDERS = "/mock/"
_CHUNK = 1 << 16
_WITH_REGION = "X-Lk-Mock-Region"
_PINNED = "project not allowed in this region."
# As livekit-server has them (github.com/rs/cors).
_PREFLIGHT = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
_MAX_AGE = "86400"


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


class App:
    """Answers requests. `regions` has the URLs of all listeners, in their order."""

    def __init__(
        self,
        services: Services,
        access: Access,
        scripts: Scripts,
        note: Callable[[MockRequest], None],
        ended: Event,
        dial_seconds: float,
        orders: HttpApi,
    ) -> None:
        self.regions: list[str] = []
        self._services = services
        self._access = access
        self._scripts = scripts
        self._note = note
        self._ended = ended
        self._dial_seconds = dial_seconds
        self._orders = orders

    def __call__(self, environ: dict[str, Any]) -> Answer:
        """The answer to a request, or DROPPED."""
        path = environ["PATH_INFO"]
        method = path.removeprefix(_PREFIX) if path.startswith(_PREFIX) else ""
        headers = Headers(_pairs(environ))
        record = MockRequest(
            environ["REQUEST_METHOD"], path, method, environ[REGION], headers
        )
        exchange = environ[_EXCHANGE] = Exchange(record)
        if _is_preflight(environ):
            return _preflight(environ)
        if path.startswith(_ORDERS):
            return self._ordered(path, environ)
        answer = self._answer(path, environ, exchange)
        if exchange.control.drop_after:
            answer = DROPPED
        if answer is not DROPPED:
            answer = answer.copy()
            record.status = answer.status
            shown = str(record.region) if exchange.served else ""
            answer.headers[_WITH_REGION] = shown
            _share(answer, environ)
        self._note(record)
        return answer

    def _ordered(self, path: str, environ: dict[str, Any]) -> Answer:
        """The answer to a test, which is not among the requests."""
        try:
            body = b"".join(iter(lambda: environ["wsgi.input"].read(_CHUNK), b""))
        except EOFError as error:
            return twirp_answer(400, "malformed", str(error))
        kind = environ["CONTENT_TYPE"]
        return self._orders.answer(environ["REQUEST_METHOD"], path, kind, body)

    def _answer(self, path: str, environ: dict[str, Any], exchange: Exchange) -> Answer:
        record = exchange.record
        name = REGIONS if path == "/settings/regions" else record.method
        try:
            control = of_header(environ, record.region)
        except ControlError as error:
            return twirp_answer(400, msg=str(error))
        exchange.control = control or self._scripts.take(name, record.region) or NOTHING
        if not exchange.control.skip_auth:
            claims = self._access.claims(environ)
            if isinstance(claims, Answer):
                return claims
            record.claims = claims
        if path.startswith(_PREFIX):
            return self._call(environ, exchange)
        if name == REGIONS:
            return self._regions(exchange)
        if path in ("/", "/_test/health"):
            return text_answer(200, "OK")
        return _not_found()

    def _call(self, environ: dict[str, Any], exchange: Exchange) -> Answer:
        """The answer of the Twirp server, or the one that takes its place."""
        service = exchange.record.method.partition("/")[0]
        application = self._services.application(service, self._intercept)
        if application is None:
            return _not_found()
        found = Answer(0)

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            found.status = int(status[:3])
            found.headers = dict(headers)
            del found.headers["Content-Length"]

        found.body = b"".join(application(environ, start))
        return exchange.answer or found

    def _intercept(self, call: TwirpCall, proceed: Proceed) -> TwirpReply:
        assert call.context
        exchange: Exchange = call.context.scope[_EXCHANGE]
        record, control = exchange.record, exchange.control
        record.message, record.method = call.request, call.method.path
        if not control.skip_auth:
            self._access.check(call.method, call.request, record.claims)
        if control.pinned and f"region-{record.region}" not in control.pinned:
            raise exchange.end(text_answer(451, _PINNED))
        self._wait(call, control)
        if control.sip is not None and call.method.path in DIALS:
            from ..call_errors import twirp_error_from_sip_status

            raise twirp_error_from_sip_status(*control.sip)
        if control.failure is not None:
            raise exchange.end(control.failure)
        exchange.served = True
        return self._reply(call, control, proceed)

    def _wait(self, call: TwirpCall, control: Control) -> None:
        """Let the time pass that somebody wants, or that it takes until a phone is answered."""
        delay = control.delay
        if delay is None and call.method.path in DIALS:
            rings = getattr(call.request, "wait_until_answered", True)
            delay = self._dial_seconds if rings else 0.0
        if delay:
            self._ended.wait(delay)

    def _reply(self, call: TwirpCall, control: Control, proceed: Proceed) -> TwirpReply:
        cls = call.method.output_type
        if isinstance(control.response, Message):
            return TwirpReply(control.response)
        if control.response is not None:
            return TwirpReply(self._given(cls, control.response, call))
        if self._services.has(call.method):
            return proceed(call)
        return TwirpReply(populated(cls, call.request))

    def _given(self, cls: type[Message], response: Any, call: TwirpCall) -> Message:
        """The message that a test wants as the answer of a call."""
        assert call.context
        try:
            return cls.from_dict(response)
        except JsonError as error:
            exchange: Exchange = call.context.scope[_EXCHANGE]
            text = f"response of the header {HEADER}: {error}"
            raise exchange.end(twirp_answer(400, msg=text)) from None

    def _regions(self, exchange: Exchange) -> Answer:
        from ..livekit_rtc_pb import RegionInfo, RegionSettings

        control = exchange.control
        if control.failure is not None:
            return control.failure
        if control.regions_status != 200:
            return Answer(control.regions_status)
        exchange.served = True
        found = RegionSettings()
        for number, url in enumerate(self.regions):
            name = f"region-{number}"
            if not control.pinned or name in control.pinned:
                found.regions.append(RegionInfo(region=name, url=url, distance=number))
        answer = Answer(200, JSON, found.to_json().encode())
        answer.headers["Cache-Control"] = "max-age=0"
        return answer


def _pairs(environ: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]


def _not_found() -> Answer:
    answer = text_answer(404, "404 page not found\n")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _is_preflight(environ: dict[str, Any]) -> bool:
    asked = "HTTP_ACCESS_CONTROL_REQUEST_METHOD"
    return environ["REQUEST_METHOD"] == "OPTIONS" and asked in environ


def _preflight(environ: dict[str, Any]) -> Answer:
    answer = Answer(204)
    answer.headers["Vary"] = _PREFLIGHT
    if origin := environ.get("HTTP_ORIGIN"):
        answer.headers["Access-Control-Allow-Origin"] = origin
        for what in ("Method", "Headers"):
            asked = environ.get(f"HTTP_ACCESS_CONTROL_REQUEST_{what.upper()}")
            if asked:
                plural = what.removesuffix("s") + "s"
                answer.headers[f"Access-Control-Allow-{plural}"] = asked
        answer.headers["Access-Control-Max-Age"] = _MAX_AGE
    return answer


def _share(answer: Answer, environ: dict[str, Any]) -> None:
    """Let a page of any origin read an answer."""
    answer.headers["Vary"] = "Origin"
    if origin := environ.get("HTTP_ORIGIN"):
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "*"
