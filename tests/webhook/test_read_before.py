"""A body that something has read before, and not kept, is an error that says so."""

from __future__ import annotations

import io
from typing import Any

import pytest
from lkproto.webhook import WebhookReceiver

from tests.support import until

from . import frameworks
from .servers import aiohttp_server, post, uvicorn_server, werkzeug_server
from .support import BODY, receiver, signed

# Of these, frameworks keep no body once they have parsed it.
KINDS = {
    "Flask, form": "application/x-www-form-urlencoded",
    "Django REST framework": "multipart/form-data; boundary=x",
}


def asgi(app: Any) -> Any:
    async def reading(scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "http" and (await receive()).get("more_body"):
            pass
        await app(scope, receive, send)

    return reading


def wsgi(app: Any) -> Any:
    def reading(environ: Any, start_response: Any) -> Any:
        environ["wsgi.input"] = io.BytesIO()
        return app(environ, start_response)

    return reading


def starlette_stream(hook: WebhookReceiver) -> Any:
    from lkproto.webhook.adapters.starlette import receive
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def parses(request: Any) -> None:
        async for _ in request.stream():
            pass
        await receive(hook, request)

    return Starlette(routes=[Route("/livekit", parses, methods=["POST"])])


def flask_form(hook: WebhookReceiver) -> Any:
    from flask import request

    app = frameworks.flask(hook, False)
    app.before_request(lambda: request.form.get("no such field"))
    return app


def aiohttp_content(hook: WebhookReceiver) -> Any:
    from aiohttp import web

    @web.middleware
    async def reading(request: web.Request, handler: Any) -> Any:
        await request.content.read()
        return await handler(request)

    app = frameworks.aiohttp(hook, False)
    app.middlewares.append(reading)
    return app


def rest_data(hook: WebhookReceiver) -> Any:
    return frameworks.django_rest(hook, False, lambda request: request.data)


CASES: dict[str, Any] = {
    "ASGI": (uvicorn_server, lambda hook: asgi(frameworks.asgi(hook, False))),
    "Starlette": (
        uvicorn_server,
        lambda hook: asgi(frameworks.starlette_function(hook, False)),
    ),
    "FastAPI": (uvicorn_server, lambda hook: asgi(frameworks.fastapi(hook, False))),
    "Starlette, stream": (uvicorn_server, starlette_stream),
    "WSGI": (werkzeug_server, lambda hook: wsgi(frameworks.wsgi(hook, False))),
    "Flask": (werkzeug_server, lambda hook: wsgi(frameworks.flask(hook, False))),
    "Flask, form": (werkzeug_server, flask_form),
    "Django": (werkzeug_server, lambda hook: wsgi(frameworks.django_wsgi(hook, False))),
    "Django REST framework": (werkzeug_server, rest_data),
    "aiohttp": (aiohttp_server, aiohttp_content),
}
PARSES = {*KINDS, "Starlette, stream"}
# What has no way to know waits for the body until the client leaves.
WAITS = {"ASGI", "Starlette", "FastAPI"}


@pytest.mark.parametrize("name", CASES)
def test_who_has_read_the_body_gets_an_error_that_says_so(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    serve, make = CASES[name]
    handled: list[object] = []
    hook = receiver()
    hook.on_any(handled.append)
    kind = KINDS.get(name, "application/json")
    headers = [("Authorization", signed()), ("Content-Type", kind)]

    with serve(make(hook)) as port:
        if name in WAITS:
            with pytest.raises(TimeoutError):
                post(port, BODY, *headers, timeout=0.3)
        else:
            assert post(port, BODY, *headers)[0] == 500

    said = "was read before" if name in PARSES else "is not complete"
    error = f"RuntimeError: the body of the request {said}"
    until(lambda: error in caplog.text)  # some servers log it after their answer
    assert "receive the webhook first" in caplog.text
    assert signed() not in caplog.text
    assert not handled


@pytest.mark.parametrize("kind", ["application/json", KINDS["Flask, form"]])
def test_data_of_django_rest_framework_may_be_read_before_where_it_keeps_the_body(
    kind: str,
) -> None:
    with werkzeug_server(rest_data(receiver())) as port:
        headers = [("Authorization", signed()), ("Content-Type", kind)]
        assert post(port, BODY, *headers)[0] == 200


@pytest.mark.parametrize(
    "make", [frameworks.wsgi, frameworks.flask, frameworks.django_wsgi]
)
def test_chunks_that_a_server_does_not_decode_are_named(make: frameworks.Make) -> None:
    """As under servers of PEP 3333 alone, such as that of wsgiref."""
    app = make(receiver(), False)

    def undecoded(environ: Any, start_response: Any) -> Any:
        del environ["wsgi.input_terminated"]
        environ["wsgi.input"] = io.BytesIO()
        return app(environ, start_response)

    with werkzeug_server(undecoded) as port:
        status, text = post(port, BODY, ("Authorization", signed()), chunked=True)

    assert status == 400
    assert "comes in chunks, which this server does not decode" in text


@pytest.mark.parametrize("length", ["9" * 25, "9" * 5000])
def test_a_length_beyond_numbers_is_too_large(length: str) -> None:
    from lkproto.webhook.adapters.wsgi import Endpoint

    answers: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": length,
        "HTTP_AUTHORIZATION": signed(),
        "wsgi.input": io.BytesIO(BODY),
    }

    Endpoint(receiver())(environ, lambda status, _: answers.append(status))

    assert answers[0].startswith("413 ")


def test_coroutine_functions_are_awaited_in_asgi_and_refused_in_wsgi(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handled: list[object] = []
    hook = receiver()

    @hook.on_any
    async def keep(event: object) -> None:
        handled.append(event)

    with uvicorn_server(frameworks.django_asgi(hook, False)) as port:
        assert post(port, BODY, ("Authorization", signed()))[0] == 200
    assert len(handled) == 1
    with werkzeug_server(frameworks.django_wsgi(hook, False)) as port:
        assert post(port, BODY, ("Authorization", signed()))[0] == 500
    assert "a function for events is a coroutine function" in caplog.text
    assert len(handled) == 1


def test_an_application_of_asgi_answers_no_websocket() -> None:
    import asyncio

    app = frameworks.asgi(receiver(), False)

    with pytest.raises(ValueError, match="by HTTP, not by websocket"):
        asyncio.run(app({"type": "websocket"}, None, None))
