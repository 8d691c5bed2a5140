"""An application that uses all of LiveKit's server side: tokens, the API and webhooks."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from lkproto import TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI
from lkproto.auth import VideoGrants
from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver
from lkproto.webhook.adapters.starlette import dependency

# The statuses of the application for errors of calls; others are its own fault.
_STATUS = {TwirpCode.NOT_FOUND: 404, TwirpCode.INVALID_ARGUMENT: 400}


class Application:
    """`app` is one of ASGI; it keeps the events that came. `livekit` is set before it is used."""

    livekit: AsyncLiveKitAPI

    def __init__(self, receiver: WebhookReceiver) -> None:
        self.events: list[WebhookEvent] = []
        self.app = FastAPI()
        event = Annotated[WebhookEvent, Depends(dependency(receiver))]

        async def receive(given: Any) -> None:
            self.events.append(given)

        receive.__annotations__["given"] = event
        self.app.post("/livekit")(receive)
        self.app.post("/rooms/{room}/token")(self.token)
        self.app.put("/rooms/{room}")(self.create)
        self.app.get("/rooms/{room}")(self.show)
        self.app.delete("/rooms/{room}")(self.end)
        self.app.delete("/rooms/{room}/{identity}")(self.remove)

    async def token(self, room: str, identity: str) -> dict[str, str]:
        """A token to join a room with."""
        grants = VideoGrants(room_join=True, room=room)
        return {"token": self.livekit.token(identity).with_grants(grants).to_jwt()}

    async def create(self, room: str, metadata: str = "") -> dict[str, str]:
        """Create a room, or find the one that there is."""
        try:
            made = await self.livekit.room.create_room(name=room, metadata=metadata)
        except TwirpError as error:
            raise _answer(error) from error
        return {"sid": made.sid, "metadata": made.metadata}

    async def show(self, room: str) -> dict[str, list[str]]:
        """The rooms of that name, and who is there."""
        rooms = await self.livekit.room.list_rooms(names=[room])
        found = await self.livekit.room.list_participants(room=room)
        return {
            "rooms": [each.name for each in rooms.rooms],
            "participants": [each.identity for each in found.participants],
        }

    async def end(self, room: str) -> None:
        """End a room."""
        try:
            await self.livekit.room.delete_room(room=room)
        except TwirpError as error:
            raise _answer(error) from error

    async def remove(self, room: str, identity: str) -> None:
        """Send somebody out."""
        try:
            await self.livekit.room.remove_participant(room=room, identity=identity)
        except TwirpError as error:
            raise _answer(error) from error


def _answer(error: TwirpError) -> HTTPException:
    return HTTPException(_STATUS.get(error.code, 500), str(error))
