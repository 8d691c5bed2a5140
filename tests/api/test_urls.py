"""URLs in any form that LiveKit's tools take, and errors for all others."""

from __future__ import annotations

import pytest
from lkproto.auth import InvalidArgumentError
from lkproto.http import Response

from .callers import Caller, answered, both

PATH = "twirp/livekit.RoomService/ListRooms"


@both
@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("wss://h", "https://h/"),
        ("ws://h:7880", "http://h:7880/"),
        ("https://h/", "https://h/"),
        ("http://h//", "http://h/"),
        ("h", "https://h/"),
        ("h:443", "https://h:443/"),
        ("h.example.org/a", "https://h.example.org/a/"),
        ("WSS://h", "https://h/"),
        ("Ws://h", "http://h/"),
        ("HTTPS://H", "https://H/"),
        ("wss://h/a/b", "https://h/a/b/"),
        ("wss://h/a/b/", "https://h/a/b/"),
        ("wss://h//a//b//", "https://h/a/b/"),
        ("ws://[::1]:7880", "http://[::1]:7880/"),
        ("ws://[::1]", "http://[::1]/"),
        ("[::1]:7880/a", "https://[::1]:7880/a/"),
        ("ws://127.0.0.1:7880", "http://127.0.0.1:7880/"),
    ],
)
def test_a_url_may_have_any_form(is_async: bool, url: str, sent: str) -> None:
    caller = Caller(is_async, answered(), url)
    caller.call("room.list_rooms")

    assert caller.requests[0].url == sent + PATH


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "is missing; pass url, or set LIVEKIT_URL"),
        ("ftp://h", "begins with none of wss://, ws://, https:// and http://"),
        ("wss:/h", "begins with none of"),
        ("://h", "begins with none of"),
        ("wss://", "host or port is not valid"),
        ("wss://h:port", "host or port is not valid"),
        ("wss://h:99999", "host or port is not valid"),
        ("::1", "host or port is not valid"),
        ("wss://h ", "a space"),
        ("wss://h\n", "a control character"),
        ("wss:\\\\h", "begins with none of"),
        ("wss://\\\\h", "a backslash"),
        ("wss://h/?access_token=x", "a query or a fragment"),
        ("wss://h#a", "a query or a fragment"),
        ("wss://user:secret@h", "a user name or a password"),
        ("wss://user@h", "a user name or a password"),
    ],
)
def test_what_is_wrong_with_a_url_is_said_without_repeating_it(
    url: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        Caller(False, (), url)
    assert told in str(caught.value)
    assert not url or url not in str(caught.value)

    monkeypatch.setenv("LIVEKIT_URL", url)
    with pytest.raises(InvalidArgumentError, match="LIVEKIT_URL|begins with none"):
        Caller(False, (), None)  # type: ignore[arg-type]


def test_a_url_is_text() -> None:
    with pytest.raises(InvalidArgumentError, match="text, not bytes"):
        Caller(False, (), b"wss://h")  # type: ignore[arg-type]


def test_the_environment_has_the_url_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LIVEKIT_URL", "wss://from-the-environment")
    caller = Caller(False, answered(), None)  # type: ignore[arg-type]
    caller.call("room.list_rooms")
    assert caller.requests[0].url == f"https://from-the-environment/{PATH}"

    caller = Caller(False, answered(), "wss://given")
    caller.call("room.list_rooms")
    assert caller.requests[0].url == f"https://given/{PATH}"


@pytest.mark.parametrize(
    ("url", "agents"),
    [
        ("wss://demo.livekit.cloud", "https://agents.livekit.cloud/"),
        ("wss://demo.staging.livekit.cloud/a", "https://agents.staging.livekit.cloud/"),
        ("http://127.0.0.1:7880", "http://127.0.0.1:7880/"),
        ("ws://localhost/a", "http://localhost/a/"),
        ("ws://livekit:7880", "http://livekit:7880/"),
        ("ws://[fd00::1]:7880", "http://[fd00::1]:7880/"),
    ],
)
def test_agents_are_managed_next_to_the_api(url: str, agents: str) -> None:
    caller = Caller(False, answered(), url)
    caller.call("agents.list_agents")

    assert caller.requests[0].url == f"{agents}twirp/livekit.CloudAgent/ListAgents"


def test_a_variable_may_say_where_agents_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LK_AGENTS_URL", "ws://127.0.0.1:1/a/")
    caller = Caller(False, answered(), "wss://demo.livekit.cloud")
    caller.call("agents.list_agents")
    assert caller.requests[0].url.startswith("http://127.0.0.1:1/a/twirp/")

    monkeypatch.setenv("LK_AGENTS_URL", "ftp://x")
    with pytest.raises(InvalidArgumentError):
        Caller(False, (), "wss://demo.livekit.cloud").api.agents  # noqa: B018


@both
@pytest.mark.parametrize("status", [200, 404, 405])
def test_a_page_of_an_application_asks_if_this_is_the_api(
    is_async: bool, status: int
) -> None:
    page = Response(status, {"Content-Type": "text/html"}, b"<!doctype html><p>My app")
    caller = Caller(is_async, page, "https://app.example.org")
    with pytest.raises(Exception, match="is this the URL of the API") as caught:
        caller.call("room.list_rooms")

    assert "My app" in str(caught.value) or status == 200
