# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks in Starlette and FastAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from ...auth import AuthError
from ...livekit_webhook_pb import WebhookEvent
from .._receiver import WebhookReceiver
from .._request import (
    PARSED,
    SHORT,
    authorization_of,
    check_length,
    check_size,
    status_of,
)


def dependency(
    receiver: WebhookReceiver,
) -> Callable[[Request], Awaitable[WebhookEvent]]:
    """A dependency of FastAPI, whose value is the verified event of the request.

        @app.post("/livekit")
        async def hook(event: Annotated[WebhookEvent, Depends(dependency(receiver))]): ...

    The route answers 401, 400 or 413 by itself if there is none.
    """

    async def webhook_event(request: Request) -> WebhookEvent:
        return await receive(receiver, request)

    return webhook_event


async def receive(receiver: WebhookReceiver, request: Request) -> WebhookEvent:
    """The event of a request.

    Raises HTTPException with status 401, 400 or 413, and RuntimeError if the body does not come in
    full, or something has read it before and not kept it.
    """
    try:
        authorization = authorization_of(request.headers.items())
        return receiver.receive(await _body(request, receiver.max_body), authorization)
    except AuthError as error:
        raise HTTPException(status_of(error), str(error)) from error


async def _body(request: Request, limit: int | None) -> bytes:
    declared = request.headers.get("content-length")
    check_length(declared, limit)
    try:
        if declared is not None:
            return await request.body()
        parts = bytearray()
        async for part in request.stream():
            parts += part
            check_size(len(parts), limit)
        return bytes(parts)
    except ClientDisconnect as error:
        raise RuntimeError(SHORT) from error
    except RuntimeError as error:
        raise RuntimeError(PARSED) from error
