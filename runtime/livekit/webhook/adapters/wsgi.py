# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A webhook as a WSGI application, to be served alone or mounted in any other."""

from __future__ import annotations

from http import HTTPStatus

from ...auth import AuthError
from .._request import (
    NOT_POST,
    authorization_of,
    check_complete,
    check_decoded,
    check_length,
    check_size,
    length_of,
    status_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from ...livekit_webhook_pb import WebhookEvent
    from .._receiver import WebhookReceiver

    StartResponse = Callable[..., Any]

_CHUNK = 64 * 1024


class Endpoint:
    """An application that receives webhooks and calls the receiver's functions.

    It answers 200 after they have returned, 401, 400, 413 and 405. What they raise is left to the
    server, which answers 500. So is the RuntimeError for a body that does not come in full, for
    example because a middleware has read it before.
    """

    __slots__ = ("_receiver",)

    def __init__(self, receiver: WebhookReceiver) -> None:
        self._receiver = receiver

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""

        def answer(status: int, text: str, *headers: tuple[str, str]) -> list[bytes]:
            body = text.encode()
            length = ("Content-Length", str(len(body)))
            kind = ("Content-Type", "text/plain; charset=utf-8")
            phrase = HTTPStatus(status).phrase
            start_response(f"{status} {phrase}", [kind, length, *headers])
            return [body]

        if environ["REQUEST_METHOD"] != "POST":
            return answer(405, NOT_POST, ("Allow", "POST"))
        try:
            event = _event(self._receiver, environ)
        except AuthError as error:
            return answer(status_of(error), str(error))
        self._receiver.handle(event)
        return answer(200, "")


def _event(receiver: WebhookReceiver, environ: dict[str, Any]) -> WebhookEvent:
    headers = (
        (name[5:].replace("_", "-"), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    )
    authorization = authorization_of(headers)
    check_length(environ.get("CONTENT_LENGTH"), receiver.max_body)
    return receiver.receive(_body(environ, receiver.max_body), authorization)


def _body(environ: dict[str, Any], limit: int | None) -> bytes:
    """The body: as long as the header says, or to its end, where a server says that it has one."""
    length = length_of(declared := environ.get("CONTENT_LENGTH"))
    if length is None:
        return body_in_chunks(environ, limit)
    return check_complete(environ["wsgi.input"].read(length), declared)


def body_in_chunks(environ: dict[str, Any], limit: int | None) -> bytes:
    """A body without Content-Length. Raises WebhookError if its server does not decode chunks."""
    check_decoded(environ)
    parts: list[bytes] = []
    size = 0
    read = environ["wsgi.input"].read
    while environ.get("wsgi.input_terminated") and (part := read(_CHUNK)):
        size += len(part)
        check_size(size, limit)
        parts.append(part)
    return b"".join(parts)
