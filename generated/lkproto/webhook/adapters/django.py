# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks in Django 5 and later; for Django REST framework, see the module of that name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...auth import AuthError
from ...livekit_webhook_pb import WebhookEvent
from .._errors import BodyTooLargeError
from .._receiver import WebhookReceiver
from .._request import (
    PARSED,
    authorization_of,
    check_complete,
    check_length,
    status_of,
)
from .wsgi import body_in_chunks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    # Django has no types. These are what is used of it.
    class HttpRequest:
        """A request."""

        body: bytes
        headers: Any

    class HttpResponse:
        """An answer."""

        def __init__(self, content: str = "", **options: Any) -> None: ...

    RawPostDataException: type[Exception]
    RequestDataTooBig: type[Exception]
    csrf_exempt: Any
    require_POST: Any  # noqa: N816
else:
    from django.core.exceptions import RequestDataTooBig
    from django.http import HttpRequest, HttpResponse
    from django.http.request import RawPostDataException
    from django.views.decorators.csrf import csrf_exempt
    from django.views.decorators.http import require_POST


def view(receiver: WebhookReceiver) -> Callable[[HttpRequest], HttpResponse]:
    """A view that receives webhooks and calls the receiver's functions.

        path("livekit", view(receiver))

    It answers 200 after they have returned, 401, 400, 413 and 405. What they raise is left to
    Django. It needs no CSRF token.
    """

    def livekit_webhook(request: HttpRequest) -> HttpResponse:
        try:
            event = receive(receiver, request)
        except AuthError as error:
            return _refusal(error)
        receiver.handle(event)
        return HttpResponse()

    made: Callable[[HttpRequest], HttpResponse]
    made = csrf_exempt(require_POST(livekit_webhook))
    return made


def async_view(
    receiver: WebhookReceiver,
) -> Callable[[HttpRequest], Awaitable[HttpResponse]]:
    """As `view`, for functions that are coroutine functions."""

    async def livekit_webhook(request: HttpRequest) -> HttpResponse:
        try:
            event = receive(receiver, request)
        except AuthError as error:
            return _refusal(error)
        await receiver.handle_async(event)
        return HttpResponse()

    made: Callable[[HttpRequest], Awaitable[HttpResponse]]
    made = csrf_exempt(require_POST(livekit_webhook))
    return made


def receive(receiver: WebhookReceiver, request: HttpRequest) -> WebhookEvent:
    """The event of a request.

    Raises AuthError, and RuntimeError if something has read the body before and not kept it.
    """
    authorization = authorization_of(request.headers.items())
    return receiver.receive(_body(request, receiver.max_body), authorization)


def _body(request: HttpRequest, limit: int | None) -> bytes:
    declared = request.headers.get("Content-Length")
    environ: dict[str, Any] | None = getattr(request, "environ", None)
    if environ is not None and not declared:
        return body_in_chunks(environ, limit)  # which Django takes for empty under WSGI
    check_length(declared, limit)
    try:
        return check_complete(request.body, declared)
    except RawPostDataException as error:
        raise RuntimeError(PARSED) from error
    except RequestDataTooBig as error:
        raise BodyTooLargeError(
            "the body is above DATA_UPLOAD_MAX_MEMORY_SIZE"
        ) from error


def _refusal(error: AuthError) -> HttpResponse:
    text = str(error)
    return HttpResponse(text, status=status_of(error), content_type="text/plain")
