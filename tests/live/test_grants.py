"""Each method of the server is opened by the grant in its table, and by nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from lkproto import CallOptions, Method, TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.auth import ClaimGrants, VideoGrants
from lkproto.http import default_async_transport, default_transport

from tests.answers import tokens
from tests.answers.grants import REQUESTS, check_bad_token, check_wrong_grants
from tests.answers.script import CODECS, METHODS, Codec, Line
from tests.services.livekit_server import LiveKitServer

from .conftest import needs_session
from .servers import KEY, AsyncHurried, Hurried, serving

needs_session()
# One of the methods is; it is tried all the same.
pytestmark = pytest.mark.filterwarnings("ignore:.*ListSIPTrunk is deprecated")
SERVICES = {
    "livekit.AgentDispatchService": "agent_dispatch",
    "livekit.Egress": "egress",
    "livekit.Ingress": "ingress",
    "livekit.RoomService": "room",
    "livekit.SIP": "sip",
}
TIMEOUT = 60.0  # seconds
HURRY = 300  # milliseconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    with serving(tmp_path_factory.mktemp("grants")) as found:
        yield found


@pytest.fixture
def line(server: LiveKitServer) -> Iterator[Line]:
    with Line(server.http) as found:
        yield found


def called(api: LiveKitAPI | AsyncLiveKitAPI, method: Method, **options: Any) -> Any:
    """What a client's method returns, for the request of the script."""
    client = getattr(api, SERVICES[method.service])
    given = CallOptions(timeout=TIMEOUT, retries=0, **options)
    return getattr(client, method.python_name)(REQUESTS[method.path], call=given)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("kind", tokens.BAD)
def test_every_method_refuses_a_bad_token_as_it_is_recorded(
    line: Line, codec: Codec, kind: str
) -> None:
    check_bad_token(line, KEY, codec, kind)


@pytest.mark.parametrize("codec", CODECS)
def test_every_method_refuses_all_grants_but_its_own(line: Line, codec: Codec) -> None:
    check_wrong_grants(line, KEY, codec)


def opened(error: TwirpError | None, method: Method) -> None:
    """Check that the server let a call in, whatever became of it."""
    if error is not None:
        assert error.status is not None, f"{method.path}: {error}"
        assert error.status != 401, f"{method.path}: {error}"


@pytest.mark.parametrize("codec", CODECS)
def test_every_method_is_opened_by_the_token_of_its_call(
    server: LiveKitServer, codec: Codec
) -> None:
    def call(method: Method) -> TwirpError | None:
        try:
            called(api, method)
        except TwirpError as error:
            return error
        return None

    transport = Hurried(default_transport(), HURRY)
    with (
        LiveKitAPI(server.http, *KEY, transport=transport, codec=codec) as api,
        ThreadPoolExecutor(8) as pool,
    ):
        for method, error in zip(
            METHODS.values(), pool.map(call, METHODS.values()), strict=True
        ):
            opened(error, method)
    transport.close()


@pytest.mark.parametrize("codec", CODECS)
def test_every_method_is_opened_by_the_token_of_its_call_for_asyncio(
    server: LiveKitServer, codec: Codec
) -> None:
    async def call(api: AsyncLiveKitAPI, method: Method) -> TwirpError | None:
        try:
            await called(api, method)
        except TwirpError as error:
            return error
        return None

    async def call_all() -> list[TwirpError | None]:
        transport = AsyncHurried(default_async_transport(), HURRY)
        async with AsyncLiveKitAPI(
            server.url, *KEY, transport=transport, codec=codec
        ) as api:
            each = [call(api, method) for method in METHODS.values()]
            found = list(await asyncio.gather(*each))
        await transport.aclose()
        return found

    for method, error in zip(METHODS.values(), asyncio.run(call_all()), strict=True):
        opened(error, method)


def check_refusal(error: TwirpError, method: Method) -> None:
    """Check that an error says what is needed, and what the token has."""
    assert error.code is TwirpCode.UNAUTHENTICATED
    assert error.msg == "permissions denied"
    assert (error.service, error.method) == (method.service, method.name)
    assert (error.needs, error.has) == (method.grant, "video.roomJoin, video.room")
    says = f"it needs the grant {method.grant}; the call's token has {error.has}"
    assert says in str(error)


def test_the_error_of_a_wrong_grant_says_what_is_needed(server: LiveKitServer) -> None:
    grants = VideoGrants(room_join=True, room="lobby")

    with LiveKitAPI(server.url, *KEY) as api:
        for method in METHODS.values():
            with pytest.raises(TwirpError) as refused:
                called(api, method, grants=grants)
            check_refusal(refused.value, method)


def test_the_error_of_a_wrong_grant_says_what_is_needed_for_asyncio(
    server: LiveKitServer,
) -> None:
    grants = VideoGrants(room_join=True, room="lobby")

    async def call_all() -> None:
        async with AsyncLiveKitAPI(server.url, *KEY) as api:
            for method in METHODS.values():
                with pytest.raises(TwirpError) as refused:
                    await called(api, method, grants=grants)
                check_refusal(refused.value, method)

    asyncio.run(call_all())


# What is not of the form of a token is refused before anything is sent.
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("unknown-key", "invalid API key: APInope"),
        ("wrong-secret", "signature is invalid"),
        ("hs512", "signing method HS512 is invalid"),
        ("expired", "token is expired"),
        ("not-yet", "token is not valid yet"),
        ("text-for-bool", "cannot unmarshal string"),
    ],
)
def test_the_text_of_a_refusal_is_shown_without_the_token(
    server: LiveKitServer, kind: str, reason: str
) -> None:
    method = METHODS["livekit.RoomService/ListRooms"]
    header = tokens.authorization(kind, KEY, method, REQUESTS[method.path])
    assert header is not None
    token = header.removeprefix("Bearer ")

    with (
        LiveKitAPI(server.url, token=token) as api,
        pytest.raises(TwirpError) as refused,
    ):
        api.room.list_rooms()

    assert refused.value.status == 401
    assert refused.value.code is TwirpCode.UNAUTHENTICATED
    assert reason in str(refused.value)
    assert token.split(".")[1] not in str(refused.value)


def test_a_token_in_the_query_is_taken(server: LiveKitServer) -> None:
    method = METHODS["livekit.RoomService/ListRooms"]
    claims = ClaimGrants(video=VideoGrants(room_list=True))
    token = tokens.bearer(KEY, claims).removeprefix("Bearer ")

    with Line(server.http) as line:
        answer = line.ask(method, REQUESTS[method.path], "json", None, query=token)

    assert (answer.status, json.loads(answer.body)) == (200, {"rooms": []})
