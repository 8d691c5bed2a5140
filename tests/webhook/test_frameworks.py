"""Webhooks over a real socket, in each framework, also after a middleware that reads the body."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from lkproto.livekit import WebhookEvent
from lkproto.webhook import SeenEvents

from .frameworks import FRAMEWORKS
from .servers import post
from .support import BODY, receiver, signed


class Served:
    """An application that is served, and the events that it has handled."""

    def __init__(self) -> None:
        self.events: list[WebhookEvent] = []
        self.receiver = receiver(seen=SeenEvents(), max_body=10_000)
        self.receiver.on_any(self.handle)
        self.port = 0

    def handle(self, event: WebhookEvent) -> None:
        """Keep an event, or fail."""
        if event.event == "fails":
            raise ZeroDivisionError
        self.events.append(event)

    def post(
        self, body: bytes = BODY, *headers: tuple[str, str], **how: bool
    ) -> tuple[int, str]:
        """The answer to a delivery that is signed, unless it has headers of its own."""
        given = headers or (("Authorization", signed(body)),)
        return post(self.port, body, *given, **how)


@pytest.fixture(
    params=[(name, reads) for name in FRAMEWORKS for reads in (False, True)],
    ids=lambda each: f"{each[0]}{', read before' if each[1] else ''}",
    scope="module",
)
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """An application of each framework, served once for all tests."""
    name, reads = request.param
    found = Served()
    serve, make = FRAMEWORKS[name]
    with serve(make(found.receiver, reads)) as found.port:
        yield found


@pytest.fixture(autouse=True)
def _fresh(served: Served) -> None:
    served.events.clear()
    served.receiver._seen = SeenEvents()


@pytest.mark.parametrize(
    "kind",
    [
        "application/webhook+json",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        None,
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_an_event_is_handled_whatever_its_content_type(
    kind: str | None, chunked: bool, served: Served
) -> None:
    headers = [("AUTHORIZATION", signed())]
    if kind is not None:
        headers.append(("content-type", kind))

    assert served.post(BODY, *headers, chunked=chunked)[0] == 200
    assert served.events == [WebhookEvent.from_json(BODY)]


def test_a_repeat_is_answered_as_the_first(served: Served) -> None:
    assert [served.post()[0] for _ in range(3)] == [200, 200, 200]
    assert len(served.events) == 1


def test_what_a_function_raises_is_answered_500_so_that_it_comes_again(
    served: Served,
) -> None:
    body = b'{"event":"fails","id":"EV_2"}'

    assert served.post(body)[0] == 500
    assert served.post()[0] == 200


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ([("Accept", "*/*")], "no Authorization"),
        ([("Authorize", "{}")], "'authorize', but no authorization"),
        ([("Authorization", "Bearer {}")], "begins with `Bearer`"),
        ([("Authorization", "{}"), ("Authorization", "{}")], ""),
        ([("Authorization", "")], "no Authorization"),
    ],
    ids=["absent", "Authorize", "Bearer", "twice", "empty"],
)
def test_a_header_that_is_wrong_is_answered_401_and_named(
    headers: list[tuple[str, str]], said: str, served: Served
) -> None:
    given = [(name, value.format(signed())) for name, value in headers]

    status, text = served.post(BODY, *given)

    assert status == 401
    assert said.lower() in text.lower()
    assert signed() not in text
    assert not served.events


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BODY.replace(b"ann", b"bob"), "is not the one that was signed"),
        (json.dumps(json.loads(BODY)).encode(), "was parsed and written again"),
        (b"", "is not the one that was signed"),
    ],
    ids=["another", "written again", "empty"],
)
def test_another_body_is_answered_400(body: bytes, said: str, served: Served) -> None:
    status, text = served.post(body, ("Authorization", signed()))

    assert status == 400
    assert said in text
    assert "before any parser" in text
    assert "lobby" not in text
    assert not served.events


def test_what_is_signed_and_no_event_is_answered_400(served: Served) -> None:
    status, text = served.post(b'{"event": 1}')

    assert status == 400
    assert "$.event" in text


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_answered_413(
    chunked: bool, served: Served
) -> None:
    body = b" " * 10_001

    status, _ = served.post(body, ("Authorization", signed(body)), chunked=chunked)

    assert status == 413
    assert not served.events


def test_only_post_is_answered(served: Served) -> None:
    assert post(served.port, b"", method="GET")[0] == 405
