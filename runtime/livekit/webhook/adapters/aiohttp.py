# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks in aiohttp."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from ...auth import TokenError
from ...livekit_webhook_pb import WebhookEvent
from .._errors import BodyTooLargeError, WebhookError
from .._receiver import WebhookReceiver
from .._request import authorization_of, check_complete, check_length


def handler(
    receiver: WebhookReceiver,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler that receives webhooks and calls the receiver's functions.

        app.router.add_post("/livekit", handler(receiver))

    It answers 200 after they have returned, 401, 400 and 413. What they raise is left to aiohttp.
    """

    async def livekit_webhook(request: web.Request) -> web.Response:
        await receiver.handle_async(await receive(receiver, request))
        return web.Response()

    return livekit_webhook


async def receive(receiver: WebhookReceiver, request: web.Request) -> WebhookEvent:
    """The event of a request.

    Raises the HTTPException of aiohttp for 401, 400 and 413, and RuntimeError if something has
    read the body before and not kept it.
    A body above the application's `client_max_size` is refused by aiohttp itself.
    """
    try:
        authorization = authorization_of(request.headers.items())
        declared = request.headers.get("Content-Length")
        check_length(declared, receiver.max_body)
        body = check_complete(await request.read(), declared)
        return receiver.receive(body, authorization)
    except BodyTooLargeError as error:
        limit = receiver.max_body or 0
        raise web.HTTPRequestEntityTooLarge(
            limit, limit + 1, text=str(error)
        ) from error
    except TokenError as error:
        raise web.HTTPUnauthorized(text=str(error)) from error
    except WebhookError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
