# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""A webhook as an ASGI application, to be served alone or mounted in any other."""

from __future__ import annotations

from ...auth import AuthError
from .._request import (
    NOT_POST,
    SHORT,
    authorization_of,
    check_length,
    check_size,
    status_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from ...livekit_webhook_pb import WebhookEvent
    from .._receiver import WebhookReceiver

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]


class Endpoint:
    """An application that receives webhooks and calls the receiver's functions.

    It answers 200 after they have returned, 401, 400, 413 and 405. What they raise is left to the
    server, which answers 500. So is the RuntimeError for a body that does not come in full, for
    example because a middleware has read it before.
    """

    __slots__ = ("_receiver",)

    def __init__(self, receiver: WebhookReceiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, as ASGI 3 has it."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            raise ValueError(f"webhooks come by HTTP, not by {scope['type']}")
        elif scope["method"] != "POST":
            await _answer(send, 405, NOT_POST, (b"allow", b"POST"))
        else:
            await _post(self._receiver, scope, receive, send)


async def _post(
    receiver: WebhookReceiver, scope: Message, receive: Receive, send: Send
) -> None:
    try:
        event = await _event(receiver, scope, receive)
    except AuthError as error:
        await _answer(send, status_of(error), str(error))
        return
    await receiver.handle_async(event)
    await _answer(send, 200, "")


async def _event(
    receiver: WebhookReceiver, scope: Message, receive: Receive
) -> WebhookEvent:
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
    ]
    authorization = authorization_of(headers)
    for name, value in headers:
        if name.lower() == "content-length":
            check_length(value, receiver.max_body)
    return receiver.receive(await _body(receive, receiver.max_body), authorization)


async def _body(receive: Receive, limit: int | None) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RuntimeError(SHORT)
        part: bytes = message.get("body", b"")
        size += len(part)
        check_size(size, limit)
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(
    send: Send, status: int, text: str, *headers: tuple[bytes, bytes]
) -> None:
    body = text.encode()
    head = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
