"""A client's calls as HTTP: what is sent, what an answer means. It does no I/O itself."""

from __future__ import annotations

from time import monotonic

from ..errors import ProtoError
from ..http import Request, TransportError
from ._calls import HiddenHeaders, TwirpCall, TwirpReply
from ._codecs import CLIENT_CODECS
from ._codes import TwirpCode
from ._error_json import error_from_answer
from ._errors import TwirpError
from ._masking import excerpt
from ._options import (
    NO_OPTIONS,
    CallOptions,
    check_headers,
    check_retries,
    check_timeout,
    joined,
)

TYPE_CHECKING: bool = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..http import Response
    from ..reflection.services import Method

# Seconds that we wait longer than we say, so that the server's answer about its end arrives.
GRACE = 0.25
# The client of twitchtv/twirp that this one behaves as.
VERSION = "v8.1.3"
_NO_ANSWER = {
    "timeout": TwirpCode.DEADLINE_EXCEEDED,
    "protocol": TwirpCode.INTERNAL,
    "too_large": TwirpCode.RESOURCE_EXHAUSTED,
}
_REQUEST_IDS = ("X-Request-Id", "X-Livekit-Request-Id")


class Outgoing:
    """How a client's calls become requests, and answers replies or errors."""

    __slots__ = (
        "base",
        "codec",
        "fixed",
        "headers",
        "max_response",
        "retries",
        "timeout",
    )

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        prefix: str,
        codec: str,
        timeout: float,
        retries: int,
        max_response: int,
    ) -> None:
        self.base = base_url(url, prefix)
        if codec not in CLIENT_CODECS:
            raise ValueError(
                f"codec is one of {', '.join(CLIENT_CODECS)}, not {codec!r}"
            )
        self.codec = CLIENT_CODECS[codec]
        self.headers = joined({"User-Agent": "lkproto"}, check_headers(headers))
        self.timeout = check_timeout(timeout)
        self.retries = check_retries(retries)
        self.max_response = max_response
        self.fixed = {
            "Accept": self.codec.content_type,
            "Content-Type": self.codec.content_type,
            "Twirp-Version": VERSION,
        }

    def call(
        self,
        method: Method,
        request: Any,
        options: CallOptions | None,
        fields: dict[str, Any],
    ) -> TwirpCall:
        """The call of a method with a message, or with the fields of one. Raises TypeError."""
        cls = method.input_type
        if request is None:
            request = cls(**fields)
        elif fields or request.__class__ is not cls:
            raise _wrong_request(method, cls, request, fields)
        options = options or NO_OPTIONS
        more = options.headers
        headers = joined(self.headers, more) if more else HiddenHeaders(self.headers)
        timeout = self.timeout if options.timeout is None else options.timeout
        retries = self.retries if options.retries is None else options.retries
        deadline = monotonic() + timeout
        return TwirpCall(
            method, request, headers, deadline, None, options, self.base, retries
        )

    def body(self, call: TwirpCall) -> bytes:
        """The body of a call's request. Raises EncodeError, and ValueError for unused grants."""
        if call.grants is not None:
            raise ValueError(
                "CallOptions.grants: this client makes no token for the call; LiveKitAPI does, or "
                "an interceptor that sets call.grants to None"
            )
        return self.codec.encode(call.request)

    def request(self, call: TwirpCall, body: bytes) -> Request:
        """The request of an attempt, with the time that is left for it."""
        left = max((call.deadline or 0.0) - monotonic(), 0.001)
        headers = {**call.headers, **self.fixed}
        headers["X-Twirp-Timeout-Ms"] = str(int(left * 1000) or 1)
        url = call.base + call.method.path
        return Request("POST", url, headers, body, left + GRACE, self.max_response)

    def outcome(
        self, call: TwirpCall, answer: Response | TransportError
    ) -> TwirpReply | TwirpError:
        """What an answer says, or that there is none."""
        if isinstance(answer, TransportError):
            return self._told(call, _unanswered(answer), {})
        if answer.status == 200 and not _is_page(answer):
            try:
                message = self.codec.decode(call.method.output_type, answer.body)
                return TwirpReply(message, answer.headers)
            except ProtoError:
                pass  # its text has parts of the answer
        return self._told(call, self._error(call, answer), answer.headers)

    def _error(self, call: TwirpCall, response: Response) -> TwirpError:
        headers, body = response.headers, response.body
        if response.status == 200:
            return self._foreign(call, response)
        location = headers.get("Location", "")
        error = error_from_answer(response.status, location, body)
        error.retry_after = _seconds(headers.get("Retry-After", ""))
        late = (call.deadline or 0.0) <= monotonic()
        if late and error.code is TwirpCode.CANCELED:
            error = TwirpError(TwirpCode.DEADLINE_EXCEEDED, error.msg, error.meta)
        error.status = response.status
        return error

    def _foreign(self, call: TwirpCall, response: Response) -> TwirpError:
        """The error of a 200 that a Twirp server does not give."""
        kind = response.headers.get("Content-Type", "") or "no content type"
        begins = excerpt(response.body[:400].decode("utf-8", "replace"))
        msg = (
            f"not a Twirp answer: {shown(call.base)}{call.method.path} answered 200 with {kind} "
            f"that is not a {call.method.output}; is this the URL of the API?"
        )
        return TwirpError(TwirpCode.INTERNAL, msg, {"body": begins}, status=200)

    def _told(
        self, call: TwirpCall, error: TwirpError, headers: Mapping[str, str]
    ) -> TwirpError:
        """An error with what is known of its call."""
        method = call.method
        error.service, error.method, error.needs = (
            method.service,
            method.name,
            method.grant,
        )
        for name in _REQUEST_IDS:
            found = headers.get(name) or _in_any_case(call.headers, name)
            error.request_id = error.request_id or found
        if error.is_refusal and error.needs:
            from ._granted import granted

            error.has = granted(_in_any_case(call.headers, "Authorization") or "")
        return error


def _unanswered(failed: TransportError) -> TwirpError:
    """The error of a request without a whole answer."""
    code = _NO_ANSWER.get(failed.reason, TwirpCode.UNAVAILABLE)
    if failed.status is not None and failed.status != 200:
        code = error_from_answer(failed.status, "", b"").code
    error = TwirpError(code, str(failed), status=failed.status)
    error.sent = failed.sent
    error.__cause__ = failed
    return error


def shown(base: str) -> str:
    """A URL as it is shown: without the credentials that it may have."""
    scheme, _, rest = base.partition("//")
    host, _, path = rest.partition("/")
    return f"{scheme}//{host.rpartition('@')[2]}/{path}"


def base_url(url: str, prefix: str) -> str:
    """What precedes `package.Service/Method` in URLs. Raises ValueError, without the URL."""
    from ..http._urls import target_of

    try:
        target_of(url)
    except TransportError as error:
        problem = str(error)
    else:
        if "?" not in url and "#" not in url:
            path = prefix.strip("/")
            return f"{url.rstrip('/')}/{path}/" if path else f"{url.rstrip('/')}/"
        problem = "the URL cannot be used: it has a query or a fragment"
    raise ValueError(problem)


def _wrong_request(
    method: Method, cls: Any, request: object, fields: dict[str, Any]
) -> TypeError:
    name = method.python_name
    if fields and isinstance(request, cls):
        return TypeError(f"{name} takes a message or its fields, not both")
    given = request.__class__.__qualname__
    return TypeError(
        f"{name} takes a {method.input} ({cls.__module__}.{cls.__qualname__}) or its fields "
        f"as keywords, not {given}"
    )


def _is_page(response: Response) -> bool:
    """Whether an answer says that it is a text for people, such as a page of HTML."""
    return response.headers.get("Content-Type", "")[:5].lower() == "text/"


def _seconds(text: str) -> float | None:
    """The seconds of a header Retry-After; a date in it is not used."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _in_any_case(headers: Mapping[str, str], name: str) -> str | None:
    return next(
        (value for each, value in headers.items() if each.lower() == name.lower()), None
    )
