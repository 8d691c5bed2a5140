"""Proxies of the environment. The hosts exist for nobody but the proxy."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from lkproto.http import Request, StdlibTransport, TransportError

from .kinds import OWN, WITH_SETTINGS, Client, keeps, kinds
from .server import OK, Peer, RawServer, answer, once

every_kind = pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
HOST = "inside.invalid"


def tunnel_to(port: int) -> Callable[[Peer], None]:
    """A proxy that connects to one port, whatever it is asked for."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def script(peer: Peer) -> None:
        peer.request()
        with socket.create_connection(("127.0.0.1", port)) as inside:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            other = threading.Thread(target=pump, args=(inside, peer.sock), daemon=True)
            other.start()
            pump(peer.sock, inside)
            other.join(5)

    return script


@every_kind
def test_http_goes_to_the_proxy_in_absolute_form(
    make: Callable[..., Client], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url("", "user%40:pass@127.0.0.1"))
        client = make()
        for _ in range(5):
            assert (
                client.send(Request("POST", f"http://{HOST}:81/a?b=c", {}, b"x")).status
                == 200
            )
        first, second = proxy.asked[:2]

    assert first.line == second.line == f"POST http://{HOST}:81/a?b=c HTTP/1.1"
    assert first.header("host") == f"{HOST}:81"
    expected = "Basic " + base64.b64encode(b"user@:pass").decode()
    assert first.header("proxy-authorization") == expected
    assert first.body == b"x"
    assert keeps(kind, proxy)


@every_kind
@pytest.mark.parametrize("name", ["HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_has_several_names(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv(name, f"127.0.0.1:{proxy.port}")
        assert make().send(Request("POST", f"http://{HOST}/")).status == 200


@every_kind
def test_https_goes_through_a_tunnel(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trustme = pytest.importorskip("trustme", reason="trustme is not installed")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(HOST).configure_cert(context)
    with (
        RawServer(answer(OK), tls=context) as server,
        RawServer(tunnel_to(server.port)) as proxy,
    ):
        monkeypatch.setenv("https_proxy", proxy.url("", "user:pass@127.0.0.1"))
        client = make(ca_file=tmp_path / "ca.pem")
        headers = {"Authorization": "Bearer token"}
        for _ in range(2):
            response = client.send(
                Request("POST", f"https://{HOST}/a?b=c", headers, b"x")
            )
            assert response.body == b"ok"
        (connect,) = proxy.asked
        assert connect.line == f"CONNECT {HOST}:443 HTTP/1.1"
        assert connect.header("proxy-authorization") == "Basic dXNlcjpwYXNz"
        assert connect.header("authorization") is None
        assert [each.line for each in server.asked] == ["POST /a?b=c HTTP/1.1"] * 2
        assert server.asked[0].header("proxy-authorization") is None


@every_kind
@pytest.mark.parametrize("answered", [b"407 Who", b"502 Bad Gateway", b"301 Away"])
def test_a_proxy_may_refuse(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, answered: bytes
) -> None:
    refusal = b"HTTP/1.1 " + answered + b"\r\nContent-Length: 2\r\n\r\nno"
    with RawServer(once(refusal)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url("", "user:s3cret@127.0.0.1"))
        with pytest.raises(TransportError) as caught:
            make().send(Request("POST", f"https://{HOST}/", {}, b"x"))

    assert (caught.value.reason, caught.value.sent) == ("connect", False)
    assert "s3cret" not in str(caught.value)


@every_kind
def test_a_proxy_that_is_not_there(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://user:s3cret@127.0.0.1:1")
    with pytest.raises(TransportError) as caught:
        make().send(Request("POST", f"http://{HOST}/", {}, b"x"))

    assert (caught.value.reason, caught.value.sent) == ("connect", False)
    assert "s3cret" not in f"{caught.value!r}"


@every_kind
@pytest.mark.parametrize(
    "url", ["socks5://127.0.0.1:1080", "http://user:s3cret@:x/", "http://a b"]
)
def test_a_proxy_that_cannot_be_used_is_an_error(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("http_proxy", url)
    with pytest.raises(TransportError, match="the proxy of the environment") as caught:
        make().send(Request("POST", f"http://{HOST}/"))

    assert (caught.value.reason, caught.value.sent) == ("connect", False)
    assert "s3cret" not in f"{caught.value!r}"


@every_kind
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
def test_loopback_is_never_proxied(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    listens = "127.0.0.1" if host == "localhost" else host
    with RawServer(answer(OK), host=listens) as server:
        assert make().send(Request("POST", server.url("/", host))).body == b"ok"


@every_kind
def test_proxies_can_be_ignored(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url(""))
        with pytest.raises(TransportError):
            make(proxies=False).send(Request("POST", f"http://{HOST}/", timeout=30))

        assert proxy.connections == 0


EXCEPTIONS = [
    ("inside.invalid", True),
    ("INSIDE.invalid", True),
    (".invalid", True),
    ("invalid", True),
    ("*.invalid", True),
    ("a, inside.invalid ,b", True),
    ("*", True),
    ("inside.invalid:80", True),
    ("inside.invalid:81", False),
    ("side.invalid", False),
    ("x.inside.invalid", False),
    ("", False),
    (",", False),
]


@every_kind
@pytest.mark.parametrize(("exceptions", "direct"), EXCEPTIONS)
def test_no_proxy(
    make: Callable[..., Client],
    monkeypatch: pytest.MonkeyPatch,
    exceptions: str,
    direct: bool,
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        monkeypatch.setenv("no_proxy", exceptions)
        client, request = make(), Request("POST", f"http://{HOST}/", timeout=30)
        if direct:
            with pytest.raises(TransportError, match="no connection"):
                client.send(request)
        else:
            assert client.send(request).status == 200
        assert proxy.connections == (0 if direct else 1)


@pytest.mark.parametrize(
    ("exceptions", "url", "direct"),
    [
        ("10.0.0.0/8", "http://10.1.2.3/", True),
        ("10.0.0.0/8", "http://11.1.2.3/", False),
        ("10.1.2.3", "http://10.1.2.3/", True),
        ("10.1.2.3:80", "http://10.1.2.3/", True),
        ("fd00::/8", "http://[fd00::1]/", True),
        ("[fd00::1]:80", "http://[fd00::1]/", True),
        ("[fd00::1]:81", "http://[fd00::1]/", False),
        ("fd00::1", "http://[fd00::1]/", True),
        ("10.0.0.0/8", "http://name.invalid/", False),
        ("10.0.0.0/99", "http://10.1.2.3/", False),
        ("", "http://[::1]/", True),
        ("", "http://a.localhost/", True),
        ("", "http://127.8.8.8/", True),
    ],
)
def test_addresses_and_networks_in_no_proxy(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, url: str, direct: bool
) -> None:
    from lkproto._runtime.http._urls import target_of

    monkeypatch.setenv("http_proxy", "proxy:3128")
    monkeypatch.setenv("no_proxy", exceptions)
    transport = StdlibTransport()

    assert (transport._proxies.of(target_of(url)) is None) is direct


@every_kind
def test_under_cgi_headers_of_clients_name_nothing(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv("REQUEST_METHOD", "GET")
        monkeypatch.setenv("HTTP_PROXY", proxy.url(""))
        with pytest.raises(TransportError):
            make().send(Request("POST", f"http://{HOST}/", timeout=30))

        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        (b"", "closed"),
        (b"nonsense\r\n\r\n", "protocol"),
        (b"HTTP/1.1 200 OK\r\n\r\nearly", "protocol"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000, "too_large"),
    ],
)
def test_a_proxy_that_does_not_answer_as_one(
    monkeypatch: pytest.MonkeyPatch, answered: bytes, reason: str
) -> None:
    with RawServer(once(answered)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url(""))
        with StdlibTransport() as transport, pytest.raises(TransportError) as caught:
            transport.send(Request("POST", f"https://{HOST}/"))

    assert (caught.value.reason, caught.value.sent) == (reason, False)


@every_kind
@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://[fd00::1]/", "CONNECT [fd00::1]:443 HTTP/1.1"),
        (f"https://{HOST}:8443/", f"CONNECT {HOST}:8443 HTTP/1.1"),
        ("http://[fd00::1]:81/a", "POST http://[fd00::1]:81/a HTTP/1.1"),
    ],
)
def test_addresses_and_ports_reach_a_proxy(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, url: str, line: str
) -> None:
    with RawServer(once(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url(""))
        with suppress(TransportError):
            make().send(Request("POST", url, {}, b"x", timeout=30))

        assert [each.line for each in proxy.asked] == [line]


@every_kind
def test_a_proxy_that_resets_instead_of_connecting(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with RawServer(script) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url(""))
        with pytest.raises(TransportError) as caught:
            make().send(Request("POST", f"https://{HOST}/", timeout=30))

    assert (caught.value.reason, caught.value.sent) == ("connect", False)


@every_kind
def test_a_proxy_that_never_connects(
    kind: str, make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(peer: Peer) -> None:
        peer.request()
        peer.wait_for_close()

    with RawServer(silent) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url(""))
        with pytest.raises(TransportError) as caught:
            make().send(Request("POST", f"https://{HOST}/", timeout=2))

    assert caught.value.reason == "timeout"
    # pyreqwest does not say what it was waiting for.
    assert caught.value.sent is (kind not in OWN)


@pytest.mark.parametrize("kind", kinds("aiohttp"), indirect=True)
def test_a_session_of_aiohttp_may_have_proxies(
    make: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    with RawServer(answer(OK)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert make().send(Request("POST", f"http://{HOST}/a")).body == b"ok"
        assert proxy.asked[0].line == f"POST http://{HOST}/a HTTP/1.1"
        with pytest.raises(TransportError) as caught:
            make(proxies=False).send(Request("POST", f"http://{HOST}/", timeout=30))

    assert (caught.value.reason, caught.value.sent) == ("connect", False)
