"""LiveKit's SDK for Node calls our mock: every function that it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from lkproto.auth import VideoGrants
from lkproto.mock import MockLiveKit

from tests.api.recorder import Recorder, recording

from . import node_sdk
from .programs import found

# It makes a trunk of a kind that servers no longer have.
NOT_CALLED = {"createSipTrunk"}
MISTAKES = {"wrong secret", "wrong grant", "busy"}


@pytest.fixture(scope="module")
def hook() -> Iterator[Recorder]:
    with recording() as running:
        yield running


@pytest.fixture(scope="module")
def mock(hook: Recorder) -> Iterator[MockLiveKit]:
    with MockLiveKit(webhook_urls=[hook.url]) as running:
        yield running


@pytest.fixture(scope="module")
def lines(mock: MockLiveKit, hook: Recorder) -> list[dict[str, Any]]:
    """What the program printed."""
    found(node_sdk.find)
    mock.join("demo", "alice")
    track = mock.publish("demo", "alice", name="microphone")
    mock.flush_webhooks()
    webhook = hook.requests[0]
    token = mock.token("alice").with_grants(VideoGrants(room_join=True, room="demo"))
    with mock.script("CreateSIPParticipant", times=1, sip_status=(486, "Busy Here")):
        return node_sdk.run(
            LIVEKIT_URL=mock.url,
            LIVEKIT_API_KEY=mock.api_key,
            LIVEKIT_API_SECRET=mock.api_secret,
            TOKEN=token.to_jwt(),
            TRACK=track.sid,
            HOOK_BODY=webhook.body.decode(),
            HOOK_AUTHORIZATION=webhook.headers["authorization"],
        )


def answer(lines: list[dict[str, Any]], name: str) -> Any:
    (line,) = (each for each in lines if each.get("call") == name)
    return line["answer"]


def error(lines: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (line,) = (each for each in lines if each.get("call") == name)
    found: dict[str, Any] = line["error"]
    return found


def test_every_function_is_called_and_answered(lines: list[dict[str, Any]]) -> None:
    *calls, last = lines
    failed = {each["call"]: each["error"] for each in calls if "error" in each}

    assert failed.keys() == MISTAKES, failed
    assert {*last["functions"]} - {each["call"] for each in calls} == NOT_CALLED
    assert len(calls) >= 55


def test_what_is_asked_comes_back(lines: list[dict[str, Any]]) -> None:
    room = answer(lines, "createRoom")

    assert (room["name"], room["metadata"], room["maxParticipants"]) == ("made", "m", 7)
    assert room["sid"]
    assert answer(lines, "listParticipants")[0]["identity"] == "alice"
    assert answer(lines, "updateParticipant")["attributes"] == {"a": "b"}
    assert answer(lines, "mutePublishedTrack")["muted"] is True
    assert answer(lines, "createIngress")["participantIdentity"] == "camera"
    assert answer(lines, "createSipParticipant")["participantIdentity"] == "caller"
    assert answer(lines, "createDispatch")["agentName"] == "helper"


def test_its_tokens_open_what_they_should(
    lines: list[dict[str, Any]], mock: MockLiveKit
) -> None:
    assert lines
    methods = {each.method for each in mock.requests if each.status == 200}

    assert len(methods) >= 49
    assert all(each.claims for each in mock.requests if each.status == 200)


def test_our_token_is_verified(lines: list[dict[str, Any]]) -> None:
    claims = answer(lines, "verify")

    assert (claims["sub"], claims["video"]) == (
        "alice",
        {"roomJoin": True, "room": "demo"},
    )


def test_our_webhook_is_received(lines: list[dict[str, Any]]) -> None:
    event = answer(lines, "receive")

    assert (event["event"], event["room"]["name"]) == ("room_started", "demo")


def test_it_understands_what_went_wrong(lines: list[dict[str, Any]]) -> None:
    assert "token signature is invalid" in error(lines, "wrong secret")["text"]
    assert error(lines, "wrong grant")["code"] == "unauthenticated"
    busy = error(lines, "busy")
    assert (busy["kind"], busy["sipStatusCode"]) == ("SipCallError", 486)
    assert busy["metadata"]["sip_status"] == "Busy Here"
