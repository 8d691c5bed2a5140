"""`lkproto webhook listen`: real processes, real sockets, and everything that can come in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from lkproto.livekit import WebhookEvent
from lkproto_cli.webhook_listen import Listener
from lkproto_cli.webhook_text import Printer

from .conftest import COMMAND, Done, Project
from .test_webhook import error
from .webhooks import (
    AT,
    BODY,
    LINE,
    NOTHING,
    PAIR,
    free_port,
    listening,
    read_terminal,
    signed,
    webhook,
)

HEAD = f"POST / HTTP/1.1\r\nHost: h\r\nAuthorization: {signed(BODY)}\r\n"


def test_events_are_printed_as_they_come_and_counted(project: Project) -> None:
    with listening(project, "--count", "2") as listener:
        first = listener.post()
        assert listener.process.stdout
        shown = listener.process.stdout.readline()
        second = listener.post(path="/any?x=1")
        done = listener.end()

    assert (first.status, second.status) == (200, 200)
    assert shown == LINE.encode()  # before the second had come
    assert done == Done(0, LINE, "")


def test_what_is_refused_is_one_line_on_stderr_without_token_and_body(
    project: Project,
) -> None:
    bad = signed(b"hunter2")
    with listening(project, "--count", "1", "--path", "/hook") as listener:
        statuses = [
            listener.post(path="/else").status,
            listener.post(path="/hook", authorization="hunter2").status,
            listener.post(path="/hook", authorization="").status,
            listener.post(path="/hook", authorization=bad).status,
            listener.post(b"hunter2", path="/hook").status,
            listener.post(b"x" * (2 << 20), path="/hook").status,
            listener.post(path="/hook", method="GET").status,
            listener.post(path="/hook", method="\x1b]0;hunter2"[1:]).status,
            listener.post(path="/hook").status,
        ]
        done = listener.end()

    assert statuses == [404, 401, 401, 400, 400, 413, 405, 405, 200]
    assert (done.code, done.out) == (0, LINE)
    lines = done.err.splitlines()
    assert [line.split(":")[1:3] for line in lines] == [
        [" refused", " 404 not_found"],
        [" refused", " 401 malformed"],
        [" refused", " 401 missing_auth"],
        [" refused", " 400 hash_mismatch"],
        [" refused", " 400 body_malformed"],
        [" refused", " 413 too_large"],
        [" refused", " 405 method"],
        [" refused", " 405 method"],
    ]
    assert "hunter2" not in done.err
    assert "eyJ" not in done.err


def in_chunks(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    parts = (b"%x;x=1\r\n%b\r\n" % (len(each), each) for each in chunks)
    head = f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(parts) + end


LENGTH = f"Content-Length: {len(BODY)}\r\n"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (in_chunks(BODY[:9], BODY[9:]), b"200 OK"),
        (in_chunks(BODY, end=b"0\r\nX-Trailer: 1\r\n\r\n"), b"200 OK"),
        (in_chunks(*[b"x" * 65536] * 17), b"413 "),
        (in_chunks(BODY, end=b""), b"400 Bad Request"),
        (in_chunks(BODY, end=b"-1\r\n"), b"400 Bad Request"),
        (in_chunks()[:-5] + b"3\r\nabcde\r\n0\r\n\r\n", b"400 Bad Request"),
        (f"{HEAD}Transfer-Encoding: gzip\r\n\r\n".encode(), b"400 Bad Request"),
        (f"{HEAD}Content-Length: 99999\r\n\r\n".encode() + BODY, b"400 Bad Request"),
        (f"{HEAD}Content-Length: +5\r\n\r\nabcde".encode(), b"400 Bad Request"),
        (f"{HEAD}Content-Length: 5f\r\n\r\nabcde".encode(), b"400 Bad Request"),
        (
            f"{HEAD}Content-Length: 5\r\n{LENGTH}\r\n".encode() + BODY,
            b"400 Bad Request",
        ),
        (
            f"{HEAD}{LENGTH}Authorization: x\r\n\r\n".encode() + BODY,
            b"401 Unauthorized",
        ),
        (f"{HEAD}\r\n".encode(), b"400 Bad Request"),  # no body at all
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b""),  # TLS
        (b"GET / HTTP/9\r\n\r\n", b""),
    ],
)
@pytest.mark.slow
def test_requests_that_no_library_writes(
    data: bytes, answer: bytes, project: Project
) -> None:
    count = 1 if answer.startswith(b"200") else 2
    with listening(project, "--count", str(count)) as listener:
        found = listener.raw(data)
        if count == 2:
            assert listener.post().status == listener.post().status == 200
        done = listener.end()

    assert found.partition(b"HTTP/1.1 ")[2].startswith(answer)
    assert done.code == 0
    assert len(done.err.splitlines()) == (0 if count == 1 else 1)


def test_one_connection_carries_several_webhooks(project: Project) -> None:
    one = f"{HEAD}{LENGTH}\r\n".encode() + BODY
    with listening(project, "--count", "3") as listener:
        found = listener.raw(one * 3)
        done = listener.end()

    assert found.count(b"HTTP/1.1 200 OK") == 3
    assert done == Done(0, LINE * 3, "")


def test_a_sender_that_hangs_keeps_nobody_waiting(project: Project) -> None:
    with listening(project, "--count", "1") as listener:
        address = (listener.host, listener.port)
        with (
            socket.create_connection(address) as silent,
            socket.create_connection(address) as slow,
        ):
            slow.sendall(f"{HEAD}{LENGTH}\r\nx".encode())
            assert listener.post().status == 200
            assert listener.end() == Done(0, LINE, "")
            assert silent.fileno() >= 0


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        (signal.SIGINT, 130, "ended after 1 event"),
        (
            signal.SIGTERM,
            143,
            "error: ended by a signal; the output is complete or as it was",
        ),
    ],
)
def test_an_interruption_is_one_line(
    number: signal.Signals, code: int, message: str, project: Project
) -> None:
    with listening(project) as listener:
        assert listener.post().status == 200
        listener.process.send_signal(number)
        done = listener.end()

    assert done == Done(code, LINE, f"lkproto: {message}\n")


def test_after_its_time_it_ends_and_says_what_is_missing(project: Project) -> None:
    with listening(project, "--count", "2", "--timeout", "1s") as listener:
        assert listener.post().status == 200
        done = listener.end()
    with listening(project, "--timeout", "1s") as listener:
        quiet = listener.end()

    assert done == Done(1, LINE, "lkproto: only 1 of 2 events came in time\n")
    assert quiet == Done(0, "", "")


def test_when_the_reader_leaves_the_event_is_not_confirmed(project: Project) -> None:
    with listening(project) as listener:
        assert listener.process.stdout
        listener.process.stdout.close()
        listener.process.stdout = None
        assert listener.post().status == 500
        _, err = listener.process.communicate(timeout=30)

    assert (listener.process.returncode, err) == (2, b"")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_terminal_gets_words(project: Project) -> None:
    import pty

    ours, theirs = pty.openpty()
    port = free_port()
    words = ("webhook", "listen", "--port", str(port), "--count", "1", *AT)
    with subprocess.Popen(
        [*COMMAND, *words],
        cwd=project.folder,
        env=project.environment(NOTHING | PAIR | {"NO_COLOR": "1"}),
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        assert process.stderr
        assert process.stderr.readline().startswith(b"lkproto: listening on ")
        project.write("header", signed(BODY))
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"{HEAD}{LENGTH}\r\n".encode() + BODY)
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        shown = read_terminal(ours)
    os.close(ours)

    assert process.returncode == 0
    assert shown == (
        b"2027-01-15 08:00:00Z  participant_joined  room=demo participant=ann id=EV_1\r\n"
    )


def test_a_port_in_use_is_one_message(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = webhook(project, "listen", "--port", str(port))

    assert done == error(
        f"port {port} of 127.0.0.1 is in use\n"
        "  hint: choose another with --port; 0 is any that is free"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--count", "0"), "--count takes a number of events, at least 1"),
        (
            ("--timeout", "5"),
            "'5' is not a duration\n  hint: write it like 90s, 10m, 2h, 1h30m or 7d",
        ),
        (("--port", "65536"), "--port takes a number from 0 to 65535, not 65536"),
        (
            ("--host", "a" * 64 + ".invalid"),
            f"'{'a' * 64}.invalid' is not an address of this machine\n  hint: see --host",
        ),
        (
            ("--host", "192.0.2.1", "--port", "0"),
            "'192.0.2.1' is not an address of this machine\n  hint: see --host",
        ),
    ],
)
def test_mistakes_of_use_exit_with_2(
    words: tuple[str, ...], message: str, project: Project
) -> None:
    assert webhook(project, "listen", *words) == error(message)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (13, "port 80 of 127.0.0.1 needs rights that you do not have"),
        (28, f"cannot listen at 127.0.0.1, port 80: {os.strerror(28)}"),
    ],
)
def test_what_the_system_refuses_is_explained(
    number: int, message: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("lkproto_cli.webhook_server.Server.server_bind", refuse)

    done = webhook(project, "listen", "--port", "80")

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"lkproto: error: {message}\n")


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_an_address_of_ipv6_is_written_in_brackets(project: Project) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("needs the loopback of IPv6")
    with listening(project, "--host", "::1", "--count", "1") as listener:
        assert listener.post().status == 200
        assert listener.end() == Done(0, LINE, "")


def test_what_comes_after_the_last_event_is_to_be_sent_again(tmp_path: Path) -> None:
    event = WebhookEvent(event="e")
    with (tmp_path / "out").open("w+") as out:
        listener = Listener(Printer(out), 1)

        assert (listener.take(event), listener.take(event)) == (200, 503)
        assert not listener.wait(time.monotonic() + 0.05)  # it has no answer yet
        timer = threading.Timer(0.05, listener.answered)
        timer.start()
        listener.settle()
        assert listener.wait(None)
        timer.join()
        assert out.tell() > 0
