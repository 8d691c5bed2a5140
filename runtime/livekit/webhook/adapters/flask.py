# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks in Flask 3.1 and later, and messages in its JSON."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import ClientDisconnected

from ..._runtime.message import Message
from ...auth import AuthError
from ...livekit_webhook_pb import WebhookEvent
from .._receiver import WebhookReceiver
from .._request import (
    PARSED,
    SHORT,
    authorization_of,
    check_decoded,
    check_length,
    status_of,
)


def view(receiver: WebhookReceiver) -> Any:
    """A view that receives webhooks and calls the receiver's functions.

        app.add_url_rule("/livekit", view_func=view(receiver), methods=["POST"])

    It answers 200 after they have returned, 401, 400 and 413. What they raise is left to Flask.
    """

    def livekit_webhook() -> Response:
        receiver.handle(receive(receiver))
        return Response(status=200)

    return livekit_webhook


def receive(receiver: WebhookReceiver) -> WebhookEvent:
    """The event of the current request.

    Aborts with status 401, 400 or 413. Raises RuntimeError if something has read the body before
    and not kept it.
    """
    try:
        authorization = authorization_of(request.headers.items())
        check_length(request.headers.get("Content-Length"), receiver.max_body)
        if request.max_content_length is None and receiver.max_body is not None:
            # Of a body in chunks, Werkzeug reads as much as this, and says nothing of the rest.
            request.max_content_length = receiver.max_body + 1
        body = request.get_data()
        if not body and request.content_length:
            raise RuntimeError(PARSED)
        check_decoded(request.environ)
        return receiver.receive(body, authorization)
    except AuthError as error:
        abort(Response(str(error), status_of(error), mimetype="text/plain"))
    except ClientDisconnected as error:
        raise RuntimeError(SHORT) from error


class ProtoJSONProvider(DefaultJSONProvider):
    """A JSON provider that writes messages as ProtoJSON.

    app.json = ProtoJSONProvider(app)

    Nothing in them is redacted.
    """

    @staticmethod
    def default(o: Any) -> Any:
        """What JSON is written for an object that JSON does not have."""
        if isinstance(o, Message):
            return o.to_dict()
        return DefaultJSONProvider.default(o)
