"""The transport that the documentation shows for httpx2."""

from __future__ import annotations

from typing import Any

import pytest
from lkproto import http
from lkproto.http import Request, TransportError

from tests.support import ROOT

from .server import OK, Peer, RawServer, answer

httpx2: Any = pytest.importorskip("httpx2", reason="httpx2 is not installed")


@pytest.fixture(scope="module")
def recipe() -> Any:
    text = (ROOT / "docs/livekit/http.md").read_text("utf-8")
    code = next(each for each in text.split("```python\n") if "HttpxTransport" in each)
    namespace: dict[str, Any] = {name: getattr(http, name) for name in http.__all__}
    exec(code.partition("```")[0], namespace)
    return namespace["HttpxTransport"]


def test_the_recipe_sends(recipe: Any) -> None:
    redirect = b"HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
    with RawServer(answer(OK, redirect)) as server, httpx2.Client() as client:
        transport = recipe(client)
        request = Request("POST", server.url("/a"), {"X-A": "1"}, b"body")

        assert transport.send(request).body == b"ok"
        assert transport.send(request).status == 302
        assert server.asked[0].header("x-a") == "1"
        assert server.asked[0].body == b"body"


def test_its_errors_are_ours(recipe: Any) -> None:
    def silent(peer: Peer) -> None:
        peer.request()
        peer.wait_for_close()

    with httpx2.Client() as client, RawServer(silent) as server:
        for url, expected in (
            ("http://127.0.0.1:1/", ("connect", False)),
            (server.url(), ("timeout", True)),
        ):
            with pytest.raises(TransportError) as caught:
                recipe(client).send(Request("POST", url, timeout=1.0))
            assert (caught.value.reason, caught.value.sent) == expected
    with httpx2.Client() as client, RawServer(lambda peer: peer.request()) as server:
        with pytest.raises(TransportError) as caught:
            recipe(client).send(Request("POST", server.url()))
        assert caught.value.reason == "closed"
