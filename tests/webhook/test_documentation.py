"""The programs of the page about webhooks, each served and asked over a socket."""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest
from lkproto.webhook import sign

from tests.docs.pages import blocks, text_of

from . import frameworks
from .servers import aiohttp_server, post, uvicorn_server, werkzeug_server
from .support import BODY, KEY, SECRET

PROGRAMS = {
    block.file: block.code for block in blocks(text_of("docs/livekit/webhooks.md"))
}
SERVERS = {
    "aiohttp_app.py": aiohttp_server,
    "fastapi_app.py": uvicorn_server,
    "flask_app.py": werkzeug_server,
    "rest_urls.py": werkzeug_server,
    "starlette_app.py": uvicorn_server,
    "urls.py": werkzeug_server,
}


def test_each_program_is_asked() -> None:
    assert set(PROGRAMS) - {""} == set(SERVERS)


@pytest.mark.parametrize("name", SERVERS)
def test_a_program_receives_webhooks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", KEY)
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    if "urls" in name:
        frameworks.django("wsgi", print, reads=False)  # settings
    module: Any = types.ModuleType(name[:-3])
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(PROGRAMS[name], name, "exec"), vars(module))
    handled: list[Any] = []
    module.receiver.on_any(handled.append)
    if "urls" in name:
        module.app = frameworks.django("wsgi", print, reads=False, urls=module)

    with SERVERS[name](module.app) as port:
        assert post(port, BODY, ("Authorization", sign(BODY, KEY, SECRET)))[0] == 200
        assert post(port, BODY, ("Authorization", "none"))[0] == 401

    assert [event.id for event in handled] == ["EV_1"]
