"""No secret and no token in logs, texts, reprs and tracebacks."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.auth import AccessToken, KeyProvider
from lkproto.http import Response, TransportError

from .callers import DENIED, KEY, SECRET, URL, Caller, both, failed
from .cloud import HOME, LOST, UNAVAILABLE, Cloud

pytestmark = pytest.mark.usefixtures("nothing_known", "waits")
TOKEN = AccessToken("APIgiven", "g" * 40).to_jwt()


def everything(error: BaseException | None) -> str:
    """What reporters print of an error: its text, and the variables of our frames."""
    told = []
    while error is not None:
        told += [str(error), repr(error), repr(error.args)]
        for frame, _ in traceback.walk_tb(error.__traceback__):
            if frame.f_globals["__name__"].startswith("lkproto."):
                told += [frame.f_code.co_filename, repr(frame.f_locals)]
        error = error.__cause__ or error.__context__
    return "\n".join(told)


class Broken(KeyProvider):
    """Keys that cannot be had."""

    num_keys = 1

    def get_secret(self, api_key: str) -> str:
        raise RuntimeError("the vault is sealed")


@pytest.mark.parametrize("cls", [LiveKitAPI, AsyncLiveKitAPI])
@pytest.mark.parametrize(
    "given",
    [
        {"url": "ftp://h", "api_secret": SECRET},
        {"url": "ftp://h", "token": TOKEN},
        {"url": "ftp://h", "keys": {KEY: SECRET}},
        {"api_key": "", "api_secret": SECRET},
        {"api_secret": SECRET, "keys": {KEY: SECRET}},
        {"api_secret": SECRET, "token": TOKEN},
        {"token": f"{TOKEN}\n"},
        {"token": f"Bearer {TOKEN}"},
        {"api_key": SECRET, "api_secret": KEY},
        {"api_secret": SECRET, "timeout": -1},
        {"api_secret": SECRET, "headers": {"Authorization": TOKEN}},
        {"api_secret": SECRET, "headers": {"Accept": TOKEN}},
        {"api_secret": SECRET, "transport": object()},
        {"api_secret": SECRET, "apiKey": KEY},
        {"keys": {KEY: SECRET}, "api_key": "APIother"},
        {"keys": Broken(), "api_key": KEY},
        {"api_secret": SECRET, "interceptors": 7},
    ],
)
def test_a_constructor_that_raises_shows_no_secret(cls: Any, given: Any) -> None:
    given = {"url": URL} | given
    if {"token", "keys"}.isdisjoint(given):
        given.setdefault("api_key", KEY)
    with pytest.raises((ValueError, TypeError, RuntimeError)) as caught:
        cls(**given)
    error = caught.value

    told = everything(error)
    assert SECRET not in told
    assert TOKEN not in told
    assert "_base.py" in told


@pytest.mark.parametrize("name", ["TOKEN", "KEYS", "API_SECRET"])
def test_what_is_wrong_in_the_environment_is_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LIVEKIT_{name}", f"{TOKEN}\n")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - each its own text
        LiveKitAPI(URL)

    assert TOKEN not in everything(caught.value)


def sent(caller: Caller) -> list[str]:
    """Tokens that were sent, without what all of them begin with."""
    headers = [each.headers["Authorization"] for each in caller.requests]
    return [each.removeprefix("Bearer ") for each in headers]


@both
@pytest.mark.parametrize("given", [{}, {"token": TOKEN}])
@pytest.mark.parametrize(
    "answer",
    [
        failed(401, DENIED),
        Response(401, {"Content-Type": "text/plain"}, b"invalid token: "),
        LOST,
        TransportError("connect", False),
        Response(200, {"Content-Type": "text/html"}),
        RuntimeError("a transport that is broken"),
    ],
)
def test_an_error_of_a_call_shows_no_token(
    is_async: bool, given: Any, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caller = Caller(is_async, answer, **given)
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises((TwirpError, RuntimeError)) as caught,
    ):
        caller.call("room.list_rooms")

    for token in sent(caller):
        assert token not in everything(caught.value)
        assert token not in caplog.text
        assert SECRET not in everything(caught.value)


@both
def test_failover_shows_no_token(
    is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    cloud = Cloud(is_async, a=LOST, b=UNAVAILABLE, c=UNAVAILABLE)
    caller = cloud.caller()
    with caplog.at_level(logging.DEBUG), pytest.raises(TwirpError) as caught:
        caller.call("room.list_rooms")

    assert len(cloud.requests) == 4
    assert HOME in caplog.text
    assert sent(caller)[0] not in everything(caught.value) + caplog.text


def test_the_token_that_a_server_echoes_is_masked() -> None:
    text = f"invalid token: {TOKEN}, error: token is expired"
    caller = Caller(False, Response(401, {"Content-Type": "text/plain"}, text.encode()))
    with pytest.raises(TwirpError) as caught:
        caller.call("room.list_rooms")

    assert TOKEN not in str(caught.value) + repr(caught.value)
    assert "invalid token: <token>" in str(caught.value)


def test_reprs_show_the_key_and_no_secret() -> None:
    caller = Caller(False, Response())
    api = caller.api
    assert repr(api) == f"<LiveKitAPI of {URL} with the key '{KEY}'>"
    caller.call("room.list_rooms")

    shown = f"{vars(api)!r}{api._tokens._kept!r}{api.room!r}{api.token('a')!r}"
    assert SECRET not in shown
    assert sent(caller)[0] not in shown
    api = LiveKitAPI(URL, token=TOKEN)
    assert repr(api) == f"<LiveKitAPI of {URL} with a token>"
    assert TOKEN not in repr(vars(api)) + repr(api._tokens._header)
    options = CallOptions(headers={"Authorization": TOKEN})
    assert TOKEN not in repr(options)


def test_a_typo_is_an_error_that_knows_better() -> None:
    with pytest.raises(AttributeError, match="no attribute 'romo'.*room"):
        LiveKitAPI(URL, KEY, SECRET).romo  # type: ignore[attr-defined]  # noqa: B018
    assert {"room", "egress", "replay", "close"} <= set(
        dir(LiveKitAPI(URL, KEY, SECRET))
    )
