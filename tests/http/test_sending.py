"""What is sent, and what is refused before anything is."""

from __future__ import annotations

import pickle
import traceback
from typing import Any

import pytest
from lkproto.http import Headers, Request, TransportError

from .kinds import OWN, Client, kinds
from .server import OK, RawServer, answer, ipv6

SECRET = "s3cret"


def refused(client: Client, request: Request) -> TransportError:
    with pytest.raises(TransportError) as caught:
        client.send(request)
    shown = "".join(traceback.format_exception(caught.value))
    assert SECRET not in f"{caught.value} {caught.value!r} {request!r}"
    assert f"{SECRET}-" not in shown
    assert caught.value.__context__ is caught.value.__cause__ is None
    return caught.value


def test_a_request_arrives_as_it_is(client: Client) -> None:
    headers = {"Content-Type": "application/x", "X-Thing": "a b\t\xe9"}
    body = bytes(range(256))
    with RawServer(answer(OK)) as server:
        client.send(Request("PATCH", server.url("/a%20b/c;d?e=f&g#no"), headers, body))
        (asked,) = server.asked

    assert asked.line == "PATCH /a%20b/c;d?e=f&g HTTP/1.1"
    assert asked.body == body
    assert asked.header("host") == f"127.0.0.1:{server.port}"
    assert asked.header("content-type") == "application/x"
    assert asked.header("content-length") == "256"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("", "/"),
        ("?a=b", "/?a=b"),
        ("/\N{GREEK SMALL LETTER ALPHA}?x=\xe9", "/%CE%B1?x=%C3%A9"),
        ("/a%2Fb%zz", "/a%2Fb%zz"),
        ("//twice//", "//twice//"),
        ("/a'b(c)*!$&+,=:@~-._", "/a'b(c)*!$&+,=:@~-._"),
    ],
)
def test_paths_are_kept_and_what_is_not_ascii_is_encoded(
    client: Client, url: str, line: str
) -> None:
    with RawServer(answer(OK)) as server:
        client.send(Request("POST", server.url(url)))

        assert server.asked[0].line == f"POST {line} HTTP/1.1"


@pytest.mark.parametrize(
    ("method", "length"), [("POST", "0"), ("PUT", "0"), ("GET", None)]
)
def test_an_empty_body_has_a_length_where_one_is_usual(
    client: Client, method: str, length: str | None
) -> None:
    with RawServer(answer(OK)) as server:
        client.send(Request(method, server.url()))

        assert server.asked[0].header("content-length") == length


def test_several_values_of_a_header_are_all_sent(client: Client) -> None:
    headers = Headers([("X-A", "1"), ("X-B", "2"), ("x-a", "3")])
    with RawServer(answer(OK)) as server:
        client.send(Request("GET", server.url(), headers))
        sent = [(name.lower(), value) for name, value in server.asked[0].headers]

    assert [value for name, value in sent if name == "x-a"] == ["1", "3"]


def test_credentials_of_a_url_are_a_header(client: Client) -> None:
    with RawServer(answer(OK)) as server:
        url = server.url("/", f"user%40:{SECRET}@127.0.0.1")
        client.send(Request("GET", url))
        client.send(Request("GET", url, {"authorization": "Bearer x"}))
        first, second = (each.header("authorization") for each in server.asked)

    assert first == "Basic dXNlckA6czNjcmV0"
    assert second == "Bearer x"


def test_an_encoding_that_is_asked_for_is_not_replaced(client: Client) -> None:
    with RawServer(answer(OK)) as server:
        client.send(Request("GET", server.url(), {"accept-encoding": "identity"}))

        assert server.asked[0].header("accept-encoding") == "identity"


def test_a_large_body_arrives(client: Client) -> None:
    body = b"0123456789" * 500_000
    with RawServer(answer(OK)) as server:
        client.send(Request("POST", server.url(), {}, body))

        assert server.asked[0].body == body


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", f"{SECRET}\r\nX-B: c"),
        ("X-A", f"{SECRET}\n"),
        ("X-A", f"{SECRET}\r"),
        ("X-A", f"{SECRET}\0"),
        ("X-A", f"{SECRET}\x7f"),
        ("X-A", f"{SECRET}\N{SNOWMAN}"),
        ("X-A", f"{SECRET}\udc80"),
        ("X-A: b\r\nX-B", SECRET),
        ("X A", SECRET),
        ("", SECRET),
        ("X\xe9", SECRET),
        ("X-A:", SECRET),
        ("Content-Length", "5"),
        ("Transfer-Encoding", "chunked"),
        ("host", SECRET),
        ("Connection", "close"),
    ],
)
def test_headers_that_would_change_the_request_are_refused(
    client: Client, name: str, value: str
) -> None:
    with RawServer(answer(OK)) as server:
        error = refused(
            client, Request("POST", server.url(), {"X-0": "1", name: value})
        )

        assert (error.reason, error.sent) == ("protocol", False)
        assert server.connections == 0


@pytest.mark.parametrize("method", ["", "GET /x", "GET\r\nX: y", "G\xc9T"])
def test_methods_that_would_change_the_request_are_refused(
    client: Client, method: str
) -> None:
    with RawServer(answer(OK)) as server:
        error = refused(client, Request(method, server.url()))

        assert (error.reason, error.sent) == ("protocol", False)
        assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1/\r\nX: {SECRET}",
        f"http://127.0.0.1/a b{SECRET}",
        f"http://127.0.0.1/\x00{SECRET}",
        f"http://127.0.0.1\\@{SECRET}/",
        f"ftp://127.0.0.1/{SECRET}",
        f"//127.0.0.1/{SECRET}",
        f"{SECRET}",
        "",
        f"http:///{SECRET}",
        f"http://user:{SECRET}@/",
        f"http://{SECRET}:port/",
        f"http://{SECRET}:99999/",
        f"http://[{SECRET}]/",
        f"http://[::1/{SECRET}",
        f"http://a..b/{SECRET}",
        f"http://a%2fb/{SECRET}",
        f"http://{'a' * 64}\N{SNOWMAN}.example/{SECRET}",
    ],
)
def test_urls_that_cannot_be_used_are_refused(client: Client, url: str) -> None:
    error = refused(client, Request("POST", url))

    assert (error.reason, error.sent) == ("protocol", False)
    assert str(error).startswith("the URL cannot be used: ")


def test_errors_hold_no_secret_and_can_be_pickled(client: Client) -> None:
    url = f"http://user:{SECRET}@127.0.0.1:1/{SECRET}-path?q={SECRET}"
    headers = {"Authorization": f"Bearer {SECRET}"}
    error = refused(client, Request("POST", url, headers, SECRET.encode(), timeout=30))
    again = pickle.loads(pickle.dumps(error))

    assert (error.reason, error.sent) == ("connect", False)
    assert "http://127.0.0.1:1" in str(error)
    assert (again.reason, again.sent, str(again)) == ("connect", False, str(error))


@pytest.mark.parametrize("kind", kinds(*OWN, "pyreqwest"), indirect=True)
def test_the_frames_of_an_error_hold_no_header(client: Client) -> None:
    def variables(error: BaseException) -> str:
        trace, found = error.__traceback__, []
        while trace is not None:
            if "_runtime" in trace.tb_frame.f_code.co_filename:
                found.append({**trace.tb_frame.f_locals})
            trace = trace.tb_next
        return repr(found)

    with RawServer(lambda peer: peer.reset()) as server:
        headers = {"Authorization": f"Bearer {SECRET}"}
        with pytest.raises(TransportError) as caught:
            client.send(Request("POST", server.url(), headers, timeout=30))

    assert SECRET not in variables(caught.value)


def test_times_that_are_over_are_timeouts(client: Client) -> None:
    with RawServer(answer(OK)) as server:
        for timeout in (0, -1):
            error = refused(client, Request("GET", server.url(), timeout=timeout))

            assert (error.reason, error.sent) == ("timeout", False)
        assert server.connections == 0


def test_ipv6(client: Client) -> None:
    with ipv6(RawServer(answer(OK), host="::1")) as server:
        assert client.send(Request("GET", server.url("/x"))).body == b"ok"
        assert server.asked[0].header("host") == f"[::1]:{server.port}"


def test_a_name_that_nobody_has(client: Client) -> None:
    url = "http://nobody.invalid/"
    error = refused(client, Request("GET", url, timeout=30))

    assert (error.reason, error.sent) == ("connect", False)


def test_what_is_closed_sends_nothing(kind: str, client: Client) -> None:
    if kind == "aiohttp":
        pytest.skip("the session is the application's")
    with RawServer(answer(OK)) as server:
        client.send(Request("GET", server.url()))
        closing: Any = getattr(client.transport, "close", None)
        if closing:
            closing()
        else:
            client.runner.run(client.transport.aclose())  # type: ignore[attr-defined]
        error = refused(client, Request("GET", server.url()))

    assert (error.reason, error.sent) == ("closed", False)
