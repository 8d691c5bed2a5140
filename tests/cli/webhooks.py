"""What the tests of `lkproto webhook` share: keys, deliveries, a listener in a process, a sink."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from threading import Event

from lkproto.webhook import sign

from tests.posts import Answer, Post, taking

from .conftest import COMMAND, Done, Project, with_default_signals

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"
PAIR = {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
NOTHING = {
    "LIVEKIT_API_KEY": "",
    "LIVEKIT_API_SECRET": "",
    "LIVEKIT_KEYS": "",
}
NOW = 1_800_000_000
AT = ("--now", str(NOW))
BODY = (
    b'{"event":"participant_joined","room":{"name":"demo"},'
    b'"participant":{"identity":"ann"},"id":"EV_1","createdAt":"1800000000"}'
)
LINE = BODY.decode() + "\n"
LISTENING = re.compile(
    r"lkproto: listening on http://(\S+):(\d+)(\S*) \(Ctrl-C ends it\)\n"
)


def webhook(
    project: Project, *words: str, stdin: bytes = b"", **environment: str
) -> Done:
    """Run an action in this process, with the usual key."""
    return project.run("webhook", *words, stdin=stdin, **(NOTHING | PAIR | environment))


def signed(body: bytes, secret: str = SECRET) -> str:
    """The header of a body, valid from NOW."""
    return sign(body, KEY, secret, clock=lambda: NOW)


@dataclass
class Listening:
    """A listener in a process, that was seen to listen."""

    process: subprocess.Popen[bytes]
    host: str
    port: int

    def post(
        self,
        body: bytes = BODY,
        authorization: str | None = None,
        *,
        method: str = "POST",
        path: str = "/",
    ) -> HTTPResponse:
        """The answer to a request; signed by default."""
        if authorization is None:
            authorization = signed(body)
        client = HTTPConnection(self.host, self.port, timeout=30)
        try:
            client.request(method, path, body, {"Authorization": authorization})
            answer = client.getresponse()
            answer.read()
        finally:
            client.close()
        return answer

    def raw(self, data: bytes) -> bytes:
        """What comes back for bytes, after which the client says no more."""
        with socket.create_connection((self.host, self.port), 30) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(1 << 16), b""))

    def end(self) -> Done:
        """What it printed after it said where it listens, once it has ended by itself."""
        out, err = self.process.communicate(timeout=30)
        return Done(self.process.returncode, out.decode(), err.decode())


@contextmanager
def listening(
    project: Project, *words: str, **environment: str
) -> Generator[Listening]:
    """A listener at a free port, whose time stands still."""
    settings = NOTHING | PAIR | environment
    process = subprocess.Popen(
        with_default_signals(*COMMAND, "webhook", "listen", "--port", "0", *AT, *words),
        cwd=project.folder,
        env=project.environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stderr
            first = process.stderr.readline().decode()
            found = LISTENING.fullmatch(first)
            assert found, first
            yield Listening(process, found[1].strip("[]"), int(found[2]))
        finally:
            process.kill()


@dataclass
class Sink:
    """An endpoint that answers with the given statuses, one after the other."""

    statuses: list[int] = field(default_factory=list[int])
    requests: list[tuple[dict[str, str], bytes]] = field(
        default_factory=list[tuple[dict[str, str], bytes]]
    )
    came: Event = field(default_factory=Event)
    url: str = ""


@contextmanager
def sink(*statuses: int) -> Generator[Sink]:
    """An endpoint on a real socket."""
    found = Sink(list(statuses))

    def answer(post: Post) -> Answer:
        found.requests.append((post.headers, post.body))
        found.came.set()
        return found.statuses.pop(0) if found.statuses else 200, "", b""

    with taking(answer) as url:
        found.url = f"{url}/hook"
        yield found


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def read_terminal(terminal: int) -> bytes:
    """All that was printed on a terminal whose other end is closed."""
    parts: list[bytes] = []
    try:
        while data := os.read(terminal, 1 << 16):
            parts.append(data)
    except OSError:  # Linux says so at the end
        pass
    return b"".join(parts)
