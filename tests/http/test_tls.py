"""TLS: private authorities, wrong ones, certificates of clients."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from lkproto.http import Request, StdlibTransport, TransportError

from .kinds import WITH_SETTINGS, Client, keeps, kinds
from .server import OK, Peer, RawServer, answer, ipv6

trustme = pytest.importorskip("trustme", reason="trustme is not installed")


class Authority(NamedTuple):
    """A private CA: its file, a server's settings, and the pair of files of a client."""

    ca_file: Path
    server: ssl.SSLContext
    mutual: ssl.SSLContext
    pem: tuple[Path, Path]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("tls")
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    own = ca.issue_cert("127.0.0.1", "::1", "localhost")
    client = ca.issue_cert("client@example.com")
    pem = folder / "cert.pem", folder / "key.pem"
    client.cert_chain_pems[0].write_to_path(pem[0])
    client.private_key_pem.write_to_path(pem[1])

    def context(demands: ssl.VerifyMode) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.configure_cert(made)
        ca.configure_trust(made)
        made.verify_mode = demands
        return made

    return Authority(
        folder / "ca.pem", context(ssl.CERT_NONE), context(ssl.CERT_REQUIRED), pem
    )


def failure(client: Client, url: str) -> TransportError:
    with pytest.raises(TransportError) as caught:
        client.send(Request("POST", url, {}, b"x", timeout=30))
    return caught.value


def test_a_private_authority_is_trusted_if_named(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file)
    with RawServer(answer(OK), tls=authority.server) as server:
        for host in ("127.0.0.1", "localhost"):
            url = server.url("/x", host)
            assert client.send(Request("POST", url, {}, b"x" * 60)).body == b"ok"

        assert server.connections == 2


def test_an_unknown_authority_is_not_trusted(
    client: Client, authority: Authority
) -> None:
    with RawServer(answer(OK), tls=authority.server) as server:
        error = failure(client, server.url())

        assert (error.reason, error.sent) == ("tls", False)
        assert "certificate" in str(error)
        assert "CA" in str(error)
        assert server.asked == []


@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
def test_the_error_says_how_to_name_an_authority(
    client: Client, authority: Authority
) -> None:
    with RawServer(answer(OK), tls=authority.server) as server:
        assert "ca_file=" in str(failure(client, server.url()))


@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
def test_the_wrong_authority_is_named_by_the_error(
    make: Callable[..., Client], authority: Authority, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    client = make(ca_file=tmp_path / "other.pem")
    with RawServer(answer(OK), tls=authority.server) as server:
        error = failure(client, server.url())

    assert (error.reason, error.sent) == ("tls", False)
    assert "given as ca_file" in str(error)


def test_the_name_of_the_host_counts(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file)
    with RawServer(answer(OK), host="127.0.0.2", tls=authority.server) as server:
        error = failure(client, server.url())

    assert (error.reason, error.sent) == ("tls", False)


def test_verification_can_be_turned_off(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(verify=False)
    with RawServer(answer(OK), host="127.0.0.2", tls=authority.server) as server:
        assert client.send(Request("POST", server.url())).body == b"ok"


def test_a_client_shows_its_certificate(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file, pem=authority.pem)
    with RawServer(answer(OK), tls=authority.mutual) as server:
        assert client.send(Request("POST", server.url())).body == b"ok"


def test_a_client_without_a_certificate_is_refused(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file)
    with RawServer(answer(OK), tls=authority.mutual) as server:
        assert failure(client, server.url()).reason in ("tls", "closed")
        assert server.asked == []


def test_a_peer_without_tls(client: Client) -> None:
    def plain(peer: Peer) -> None:
        peer.sock.recv(10)
        peer.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with RawServer(plain) as server:
        error = failure(client, server.url().replace("http:", "https:"))

    assert (error.reason, error.sent) == ("tls", False)


def test_a_peer_that_does_not_shake_hands_in_time(client: Client) -> None:
    with RawServer(lambda _: time.sleep(1)) as server:
        url = server.url().replace("http:", "https:")
        with pytest.raises(TransportError) as caught:
            client.send(Request("POST", url, timeout=0.4))

    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
def test_the_system_has_a_file_of_authorities(
    make: Callable[..., Client], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    with RawServer(answer(OK), tls=authority.server) as server:
        assert make().send(Request("POST", server.url())).body == b"ok"


def test_files_are_looked_for_at_once(tmp_path: Path) -> None:
    missing = tmp_path / "missing.pem"
    with pytest.raises(FileNotFoundError):
        StdlibTransport(ca_file=missing)
    with pytest.raises(FileNotFoundError):
        StdlibTransport(pem=(missing, missing))


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a pair of files"):
        StdlibTransport(pem="cert.pem")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ca_file has no effect"):
        StdlibTransport(ca_file=tmp_path / "ca.pem", verify=False)


@pytest.mark.parametrize("setting", ["ca_file", "pem"])
@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
def test_files_without_a_certificate_are_an_error(
    make: Callable[..., Client], authority: Authority, tmp_path: Path, setting: str
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    client = make(**{setting: empty if setting == "ca_file" else (empty, empty)})
    with RawServer(answer(OK), tls=authority.server) as server:
        error = failure(client, server.url())

    assert (error.reason, error.sent) == ("tls", False)
    assert setting in str(error)


def body_until(end: Callable[[Peer], object]) -> Callable[[Peer], None]:
    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        end(peer)

    return script


def test_a_body_lasts_until_the_end_of_tls(
    make: Callable[..., Client], authority: Authority
) -> None:
    def end(peer: Peer) -> None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        peer.sock.unwrap()

    client = make(ca_file=authority.ca_file)
    with RawServer(body_until(end), tls=authority.server) as server:
        response = client.send(Request("POST", server.url(), timeout=30))

    assert response.body == b"until the end"


@pytest.mark.parametrize("kind", kinds(*WITH_SETTINGS), indirect=True)
def test_a_body_that_ends_before_tls_does_is_not_whole(
    make: Callable[..., Client], authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file)
    with RawServer(body_until(lambda _: None), tls=authority.server) as server:
        error = failure(client, server.url())

    assert (error.reason, error.sent, error.status) == ("closed", True, 200)


def test_ipv6_with_tls(
    make: Callable[..., Client], kind: str, authority: Authority
) -> None:
    client = make(ca_file=authority.ca_file)
    with ipv6(RawServer(answer(OK), host="::1", tls=authority.server)) as server:
        for _ in range(5):
            assert client.send(Request("POST", server.url())).body == b"ok"

        assert keeps(kind, server)


def test_a_kept_connection_with_tls_that_the_peer_closes_is_replaced(
    make: Callable[..., Client], authority: Authority
) -> None:
    def one_each(peer: Peer) -> None:
        peer.request()
        peer.send(OK)

    client = make(ca_file=authority.ca_file)
    with RawServer(one_each, tls=authority.server) as server:
        for _ in range(3):
            request = Request("POST", server.url(), {}, b"x", timeout=30)
            assert client.send(request).body == b"ok"
            time.sleep(0.1)

        assert len(server.asked) == server.connections == 3


def test_large_bodies_with_tls(
    make: Callable[..., Client], kind: str, authority: Authority
) -> None:
    def echo(peer: Peer) -> None:
        while asked := peer.request():
            length = b"Content-Length: %d\r\n\r\n" % len(asked.body)
            peer.send(b"HTTP/1.1 200 OK\r\n" + length + asked.body)

    client, body = make(ca_file=authority.ca_file), b"0123456789" * 300_000
    with RawServer(echo, tls=authority.server) as server:
        for _ in range(4):
            request = Request("POST", server.url(), {}, body, timeout=60)
            assert client.send(request).body == body

        assert keeps(kind, server)
