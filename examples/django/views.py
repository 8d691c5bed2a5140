"""Tokens, webhooks and control of rooms, with Django."""

import base64
import os
import secrets
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from lkproto import JsonError, TwirpCode, TwirpError
from lkproto.api import LiveKitAPI
from lkproto.auth import VideoGrants
from lkproto.livekit import TokenSourceRequest
from lkproto.webhook import ParticipantJoined

livekit = LiveKitAPI()  # of LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET
webhooks = livekit.webhooks()
visitors: dict[str, set[str]] = {}
"""Who has joined each room. Yours are in a database."""

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """A view for users, with their name in REMOTE_USER; put your own sign-in here."""

    @wraps(view)
    def guarded(request: HttpRequest, **places: str) -> HttpResponse:
        user, password = credentials(request.headers.get("Authorization", ""))
        expected = os.environ["APP_PASSWORD"]
        is_right = secrets.compare_digest(password.encode(), expected.encode())
        if not (user and is_right):
            wanted = {"WWW-Authenticate": "Basic"}
            return HttpResponse("wrong password", status=401, headers=wanted)
        request.META["REMOTE_USER"] = user
        return view(request, **places)

    return guarded


def credentials(authorization: str) -> tuple[str, str]:
    """The name and the password in a header of Basic authentication, or empty texts."""
    try:
        text = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    except ValueError:
        return "", ""
    user, _, password = text.partition(":")
    return user, password


@require_POST
@signed_in
def token(request: HttpRequest) -> HttpResponse:
    """What a user needs to join a room: the endpoint of `TokenSource` in LiveKit's clients.

    The user asks for a room and a name to show, and says nothing about who it is. Any user gets any
    room here; check it where yours may not.
    """
    try:
        asked = TokenSourceRequest.from_json(request.body)
    except JsonError as error:
        return JsonResponse({"detail": str(error)}, status=400)
    user = request.META["REMOTE_USER"]
    grants = VideoGrants(room_join=True, room=asked.room_name or "lobby")
    minted = livekit.token(user).with_name(asked.participant_name or user)
    answer = {
        "server_url": os.environ["LIVEKIT_URL"],
        "participant_token": minted.with_grants(grants).to_jwt(),
    }
    return JsonResponse(answer, status=201)


@require_GET
@signed_in
def show(_: HttpRequest, room: str) -> HttpResponse:
    """Who is in a room, and who has been there."""
    found = livekit.room.list_participants(room=room)
    present = [each.identity for each in found.participants]
    seen = sorted(visitors.get(room, ()))
    return JsonResponse({"present": present, "visitors": seen})


@require_http_methods(["DELETE"])
@signed_in
def remove(_: HttpRequest, room: str, identity: str) -> HttpResponse:
    """Send somebody out of a room; any user may here."""
    try:
        livekit.room.remove_participant(room=room, identity=identity)
    except TwirpError as error:
        if error.code != TwirpCode.NOT_FOUND:
            raise
        return JsonResponse({"detail": f"{identity} is not in {room}"}, status=404)
    return HttpResponse(status=204)


@webhooks.on(ParticipantJoined)
def joined(event: ParticipantJoined) -> None:
    """Remember who joined."""
    visitors.setdefault(event.room.name, set()).add(event.participant.identity)
