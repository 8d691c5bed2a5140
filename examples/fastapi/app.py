"""Tokens, webhooks and control of rooms, with FastAPI."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from lkproto import TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI
from lkproto.auth import VideoGrants
from lkproto.livekit import TokenSourceRequest, WebhookEvent
from lkproto.webhook import ParticipantJoined
from lkproto.webhook.adapters.starlette import dependency

livekit = AsyncLiveKitAPI()  # of LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET
webhooks = livekit.webhooks()
visitors: dict[str, set[str]] = {}
"""Who has joined each room. Yours are in a database."""


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Close the connections at the end."""
    async with livekit:
        yield


def signed_in(given: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> str:
    """The name of the user; put your own sign-in here."""
    expected = os.environ["APP_PASSWORD"]
    is_right = secrets.compare_digest(given.password.encode(), expected.encode())
    if not (given.username and is_right):
        raise HTTPException(401, "wrong password", {"WWW-Authenticate": "Basic"})
    return given.username


User = Annotated[str, Depends(signed_in)]
Event = Annotated[WebhookEvent, Depends(dependency(webhooks))]
app = FastAPI(lifespan=lifespan)


@app.post("/token", status_code=201)
async def token(asked: TokenSourceRequest, user: User) -> dict[str, str]:
    """What a user needs to join a room: the endpoint of `TokenSource` in LiveKit's clients.

    The user asks for a room and a name to show, and says nothing about who it is. Any user gets any
    room here; check it where yours may not.
    """
    grants = VideoGrants(room_join=True, room=asked.room_name or "lobby")
    minted = livekit.token(user).with_name(asked.participant_name or user)
    return {
        "server_url": os.environ["LIVEKIT_URL"],
        "participant_token": minted.with_grants(grants).to_jwt(),
    }


@app.get("/rooms/{room}")
async def show(room: str, _: User) -> dict[str, list[str]]:
    """Who is in a room, and who has been there."""
    found = await livekit.room.list_participants(room=room)
    present = [each.identity for each in found.participants]
    return {"present": present, "visitors": sorted(visitors.get(room, ()))}


@app.delete("/rooms/{room}/participants/{identity}", status_code=204)
async def remove(room: str, identity: str, _: User) -> None:
    """Send somebody out of a room; any user may here."""
    try:
        await livekit.room.remove_participant(room=room, identity=identity)
    except TwirpError as error:
        if error.code != TwirpCode.NOT_FOUND:
            raise
        raise HTTPException(404, f"{identity} is not in {room}") from error


@app.post("/livekit")
async def receive(event: Event) -> None:
    """Take a webhook, which the dependency has verified."""
    await webhooks.handle_async(event)


@webhooks.on(ParticipantJoined)
def joined(event: ParticipantJoined) -> None:
    """Remember who joined."""
    visitors.setdefault(event.room.name, set()).add(event.participant.identity)
