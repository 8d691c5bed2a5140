"""The programs of the pages about Twirp, served and called over a socket."""

from __future__ import annotations

import asyncio
import importlib
import io
import runpy
import sys
import types
import urllib.request
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from lkproto import TwirpError, twirp_wsgi
from lkproto.livekit import EndCallV1Response, ListRoomsResponse, Room, RoomService

from tests.django_settings import configure_django
from tests.docs.pages import blocks, follow, importing_from, run, text_of
from tests.docs.shell import needs_shell
from tests.support import until
from tests.webhook.servers import uvicorn_server, werkzeug_server

SERVING = "docs/twirp/serving.md"
CALLING = "docs/twirp/calling.md"
# For each program: its server, where it is, and whether it serves something else, too.
PROGRAMS: dict[str, tuple[Any, str, bool]] = {
    "asgi": (uvicorn_server, "", False),
    "wsgi": (werkzeug_server, "", False),
    "fastapi_app": (uvicorn_server, "", True),
    "flask_app": (werkzeug_server, "", True),
    "django_wsgi": (werkzeug_server, "", True),
    "starlette_app": (uvicorn_server, "/api", False),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the page writes and generates."""
    found = tmp_path_factory.mktemp("serving")
    for block in blocks(text_of(SERVING)):
        if block.language != "python" or block.file:
            assert list(follow(SERVING, block, {}, found)) == []
    with importing_from(found):
        yield found


def django(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project of Django with one page."""
    from django.conf import settings
    from django.http import HttpResponse
    from django.urls import clear_url_caches, path

    project: Any = types.ModuleType("project_urls")
    project.urlpatterns = [path("healthy", lambda request: HttpResponse("true"))]
    monkeypatch.setitem(sys.modules, "project_urls", project)
    configure_django()
    clear_url_caches()
    monkeypatch.setattr(settings, "MIDDLEWARE", [], raising=False)
    monkeypatch.setattr(settings, "ROOT_URLCONF", "project_urls", raising=False)


@needs_shell
def test_each_program_is_asked(folder: Path) -> None:
    written = {block.file for block in blocks(text_of(SERVING)) if block.file}

    assert written - {"protos/shop.proto", "orders.py"} == {f"{p}.py" for p in PROGRAMS}


@needs_shell
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_answers_calls(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, mount, has_more = PROGRAMS[name]
    if name.startswith("django"):
        django(monkeypatch)
    module: Any = importlib.import_module(name)
    shop: Any = importlib.import_module("shop_pb.shop")
    error: Any = importlib.import_module("shop_pb").TwirpError
    app = module.application if name.startswith("django") else module.app

    with server(app) as port:
        with shop.OrdersClient(f"http://127.0.0.1:{port}{mount}") as orders:
            assert orders.place(id="A-1", items=["tea"]).cents == 250
            assert orders.find(id="A-1") == shop.Receipt(id="A-1", cents=250)
            with pytest.raises(error, match="there is no order A-2"):
                orders.find(id="A-2")
        if has_more:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthy") as answer:
                assert answer.read() == b"true"


@needs_shell
def test_the_interceptor_and_the_hook_of_the_page_work(folder: Path) -> None:
    page: dict[str, Any] = {}
    for block in blocks(text_of(SERVING)):
        if block.language == "python" and not block.file:
            assert list(run(SERVING, block, page)) == []
    shop: Any = importlib.import_module("shop_pb.shop")
    error: Any = importlib.import_module("shop_pb").TwirpError
    app = page["twirp_wsgi"](
        page["Shop"](), interceptors=[page["authorized"]], hooks=[page["counts"]]
    )

    with werkzeug_server(app) as port:
        orders = shop.OrdersClient(f"http://127.0.0.1:{port}")
        with pytest.raises(error, match="who are you"):
            orders.place(items=["tea"])
        headers = {"Authorization": "Bearer letmein"}
        orders = shop.OrdersClient(f"http://127.0.0.1:{port}", headers=headers)
        assert orders.place(items=["tea"]).cents == 250

    # The server's thread counts after it has answered.
    until(lambda: page["counts"].answered == 2)
    assert page["counts"].errors == ["unauthenticated"]


class Rooms(RoomService):
    """What the program of the page about calling needs."""

    def __init__(self) -> None:
        self.rooms: list[Room] = []

    def create_room(self, request: Any, context: Any, /) -> Room:
        if not context.headers["Authorization"].startswith("Bearer eyJ"):
            raise TwirpError("unauthenticated")
        self.rooms.append(Room(name=request.name))
        return self.rooms[-1]

    def list_rooms(self, request: Any, context: Any, /) -> ListRoomsResponse:
        return ListRoomsResponse(rooms=self.rooms)


def test_the_program_of_the_page_about_calling_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", "APIkey")
    monkeypatch.setenv("LIVEKIT_API_SECRET", "0123456789abcdef" * 2)
    [code] = [
        block.code for block in blocks(text_of(CALLING)) if block.file == "rooms.py"
    ]
    printed = io.StringIO()

    with werkzeug_server(twirp_wsgi(Rooms())) as port, redirect_stdout(printed):
        path = tmp_path / "rooms.py"
        path.write_text(code.replace("127.0.0.1:7880", f"127.0.0.1:{port}"))
        runpy.run_path(str(path))

    assert printed.getvalue() == "demo 0\n"


def test_the_example_of_an_in_room_service_sends_json() -> None:
    [code] = [
        block.code
        for block in blocks(text_of("docs/twirp/services.md"))
        if "def hang_up" in block.code
    ]
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    asked: list[dict[str, str]] = []

    class Participant:
        async def perform_rpc(self, **asked_for: str) -> str:
            asked.append(asked_for)
            return "{}"

    room = types.SimpleNamespace(local_participant=Participant())

    assert asyncio.run(namespace["hang_up"](room, "sip_ann")) == EndCallV1Response()
    assert asked == [
        {
            "destination_identity": "sip_ann",
            "method": "lk.sip.EndCall",
            "payload": '{"headers":{"X-Reason":"done"}}',
        }
    ]
