"""Default answers are those that LiveKit's test server gives; they were recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lkproto import service_of, services
from lkproto.mock import MockLiveKit
from lkproto.mock._default_answers import populated

from .asking import ANYBODY, ask
from .default_answers import RECORDED, SERVICES

ROWS: list[list[str]] = json.loads(RECORDED.read_text("utf-8"))
TABLES = [service_of(name) for name in services()]
TWIRP = [method for each in TABLES if each.transport == "twirp" for method in each]
# What this version of the schema has and that of the server does not: an id more, and an answer
# that was empty.
LATER = {
    "livekit.StreamInfo": ("id",),
    "livekit.TransferSIPParticipantResponse": ("transfer_id",),
}


def without_later(message: Any) -> Any:
    """A message as the server's version of the schema has it."""
    cls = type(message)
    for name in LATER.get(cls.__proto_name__, ()):
        setattr(message, name, "")
    for each in getattr(message, "stream_results", ()):
        without_later(each)
    return message


@pytest.mark.parametrize(
    ("path", "request_", "answer"),
    ROWS,
    ids=[f"{path}{'-full' if body else ''}" for path, body, _ in ROWS],
)
def test_a_default_answer_is_that_of_the_test_server(
    path: str, request_: str, answer: str
) -> None:
    service, _, name = path.partition("/")
    method = service_of(service)[name]
    request = method.input_type.from_bytes(bytes.fromhex(request_))
    expected = method.output_type.from_bytes(bytes.fromhex(answer))

    assert without_later(populated(method.output_type, request)) == expected


def test_all_methods_of_the_test_server_are_recorded() -> None:
    expected = {
        each.path for name in SERVICES for each in service_of(f"livekit.{name}")
    }

    assert {path for path, _, _ in ROWS} == expected
    assert len(ROWS) == 2 * len(expected)


@pytest.mark.parametrize("method", TWIRP, ids=lambda each: each.path)
def test_every_method_of_twirp_is_served(mock: MockLiveKit, method: Any) -> None:
    answer = ask(mock.http_url, f"/twirp/{method.path}", "{}", ANYBODY)

    msg = "" if answer.status == 200 else answer.json["msg"]
    assert answer.status == 200 or answer.json["code"] not in (
        "bad_route",
        "unimplemented",
    )
    assert msg != "internal service error"  # an exception
    assert len(TWIRP) == 89
