# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Webhooks in views of Django REST framework; `adapters.django.view` needs none."""

from __future__ import annotations

from ...auth import AuthError
from ...livekit_webhook_pb import WebhookEvent
from .._receiver import WebhookReceiver
from .._request import status_of
from . import django

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    # Django REST framework has no types.
    APIException: Any
    Request: TypeAlias = Any
else:
    from rest_framework.exceptions import APIException
    from rest_framework.request import Request


def receive(receiver: WebhookReceiver, request: Request) -> WebhookEvent:
    """The event of a request, to be received before its `data` is used.

        class Hook(APIView):
            authentication_classes = permission_classes = []

            def post(self, request):
                receiver.handle(receive(receiver, request))
                return Response()

    Raises APIException with status 401, 400 or 413, and RuntimeError if something has read the
    body before and not kept it.
    """
    try:
        return django.receive(receiver, request._request)
    except AuthError as error:
        refusal = APIException(str(error))
        refusal.status_code = status_of(error)
        raise refusal from error
