"""Calls outlive what a real server does to connections, and its errors have their codes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from lkproto import CallOptions, TwirpCode, TwirpError
from lkproto.api import AsyncLiveKitAPI, LiveKitAPI
from lkproto.http import default_transport

from tests.services.livekit_server import LiveKitServer

from .conftest import needs_session
from .servers import KEY, Hurried, serving

needs_session()
WEB = "https://example.com"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    with serving(tmp_path_factory.mktemp("connections")) as found:
        yield found


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    """A server without Redis."""
    with serving(tmp_path_factory.mktemp("lonely"), with_redis=False) as found:
        yield found


def test_after_a_panic_that_resets_the_connection_the_next_call_works(
    lonely: LiveKitServer,
) -> None:
    with LiveKitAPI(lonely.url, *KEY) as api:
        for _ in range(3):
            with pytest.raises(TwirpError) as panicked:
                api.ingress.update_ingress(ingress_id="IN_none")
            assert panicked.value.code is TwirpCode.INTERNAL
            assert panicked.value.msg == "Internal service panic"

            assert api.room.list_rooms().rooms == []


def test_after_a_panic_the_next_call_works_for_asyncio(lonely: LiveKitServer) -> None:
    async def call() -> None:
        async with AsyncLiveKitAPI(lonely.url, *KEY) as api:
            for _ in range(3):
                with pytest.raises(TwirpError) as panicked:
                    await api.ingress.update_ingress(ingress_id="IN_none")
                assert panicked.value.code is TwirpCode.INTERNAL
                assert (await api.room.list_rooms()).rooms == []

    asyncio.run(call())


def test_a_method_that_must_not_be_repeated_works_after_a_panic_without_retries(
    lonely: LiveKitServer,
) -> None:
    with LiveKitAPI(lonely.url, *KEY, retries=0) as api:
        with pytest.raises(TwirpError):
            api.ingress.update_ingress(ingress_id="IN_none")

        assert api.room.create_room(name="after").name == "after"


def test_what_needs_redis_says_so(lonely: LiveKitServer) -> None:
    with LiveKitAPI(lonely.url, *KEY) as api, pytest.raises(TwirpError) as failed:
        api.egress.list_egress()

    assert failed.value.code is TwirpCode.INTERNAL
    assert "redis required" in str(failed.value)


def test_the_server_gives_up_when_the_header_says_so(server: LiveKitServer) -> None:
    transport = Hurried(default_transport(), 300)
    began = time.monotonic()

    with (
        LiveKitAPI(server.url, *KEY, transport=transport, timeout=60) as api,
        pytest.raises(TwirpError) as failed,
    ):
        api.egress.start_web_egress(url=WEB)

    assert (failed.value.code, failed.value.status) == (TwirpCode.CANCELED, 408)
    assert time.monotonic() - began < 20  # it waits 21 s for a worker
    transport.close()


def test_a_timeout_of_a_call_ends_it_as_one(server: LiveKitServer) -> None:
    began = time.monotonic()

    with LiveKitAPI(server.url, *KEY) as api, pytest.raises(TwirpError) as failed:
        api.egress.start_web_egress(url=WEB, call=CallOptions(timeout=0.5))

    assert failed.value.code is TwirpCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 20


def test_a_timeout_of_the_api_ends_a_call_for_asyncio(server: LiveKitServer) -> None:
    async def call() -> TwirpCode:
        async with AsyncLiveKitAPI(server.url, *KEY, timeout=0.5) as api:
            with pytest.raises(TwirpError) as failed:
                await api.egress.start_web_egress(url=WEB)
        return failed.value.code

    began = time.monotonic()
    assert asyncio.run(call()) is TwirpCode.DEADLINE_EXCEEDED
    assert time.monotonic() - began < 20


MISSING: dict[str, Callable[[LiveKitAPI], object]] = {
    "participant": lambda api: api.room.get_participant(room="none", identity="ann"),
    "room": lambda api: api.room.delete_room(room="none"),
    "trunk": lambda api: api.sip.get_sip_inbound_trunk(sip_trunk_id="ST_none"),
    "ingress": lambda api: api.ingress.delete_ingress(ingress_id="IN_none"),
    "egress": lambda api: api.egress.list_egress(egress_id="EG_none"),
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_not_found_has_that_code(server: LiveKitServer, what: str) -> None:
    with LiveKitAPI(server.url, *KEY) as api, pytest.raises(TwirpError) as failed:
        MISSING[what](api)

    assert (failed.value.code, failed.value.status) == (TwirpCode.NOT_FOUND, 404)
    assert f"{what} does not exist" in failed.value.msg
    assert not failed.value.is_refusal


@pytest.mark.parametrize("scheme", ["ws", "http"])
@pytest.mark.parametrize("end", ["", "/", "//"])
def test_urls_of_all_forms_reach_the_server(
    server: LiveKitServer, scheme: str, end: str
) -> None:
    with LiveKitAPI(f"{scheme}://127.0.0.1:{server.port}{end}", *KEY) as api:
        assert api.room.list_rooms().rooms == []


def test_a_service_of_the_cloud_is_one_that_the_server_has_not(
    server: LiveKitServer,
) -> None:
    with LiveKitAPI(server.url, *KEY) as api, pytest.raises(TwirpError) as failed:
        api.phone_numbers.list_phone_numbers()

    assert (failed.value.code, failed.value.status) == (TwirpCode.BAD_ROUTE, 404)
    assert failed.value.from_intermediary
    assert "404 page not found" in str(failed.value)
