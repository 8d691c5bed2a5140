"""Messages as bodies and answers: ProtoJSON in FastAPI and Flask, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from lkproto.livekit import Room, S3Upload, TrackInfo, TrackType, WebhookEvent

from .servers import post, uvicorn_server, werkzeug_server
from .support import BODY

JSON = ("Content-Type", "application/json")


@pytest.fixture(scope="module")
def app() -> Any:
    """An application of FastAPI whose routes take and return messages."""
    from fastapi import FastAPI
    from pydantic import BaseModel

    class Visit(BaseModel):
        room: Room
        tracks: list[TrackInfo]

    def event(event: WebhookEvent) -> WebhookEvent:
        return event

    def visit(visit: Visit) -> Visit:
        return visit

    def rooms() -> list[Room]:
        return [Room(creation_time=5)]

    def upload() -> S3Upload:
        return S3Upload(secret="hunter2")

    # Types of this function are found by the classes, not by their names.
    visit.__annotations__ = {"visit": Visit, "return": Visit}
    found = FastAPI()
    for function in (event, visit, rooms, upload):
        found.post(f"/{function.__name__}")(function)
    return found


@pytest.fixture(scope="module")
def port(app: Any) -> Iterator[int]:
    with uvicorn_server(app) as found:
        yield found


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/event", json.loads(BODY), json.loads(BODY)),
        (
            "/visit",
            {"room": {"maxParticipants": 5}, "tracks": [{"type": 1}]},
            {"room": {"maxParticipants": 5}, "tracks": [{"type": "VIDEO"}]},
        ),
        ("/rooms", None, [{"creationTime": "5"}]),
        ("/upload", None, {"secret": "hunter2"}),
    ],
)
def test_fastapi_takes_and_returns_protojson(
    path: str, body: Any, answer: Any, port: int
) -> None:
    status, text = post(port, json.dumps(body).encode(), JSON, path=path)

    assert (status, json.loads(text)) == (200, answer)


def test_fastapi_answers_422_with_the_place_and_not_with_the_input(port: int) -> None:
    body = b'{"room":{"metadata":"hunter2","maxParticipants":"x"}}'

    status, text = post(port, body, JSON, path="/event")

    assert status == 422
    (found,) = json.loads(text)["detail"]
    assert found["loc"] == ["body", "room", "max_participants"]
    assert found["type"] == "protojson"
    assert "hunter2" not in text


def test_the_schema_of_fastapi_has_messages(port: int) -> None:
    status, text = post(port, b"", method="GET", path="/openapi.json")

    assert status == 200
    operation = json.loads(text)["paths"]["/event"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["createdAt"]["type"] == "string"
    assert schema["properties"]["room"]["title"] == "livekit.Room"


@pytest.mark.parametrize("value", ["message", "list", "dict"])
def test_flask_writes_messages_as_protojson(value: str) -> None:
    from flask import Flask, jsonify
    from lkproto.webhook.adapters.flask import ProtoJSONProvider

    track = TrackInfo(type=TrackType.VIDEO, sid="TR_1")
    values: dict[str, Any] = {
        "message": Room(creation_time=5, enabled_codecs=[]),
        "list": [S3Upload(secret="hunter2"), 1],
        "dict": {"tracks": [track], "at": date(2026, 1, 1)},
    }
    answers: dict[str, Any] = {
        "message": {"creationTime": "5"},
        "list": [{"secret": "hunter2"}, 1],
        "dict": {
            "at": "Thu, 01 Jan 2026 00:00:00 GMT",
            "tracks": [track.to_dict()],
        },
    }
    app = Flask("messages")
    app.json = ProtoJSONProvider(app)
    app.add_url_rule("/", view_func=lambda: jsonify(values[value]))

    with werkzeug_server(app) as port:
        status, text = post(port, b"", method="GET", path="/")

    assert (status, json.loads(text)) == (200, answers[value])


def test_flask_without_the_provider_writes_no_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from flask import Flask, jsonify

    app = Flask("messages")
    app.add_url_rule("/", view_func=lambda: jsonify(Room()))

    with werkzeug_server(app) as port:
        assert post(port, b"", method="GET", path="/")[0] == 500
    assert "Object of type Room is not JSON serializable" in caplog.text
