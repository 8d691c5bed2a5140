"""Services next to the applications of frameworks, mounted in them or in front of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lkproto import TwirpLimits, twirp_asgi, twirp_wsgi
from lkproto.livekit import Room

from ..webhook.frameworks import django
from .serving import (
    PATH,
    Answered,
    AsyncRooms,
    Rooms,
    Serving,
    ask_asgi,
    ask_wsgi,
    check_twirp,
)

SHORT = "/livekit.RoomService/CreateRoom"
HINT = "so it has to be made with prefix=''"


def asked(app: Any, path: str, **more: Any) -> Answered:
    answer = asyncio.run(ask_asgi(app, path, **more))
    check_twirp(answer)
    return answer


@pytest.mark.parametrize(
    ("root_path", "path"),
    [
        ("", PATH),
        ("/api", "/api" + PATH),
        ("/api/", "/api/" + PATH),
        ("/api", PATH),  # of servers that have taken it off
        ("/twirp", "/twirp" + PATH),
    ],
)
def test_paths_are_from_where_asgi_applications_are_mounted(
    root_path: str, path: str
) -> None:
    assert asked(twirp_asgi(AsyncRooms()), path, root_path=root_path).status == 200


def test_a_place_that_only_looks_similar_is_none() -> None:
    app = twirp_asgi(AsyncRooms())
    answer = asked(app, "/apix" + PATH, root_path="/api")

    assert answer.json["meta"] == {"twirp_invalid_route": f"POST /apix{PATH}"}


def test_the_prefix_may_not_be_in_the_mount_too(serving: Serving) -> None:
    path = SHORT if not serving.is_async else "/x/twirp" + SHORT
    answer = serving.ask(serving.app(), path, root_path="/x/twirp")

    assert answer.status == 404
    assert answer.json["msg"] == (
        f'invalid path prefix "", expected "/twirp", on path "/x/twirp{SHORT}"; it is '
        f'mounted at "/x/twirp", {HINT}'
    )
    assert answer.json["meta"] == {"twirp_invalid_route": f"POST /x/twirp{SHORT}"}


def test_without_a_prefix_the_mount_is_the_prefix(serving: Serving) -> None:
    path = SHORT if not serving.is_async else "/twirp" + SHORT
    app = serving.app(prefix="")

    assert serving.ask(app, path, root_path="/twirp").status == 200


def test_paths_of_wsgi_are_text() -> None:
    path = "/é".encode().decode("latin-1")
    answer = ask_wsgi(
        twirp_wsgi(Rooms()), path, root_path="/ü".encode().decode("latin-1")
    )

    assert answer.json["msg"] == 'no handler for path "/ü/é"'


def test_starlette() -> None:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Mount, Route

    async def home(_: Any) -> PlainTextResponse:
        return PlainTextResponse("home")

    app = Starlette(
        routes=[
            Route("/", home),
            Mount("/twirp", twirp_asgi(AsyncRooms(), prefix="")),
            Mount("/v1", twirp_asgi(AsyncRooms())),
            Mount("/wrong/twirp", twirp_asgi(AsyncRooms())),
            Mount("/outer", Starlette(routes=[Mount("/in", twirp_asgi(Rooms()))])),
        ]
    )

    assert asked(app, PATH).status == 200
    assert asked(app, "/v1" + PATH).status == 200
    assert asked(app, "/outer/in" + PATH).status == 200
    assert HINT in asked(app, "/wrong" + PATH).json["msg"]
    nowhere = asked(app, "/v1/twirp/nowhere").json
    assert nowhere["meta"] == {"twirp_invalid_route": "POST /v1/twirp/nowhere"}


def test_starlette_with_a_middleware_that_wraps_what_is_received() -> None:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.routing import Mount

    async def passes(request: Any, call_next: Any) -> Any:
        return await call_next(request)

    class Slow(AsyncRooms):
        async def create_room(self, request: Any, context: Any, /) -> Room:
            await asyncio.sleep(0.2)
            return await super().create_room(request, context)

    app = Starlette(
        routes=[Mount("/", twirp_asgi(Slow()))],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=passes)],
    )

    async def run() -> Any:
        sent: list[Any] = []
        bodies = [{"type": "http.request", "body": b""}]

        async def receive() -> Any:
            if not bodies:
                await asyncio.Event().wait()
            return bodies.pop()

        async def send(event: Any) -> None:
            sent.append(event)

        from .serving import asgi_scope

        await app(asgi_scope(), receive, send)
        return sent

    assert asyncio.run(run())[0]["status"] == 200


def test_fastapi() -> None:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/")
    async def home() -> str:
        return "home"

    app.mount("/v1", twirp_asgi(AsyncRooms()))
    behind = FastAPI()
    behind.mount("/twirp", twirp_asgi(AsyncRooms(), prefix=""))

    assert asked(app, "/v1" + PATH).status == 200
    assert asked(behind, "/proxy" + PATH, root_path="/proxy").status == 200
    assert asyncio.run(ask_asgi(app, "/", method="GET", body=b"")).body == b'"home"'


def test_the_lifespan_of_fastapi_closes_what_is_mounted() -> None:
    from collections.abc import AsyncIterator
    from contextlib import asynccontextmanager

    from fastapi import FastAPI

    twirp = twirp_asgi(AsyncRooms(), limits=TwirpLimits(grace=5))

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await twirp.aclose()

    app = FastAPI(lifespan=lifespan)
    app.mount("/", twirp)

    async def run() -> Any:
        from .test_asgi import Server

        await Server(app).run("startup", "shutdown")
        return await ask_asgi(app)

    assert asyncio.run(run()).json["code"] == "unavailable"


def test_in_front_of_fastapi() -> None:
    from fastapi import FastAPI

    from .test_asgi import COMPLETE, Server

    inner = FastAPI()
    inner.add_api_route("/", lambda: "home")
    app = twirp_asgi(AsyncRooms(), fallback=inner)

    async def run() -> Any:
        home = await ask_asgi(app, "/", method="GET", body=b"")
        call = await ask_asgi(app)
        server = Server(app)
        await server.run("startup", "shutdown")
        return home, call, server.answers

    home, call, answers = asyncio.run(run())
    assert home.body == b'"home"'
    assert call.status == 200
    assert answers == COMPLETE


def view(_: Any) -> Any:
    from django.http import HttpResponse

    return HttpResponse("django")


def test_in_front_of_django() -> None:
    from .test_asgi import COMPLETE, Server

    app = twirp_asgi(AsyncRooms(), fallback=django("asgi", view, reads=False))

    async def run() -> Any:
        other = await ask_asgi(app, "/livekit", method="GET", body=b"")
        call = await ask_asgi(app)
        server = Server(app)  # Django has no lifespan
        await server.run("startup", "shutdown")
        return other, call, server.answers

    other, call, answers = asyncio.run(run())
    assert other.body == b"django"
    assert call.status == 200
    assert answers == COMPLETE


def test_in_front_of_django_under_wsgi() -> None:
    app = twirp_wsgi(Rooms(), fallback=django("wsgi", view, reads=False))

    assert ask_wsgi(app, "/livekit", method="GET", body=b"").body == b"django"
    assert ask_wsgi(app).status == 200


def test_in_front_of_flask() -> None:
    from flask import Flask

    app = Flask("flask")
    app.add_url_rule("/", view_func=lambda: "flask")
    app.wsgi_app = twirp_wsgi(Rooms(), fallback=app.wsgi_app)  # type: ignore[method-assign]

    assert ask_wsgi(app, "/", method="GET", body=b"").body == b"flask"
    assert ask_wsgi(app).status == 200
    assert ask_wsgi(app, "/twirp/nowhere").json["code"] == "bad_route"


def test_next_to_flask_by_the_middleware_of_werkzeug() -> None:
    from flask import Flask
    from werkzeug.middleware.dispatcher import DispatcherMiddleware

    app = Flask("flask")
    app.add_url_rule("/", view_func=lambda: "flask")
    mounts = {
        "/twirp": twirp_wsgi(Rooms(), prefix=""),
        "/v1": twirp_wsgi(Rooms()),
        "/wrong/twirp": twirp_wsgi(Rooms()),
    }
    both = DispatcherMiddleware(app.wsgi_app, mounts)

    assert ask_wsgi(both, "/", method="GET", body=b"").body == b"flask"
    assert ask_wsgi(both).status == 200
    assert ask_wsgi(both, "/v1" + PATH).status == 200
    assert HINT in ask_wsgi(both, "/wrong" + PATH).json["msg"]
