"""Requests, answers, headers and errors as values, and what importing them costs."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any

import lkproto
import pytest
from lkproto import http
from lkproto.http import (
    MAX_RESPONSE,
    TIMEOUT,
    AsyncTransport,
    Headers,
    Request,
    Response,
    ScriptedTransport,
    StdlibAsyncTransport,
    StdlibTransport,
    Transport,
    TransportError,
)


def test_headers_are_a_mapping_without_case() -> None:
    headers = Headers([("Set-Thing", "a"), ("X-B", "b"), ("set-thing", "c")])

    assert headers["SET-THING"] == headers.get("set-Thing") == "a"
    assert headers.get_all("Set-Thing") == ["a", "c"]
    assert headers.get_all("missing") == []
    assert headers.get("missing") is None
    assert [*headers] == ["Set-Thing", "X-B"]
    assert len(headers) == 2
    assert dict(headers) == {"Set-Thing": "a", "X-B": "b"}
    assert headers.pairs() == (("Set-Thing", "a"), ("X-B", "b"), ("set-thing", "c"))


def test_headers_are_compared_without_case() -> None:
    assert Headers({"A": "1"}) == Headers([("a", "1")]) == {"A": "1"}
    assert Headers({"A": "1"}) != {"A": "2"}
    assert Headers([("A", "1"), ("A", "2")]) != {"A": "1"}
    assert Headers() != 1
    assert Headers(Headers({"A": "1"})) == {"a": "1"}


def test_nothing_shows_secrets() -> None:
    secret = "s3cret"
    url = f"http://user:{secret}@host/{secret}?{secret}"
    request = Request("POST", url, {"Authorization": secret}, secret.encode())
    response = Response(200, {"Set-Cookie": secret}, secret.encode())

    assert secret not in repr((request, response, response.headers))
    assert repr(response.headers) == "<Headers Set-Cookie>"


def test_defaults() -> None:
    request, response = Request("GET", "http://host/"), Response()

    assert (request.timeout, request.max_response) == (TIMEOUT, MAX_RESPONSE)
    assert (request.body, dict(request.headers)) == (b"", {})
    assert (response.status, response.body, dict(response.headers)) == (200, b"", {})


def test_values_can_be_pickled() -> None:
    response = pickle.loads(pickle.dumps(Response(201, [("A", "1")] * 2, b"x")))
    request = pickle.loads(pickle.dumps(Request("GET", "http://host/", [("A", "1")])))
    error = pickle.loads(pickle.dumps(TransportError("closed", True, "text")))

    assert response.headers.get_all("a") == ["1", "1"]
    assert (response.status, response.body) == (201, b"x")
    assert (request.url, request.headers["a"]) == ("http://host/", "1")
    assert (error.reason, error.sent, str(error)) == ("closed", True, "text")
    assert error.status is None
    error = pickle.loads(pickle.dumps(TransportError("closed", True, status=503)))
    assert error.status == 503


def test_an_error_has_a_text_of_its_own() -> None:
    assert str(TransportError("timeout", True)) == "the time is over"


@pytest.mark.parametrize("transport", [StdlibTransport(), ScriptedTransport()])
def test_transports_are_what_the_protocol_says(transport: object) -> None:
    assert isinstance(transport, Transport)
    assert isinstance(StdlibAsyncTransport(), AsyncTransport)


def test_every_name_is_there_and_no_other() -> None:
    assert all(getattr(http, name) is not None for name in http.__all__)
    assert {*http.__all__} <= {*dir(http)}
    assert {*http.__all__} <= {*dir(lkproto._runtime.http)}
    for module in (http, lkproto._runtime.http):
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            _ = module.nothing


def run(code: str, *hidden: str) -> str:
    """What code prints in a fresh process that lacks some libraries."""
    hide = "".join(f"import sys; sys.modules[{name!r}] = None\n" for name in hidden)
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", hide + code],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.stdout.strip()


# Without what measures coverage has loaded.
BEFORE = "import sys; before = {*sys.modules}; "
HEAVY = "{'ssl', 'socket', 'pyreqwest', 'aiohttp', 'asyncio', 'http.client', 'typing'}"


def test_importing_loads_nothing_heavy() -> None:
    code = f"{BEFORE}import lkproto.http; print({HEAVY} & {{*sys.modules}} - before)"

    assert run(code) == "set()"


def test_making_a_transport_loads_nothing_heavy() -> None:
    code = (
        f"{BEFORE}from lkproto.http import StdlibTransport, StdlibAsyncTransport\n"
        "StdlibTransport(); StdlibAsyncTransport()\n"
        "from lkproto.http import ScriptedTransport, TransportError, Request\n"
        f"print({HEAVY} & {{*sys.modules}} - before)"
    )

    assert run(code) == "set()"


def test_plain_http_needs_no_tls() -> None:
    code = (
        "import sys; from lkproto.http import *\n"
        "try: StdlibTransport().send(Request('GET', 'http://127.0.0.1:1/'))\n"
        "except TransportError as error: print(error.reason, 'ssl' in sys.modules)"
    )

    assert run(code) == "connect False"


def made(code: str) -> Any:
    return (
        "from lkproto.http import *\n"
        f"try: print(type({code}).__name__)\n"
        "except ImportError as error: print(error)"
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("default_transport()", "StdlibTransport"),
        ("default_async_transport()", "StdlibAsyncTransport"),
    ],
)
def test_the_default_is_the_standard_library_and_does_not_look_for_others(
    code: str, expected: str
) -> None:
    code = made(code) + "\nimport sys; print('pyreqwest' in sys.modules)"

    assert run(code) == f"{expected}\nFalse"


def test_a_missing_library_is_named() -> None:
    code = made("PyreqwestTransport()")

    assert run(code, "pyreqwest").endswith("pip install lkproto[http]")
