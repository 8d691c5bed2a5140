"""An application gets the same from the mock as from livekit-server: tokens, calls, webhooks."""

from __future__ import annotations

import asyncio
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lkproto import TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI
from lkproto.auth import TokenVerifier
from lkproto.livekit import DisconnectReason, WebhookEvent
from lkproto.mock import MockLiveKit
from lkproto.webhook import WebhookReceiver

from tests.answers.script import Stage
from tests.live.stage import LiveStage
from tests.services.livekit_server import LiveKitServer
from tests.webhook.servers import uvicorn_server

from .application import Application
from .stage import MockStage

# Made public to be tested with.
KEYS = {"APIboth": "both-0123456789-both-0123456789-both"}
_WAIT = 60.0


@contextmanager
def mock(folder: Path, url: str) -> Generator[Stage]:
    with MockLiveKit(KEYS, webhook_urls=[url]) as served:
        yield MockStage(served)


@contextmanager
def server(folder: Path, url: str) -> Generator[Stage]:
    with LiveKitServer(folder, KEYS, [url]) as served, LiveStage(served) as stage:
        yield stage


@dataclass
class World:
    """An application, and the LiveKit server that it uses."""

    application: Application
    port: int
    stage: Stage

    def ask(self, method: str, path: str, **query: str) -> tuple[int, Any]:
        """Status and JSON of what the application answers."""
        url = f"http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(query)}"
        asked = urllib.request.Request(url, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=_WAIT) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def wait(self, name: str, number: int = 1) -> WebhookEvent:
        """The last of so many events with a name, once they have come."""
        until = time.monotonic() + _WAIT
        while True:
            came = [each for each in self.application.events if each.event == name]
            if len(came) >= number:
                return came[-1]
            assert time.monotonic() < until, f"only {self.names()} came"
            time.sleep(0.02)

    def names(self) -> list[str]:
        """The names of the events that came."""
        return [each.event for each in self.application.events]


WHERE: dict[str, Callable[[Path, str], Any]] = {"mock": mock, "server": server}


_NEEDS = "needs livekit-server: python3 noxfile.py -s live"
_SERVER = pytest.param(
    "server",
    marks=[] if os.environ.get("LKPROTO_LIVE") else pytest.mark.skip(reason=_NEEDS),
)


@pytest.fixture(params=["mock", _SERVER])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    application = Application(WebhookReceiver(keys=KEYS))
    with uvicorn_server(application.app) as port:
        url = f"http://127.0.0.1:{port}/livekit"
        with WHERE[request.param](tmp_path, url) as stage:
            application.livekit = AsyncLiveKitAPI(stage.url, *stage.key)
            yield World(application, port, stage)
            asyncio.run(application.livekit.aclose())


def test_a_token_is_one_of_the_server(world: World) -> None:
    status, found = world.ask("POST", "/rooms/lobby/token", identity="ann")

    verified = TokenVerifier(keys=KEYS).verify(found["token"])
    assert status == 200
    assert verified.identity == "ann"
    assert verified.grants.video is not None
    assert verified.grants.video.room == "lobby"
    assert world.names() == []


def test_a_room_is_created_once_listed_and_ended(world: World) -> None:
    first = world.ask("PUT", "/rooms/lobby", metadata="<&> 😀")
    again = world.ask("PUT", "/rooms/lobby")
    assert first == again
    assert first[1]["metadata"] == "<&> 😀"
    assert first[1]["sid"].startswith("RM_")

    nobody: dict[str, list[str]] = {"rooms": ["lobby"], "participants": []}
    assert world.ask("GET", "/rooms/lobby") == (200, nobody)
    assert world.ask("DELETE", "/rooms/lobby") == (200, None)

    nothing: dict[str, list[str]] = {"rooms": [], "participants": []}
    assert world.ask("GET", "/rooms/lobby") == (200, nothing)


def test_webhooks_of_a_room_and_of_who_is_there_come_in_order(world: World) -> None:
    _, made = world.ask("PUT", "/rooms/lobby", metadata="{}")
    started = world.wait("room_started")
    assert (started.room and started.room.sid) == made["sid"]

    world.stage.join("lobby", "ann")
    joined = world.wait("participant_joined")
    assert (joined.participant and joined.participant.identity) == "ann"
    assert world.ask("GET", "/rooms/lobby")[1]["participants"] == ["ann"]

    world.stage.publish("lobby", "ann")
    published = world.wait("track_published")
    assert (published.track and published.track.name) == "microphone"

    assert world.ask("DELETE", "/rooms/lobby/ann") == (200, None)
    left = world.wait("participant_left")
    assert left.participant is not None
    assert left.participant.disconnect_reason is DisconnectReason.PARTICIPANT_REMOVED

    assert world.ask("DELETE", "/rooms/lobby") == (200, None)
    finished = world.wait("room_finished")
    assert (finished.room and finished.room.sid) == made["sid"]
    assert world.names() == [
        "room_started",
        "participant_joined",
        "track_published",
        "track_unpublished",
        "participant_left",
        "room_finished",
    ]
    assert len({each.id for each in world.application.events}) == 6


def test_errors_of_calls_have_their_codes(world: World) -> None:
    unknown = world.ask("DELETE", "/rooms/lobby/ann")
    too_long = world.ask("PUT", f"/rooms/{'x' * 257}")
    gone = world.ask("DELETE", "/rooms/lobby")

    assert (unknown[0], too_long[0], gone[0]) == (404, 400, 404)
    assert "participant does not exist" in unknown[1]["detail"]
    assert "max length 256" in too_long[1]["detail"]


def test_a_key_that_the_server_does_not_know_is_refused_with_its_reason(
    world: World,
) -> None:
    async def call() -> None:
        async with AsyncLiveKitAPI(world.stage.url, "APIother", "x" * 32) as api:
            await api.room.list_rooms()

    with pytest.raises(TwirpError, match="invalid API key: APIother") as refused:
        asyncio.run(call())
    assert refused.value.code is TwirpCode.UNAUTHENTICATED
