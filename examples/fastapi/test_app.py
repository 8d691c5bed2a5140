"""The application, with a mock of LiveKit: the fixture `livekit` comes with lkproto."""

from collections.abc import Iterator

import app
import pytest
from fastapi.testclient import TestClient
from lkproto.auth import TokenVerifier
from lkproto.mock import MockLiveKit

ANN = ("ann", "pass")


@pytest.fixture
def client(
    livekit: MockLiveKit, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TestClient]:
    monkeypatch.setattr(app, "livekit", livekit.async_api())
    monkeypatch.setattr(app, "visitors", {})
    with TestClient(app.app) as client:
        yield client


def test_a_user_gets_a_token_for_a_room(
    client: TestClient, livekit: MockLiveKit
) -> None:
    answer = client.post("/token", json={"room_name": "demo"}, auth=ANN)

    assert answer.status_code == 201
    verifier = TokenVerifier(livekit.api_key, livekit.api_secret)
    claims = verifier.verify(answer.json()["participant_token"])
    assert claims.identity == "ann"
    assert claims.grants.video is not None
    assert claims.grants.video.room == "demo"


def test_nobody_gets_a_token_without_a_name_and_the_password(
    client: TestClient,
) -> None:
    for user in (("ann", "guess"), ("ann", ""), ("", "pass")):
        answer = client.post("/token", json={}, auth=user)

        assert answer.status_code == 401


def test_a_participant_is_shown_and_removed(
    client: TestClient, livekit: MockLiveKit
) -> None:
    livekit.join("demo", "bob")
    bob = "/rooms/demo/participants/bob"

    assert client.get("/rooms/demo", auth=ANN).json()["present"] == ["bob"]
    assert client.delete(bob, auth=ANN).status_code == 204
    assert client.get("/rooms/demo", auth=ANN).json()["present"] == []
    assert client.delete(bob, auth=ANN).status_code == 404


def test_who_joined_is_remembered(client: TestClient, livekit: MockLiveKit) -> None:
    livekit.join("demo", "bob")
    sent = livekit.sign_webhook(livekit.wait_for("participant_joined"))

    answer = client.post("/livekit", content=sent.body, headers=sent.headers)

    assert answer.status_code == 200
    assert client.get("/rooms/demo", auth=ANN).json()["visitors"] == ["bob"]


def test_what_nobody_signed_is_refused(client: TestClient) -> None:
    assert client.post("/livekit", content=b"{}").status_code == 401
