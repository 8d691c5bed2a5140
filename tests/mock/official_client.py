"""Calls of livekit-api on a server: run by a test, in a process of its own.

`python official_client.py URL KEY SECRET` makes a call of every method of every service that this
library has, and writes the results as JSON: the name of the message, or the error's code.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from typing import Any

from livekit import api as livekit_api

SERVICES = ("room", "egress", "ingress", "sip", "agent_dispatch", "connector")


def methods_of(service: Any) -> dict[str, Any]:
    """The methods that make a call."""
    found = inspect.getmembers(service, inspect.iscoroutinefunction)
    return {name: each for name, each in found if not name.startswith("_")}


def arguments_of(method: Any) -> list[Any]:
    """What a method cannot do without: a message without fields, or some text."""
    found = []
    signature = inspect.signature(method, eval_str=True)
    for name, each in signature.parameters.items():
        if each.default is inspect.Parameter.empty:
            kind = each.annotation
            found.append(f"the {name}" if kind is str else kind())
    return found


async def call(method: Any) -> str:
    """How a call ends."""
    try:
        return type(await method(*arguments_of(method))).__name__
    except livekit_api.TwirpError as error:
        return f"{error.status} {error.code}: {error.message}"


async def main(url: str, key: str, secret: str) -> None:
    """Call everything."""
    found = {}
    async with livekit_api.LiveKitAPI(url, key, secret) as api:
        for service in SERVICES:
            for name, method in methods_of(getattr(api, service)).items():
                found[f"{service}.{name}"] = await call(method)
        made = await api.room.create_room(
            livekit_api.CreateRoomRequest(name="demo", metadata="é")
        )
        rooms = await api.room.list_rooms(livekit_api.ListRoomsRequest())
        found["rooms"] = [each.name for each in rooms.rooms if each.sid == made.sid]
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
