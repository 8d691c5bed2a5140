"""An application in each framework, as its users write it, at `/livekit`.

With `reads`, a middleware reads the body before, in the way in which the framework keeps it.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from lkproto.livekit import WebhookEvent
from lkproto.webhook import WebhookReceiver

from tests.django_settings import configure_django

from .servers import Server, aiohttp_server, uvicorn_server, werkzeug_server

Make = Callable[[WebhookReceiver, bool], Any]


def asgi(receiver: WebhookReceiver, reads: bool) -> Any:
    from lkproto.webhook.adapters.asgi import Endpoint

    hook = Endpoint(receiver)

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        kept = [await receive()]
        while kept[-1].get("more_body"):
            kept.append(await receive())

        async def again() -> Any:
            return kept.pop(0) if kept else await receive()

        await hook(scope, again, send)

    return reading if reads else hook


def starlette(receiver: WebhookReceiver, reads: bool) -> Any:
    from lkproto.webhook.adapters.asgi import Endpoint
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.routing import Route

    middleware = (
        [Middleware(BaseHTTPMiddleware, dispatch=_reads_async)] if reads else []
    )
    return Starlette(
        routes=[Route("/livekit", Endpoint(receiver))], middleware=middleware
    )


async def _reads_async(request: Any, call_next: Any) -> Any:
    await request.body()
    return await call_next(request)


def starlette_function(receiver: WebhookReceiver, reads: bool) -> Any:
    from lkproto.webhook.adapters.starlette import receive
    from starlette.applications import Starlette
    from starlette.responses import Response
    from starlette.routing import Route

    async def hook(request: Any) -> Response:
        if reads:
            await request.body()
        await receiver.handle_async(await receive(receiver, request))
        return Response()

    return Starlette(routes=[Route("/livekit", hook, methods=["POST"])])


def fastapi(receiver: WebhookReceiver, reads: bool) -> Any:
    from fastapi import Depends, FastAPI
    from lkproto.webhook.adapters.starlette import dependency

    app = FastAPI()
    if reads:
        app.middleware("http")(_reads_async)

    async def hook(
        event: WebhookEvent = Depends(dependency(receiver)),  # noqa: B008
    ) -> dict[str, str]:
        await receiver.handle_async(event)
        return {"id": event.id}

    app.post("/livekit")(hook)
    return app


def wsgi(receiver: WebhookReceiver, reads: bool) -> Any:
    import io

    from lkproto.webhook.adapters.wsgi import Endpoint

    hook = Endpoint(receiver)

    def reading(environ: Any, start_response: Any) -> Any:
        length = environ.get("CONTENT_LENGTH")
        stream = environ["wsgi.input"]
        body = stream.read(int(length)) if length else stream.read()
        environ["wsgi.input"] = io.BytesIO(body)
        return hook(environ, start_response)

    return reading if reads else hook


def flask(receiver: WebhookReceiver, reads: bool) -> Any:
    from flask import Flask, request
    from lkproto.webhook.adapters.flask import view

    app = Flask("webhooks")
    if reads:

        @app.before_request
        def reading() -> None:
            request.get_data()

    app.add_url_rule("/livekit", view_func=view(receiver), methods=["POST"])
    return app


def aiohttp(receiver: WebhookReceiver, reads: bool) -> Any:
    from aiohttp import web
    from lkproto.webhook.adapters.aiohttp import handler

    @web.middleware
    async def reading(request: web.Request, handler: Any) -> Any:
        await request.read()
        return await handler(request)

    app = web.Application(middlewares=[reading] if reads else [])
    app.router.add_post("/livekit", handler(receiver))
    return app


def reading(get_response: Any) -> Any:
    """A middleware of Django that reads the body before the view."""

    def middleware(request: Any) -> Any:
        assert request.body is not None
        return get_response(request)

    return middleware


def django(
    handler: str, view: Callable[..., Any], reads: bool, urls: Any = None
) -> Any:
    """A project of Django with one view; its handler is that of `wsgi` or `asgi`."""
    from importlib import import_module

    from django.conf import settings
    from django.urls import clear_url_caches, path

    configure_django()
    if urls is None:
        urls = types.ModuleType("urls")
        urls.urlpatterns = [path("livekit", view)]
    settings.ROOT_URLCONF = urls
    settings.MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
    if reads:
        settings.MIDDLEWARE.insert(0, f"{__name__}.reading")
    clear_url_caches()
    module = import_module(f"django.core.handlers.{handler}")
    return getattr(module, f"{handler.upper()}Handler")()


def django_wsgi(receiver: WebhookReceiver, reads: bool) -> Any:
    from lkproto.webhook.adapters.django import view

    return django("wsgi", view(receiver), reads)


def django_asgi(receiver: WebhookReceiver, reads: bool) -> Any:
    from lkproto.webhook.adapters.django import async_view

    return django("asgi", async_view(receiver), reads)


def django_rest(
    receiver: WebhookReceiver, reads: bool, before: Callable[[Any], Any] = id
) -> Any:
    """A view of Django REST framework, which does something with its request before."""
    django("wsgi", print, reads)  # its classes are made by the settings of a project

    from lkproto.webhook.adapters.rest_framework import receive
    from rest_framework.response import Response
    from rest_framework.views import APIView

    class Hook(APIView):  # type: ignore[misc]
        authentication_classes = permission_classes = ()

        def post(self, request: Any) -> Any:
            before(request)
            event = receive(receiver, request)
            receiver.handle(event)
            return Response({"id": event.id})

    return django("wsgi", Hook.as_view(), reads)


FRAMEWORKS: dict[str, tuple[Server, Make]] = {
    "ASGI": (uvicorn_server, asgi),
    "Starlette": (uvicorn_server, starlette),
    "Starlette, function": (uvicorn_server, starlette_function),
    "FastAPI": (uvicorn_server, fastapi),
    "WSGI": (werkzeug_server, wsgi),
    "Flask": (werkzeug_server, flask),
    "Django": (werkzeug_server, django_wsgi),
    "Django, async": (uvicorn_server, django_asgi),
    "Django REST framework": (werkzeug_server, django_rest),
    "aiohttp": (aiohttp_server, aiohttp),
}
