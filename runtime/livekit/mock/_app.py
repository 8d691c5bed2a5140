# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""The application of a mock: from a request's environment (PEP 3333) to its answer."""

from __future__ import annotations

from .._runtime.http import Headers
from ._answers import DROPPED, Answer, text_answer, twirp_answer
from ._beside_twirp import (
    is_page,
    is_preflight,
    not_found,
    preflight,
    region_list,
    share,
)
from ._calls import EXCHANGE, Exchange
from ._control import NOTHING, ControlError, of_header
from ._request import MockRequest
from ._script_words import REGIONS
from ._server import REGION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._access import Access
    from ._calls import Calls
    from ._history import History
    from ._http_api import HttpApi
    from ._scripts import Scripts

_TWIRP = "/twirp/"
_API = "/mock/"
_REGIONS = "/settings/regions"
_ROOTS = ("/", "/_test/health")
_NO_PAGES = "pages in a browser get nothing here; use 127.0.0.1 or localhost"
_CHUNK = 1 << 16
_WITH_REGION = "X-Lk-Mock-Region"


class App:
    """Answers requests. `regions` has the URLs of all listeners, in their order."""

    def __init__(
        self,
        calls: Calls,
        access: Access,
        scripts: Scripts,
        history: History,
        api: HttpApi,
    ) -> None:
        self.regions: list[str] = []
        self._calls = calls
        self._access = access
        self._scripts = scripts
        self._history = history
        self._api = api

    def __call__(self, environ: dict[str, Any]) -> Answer:
        """The answer to a request, or DROPPED."""
        path: str = environ["PATH_INFO"]
        if path.startswith(_API):
            if is_page(environ):
                return twirp_answer(403, msg=_NO_PAGES)
            return self._acted(path, environ)
        if is_preflight(environ):
            return preflight(environ)
        record = _record(path, environ)
        exchange = environ[EXCHANGE] = Exchange(record)
        self._history.request(record)
        answer = self._answer(path, environ, exchange)
        if exchange.control.drop_after:
            answer = DROPPED
        if answer is not DROPPED:
            answer = answer.copy()
            record.status = answer.status
            shown = str(record.region) if exchange.served else ""
            answer.headers[_WITH_REGION] = shown
            share(answer, environ)
        self._history.answered(record)
        return answer

    def _acted(self, path: str, environ: dict[str, Any]) -> Answer:
        """The answer to a test, which is not among the requests."""
        try:
            body = b"".join(iter(lambda: environ["wsgi.input"].read(_CHUNK), b""))
        except EOFError as error:
            return twirp_answer(400, "malformed", str(error))
        kind = environ["CONTENT_TYPE"]
        return self._api.answer(environ["REQUEST_METHOD"], path, kind, body)

    def _answer(self, path: str, environ: dict[str, Any], exchange: Exchange) -> Answer:
        try:
            self._meet(path, environ, exchange)
        except ControlError as error:
            return twirp_answer(400, msg=str(error))
        if not exchange.control.skip_auth:
            claims = self._access.claims(environ)
            if isinstance(claims, Answer):
                return claims
            exchange.record.claims = claims
        if path.startswith(_TWIRP):
            return self._calls.answer(environ, exchange)
        if path == _REGIONS:
            return self._regions(exchange)
        return text_answer(200, "OK") if path in _ROOTS else not_found()

    def _meet(self, path: str, environ: dict[str, Any], exchange: Exchange) -> None:
        """Find out what a request meets with. Raises ControlError."""
        region = exchange.record.region
        control = of_header(environ, region)
        if control is None:
            name = REGIONS if path == _REGIONS else exchange.record.method
            control = self._scripts.take(name, region)
        elif path == _REGIONS:
            control.failure = control.delay = None  # which are for calls
        exchange.control = control or NOTHING

    def _regions(self, exchange: Exchange) -> Answer:
        control = exchange.control
        self._calls.wait(control.delay)
        if control.failure is not None:
            return control.failure
        exchange.served = control.regions_status == 200
        return region_list(self.regions, control)


def _record(path: str, environ: dict[str, Any]) -> MockRequest:
    """A request for the list of them."""
    method = path.removeprefix(_TWIRP) if path.startswith(_TWIRP) else ""
    headers = Headers(
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    )
    kind = environ["REQUEST_METHOD"]
    return MockRequest(kind, path, method, environ[REGION], headers)
