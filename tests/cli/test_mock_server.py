"""`lkproto mock-server`: a real process, which a client calls."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lkproto import CallOptions, TwirpError
from lkproto.api import LiveKitAPI
from lkproto.auth import VideoGrants
from lkproto.webhook import WebhookReceiver

from .conftest import COMMAND, Done, Project, with_default_signals
from .webhooks import NOTHING, sink

KEY, SECRET = "APIkey", "0123456789abcdef0123456789abcdef"


class Running:
    """A server in a process: what it has printed so far, and its variables."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.variables: dict[str, str] = {}
        self.first = self.line()
        assert process.stdout
        while "LIVEKIT_API_KEY" not in self.variables or self._more():
            name, _, value = process.stdout.readline().strip().partition("=")
            self.variables[name] = value

    def _more(self) -> bool:
        """Whether the secret is still to come: of the mock's own key alone."""
        own = self.variables["LIVEKIT_API_KEY"] == "devkey"
        return own and "LIVEKIT_API_SECRET" not in self.variables

    def line(self) -> str:
        """The next line on stderr."""
        assert self.process.stderr
        return self.process.stderr.readline()

    def api(self, secret: str = "") -> LiveKitAPI:
        found = self.variables
        secret = secret or found["LIVEKIT_API_SECRET"]
        return LiveKitAPI(found["LIVEKIT_URL"], found["LIVEKIT_API_KEY"], secret)

    def end(self, number: int = signal.SIGINT) -> Done:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return Done(self.process.returncode, out, err)


@contextmanager
def running(project: Project, *words: str, **more: str) -> Generator[Running]:
    process = subprocess.Popen(
        with_default_signals(*COMMAND, "mock-server", "--port", "0", *words),
        cwd=project.folder,
        env=project.environment(NOTHING | more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.communicate()


def test_it_prints_what_a_client_needs_and_a_line_for_each_call(
    project: Project,
) -> None:
    with running(project) as server, server.api() as api:
        api.room.create_room(name="demo")
        with pytest.raises(TwirpError):
            api.room.get_participant(room="demo", identity="nobody")
        calls = [server.line(), server.line()]
        done = server.end()

    place = re.escape(server.variables["LIVEKIT_URL"].replace("ws", "http", 1))
    assert re.fullmatch(
        f"lkproto: a LiveKit server without media serves at {place} \\(Ctrl-C ends it\\)\n",
        server.first,
    )
    assert calls == [
        "lkproto: 200 livekit.RoomService/CreateRoom\n",
        "lkproto: 404 livekit.RoomService/GetParticipant\n",
    ]
    assert done == Done(130, "", "")


def test_quiet_is_without_lines_for_calls(project: Project) -> None:
    with running(project, "--quiet") as server, server.api() as api:
        api.room.list_rooms()
        assert server.end() == Done(130, "", "")


@pytest.mark.parametrize("given", ["environment", "file"])
def test_a_key_is_taken_and_its_secret_is_not_printed(
    project: Project, given: str
) -> None:
    secret = project.folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    if given == "file":
        options, more = ("--api-key", KEY, "--secret-file", str(secret)), {}
    else:
        options, more = (), {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}
    with running(project, *options, **more) as server, server.api(SECRET) as api:
        assert api.room.list_rooms().rooms == []
        done = server.end()

    assert server.variables.keys() == {"LIVEKIT_URL", "LIVEKIT_API_KEY"}
    assert server.variables["LIVEKIT_API_KEY"] == KEY
    assert SECRET not in done.out + done.err + server.first


def test_it_serves_regions_and_refuses_as_the_test_server(project: Project) -> None:
    with running(project, "--regions", "2", "--refuse", "403") as server:
        with server.api() as api, pytest.raises(TwirpError) as caught:
            api.room.list_rooms(call=CallOptions(grants=VideoGrants()))
        server.end()

    assert server.first.count("http://127.0.0.1:") == 2
    assert caught.value.status == 403


def test_other_machines_are_warned_of(project: Project) -> None:
    with running(project, "--host", "0.0.0.0") as server:
        assert (
            server.line()
            == "lkproto: warning: other machines may reach it at 0.0.0.0\n"
        )
        server.end()


def test_a_signal_ends_it(project: Project) -> None:
    with running(project) as server:
        assert server.end(signal.SIGTERM).code == 128 + signal.SIGTERM


def test_webhooks_are_sent_and_signed(project: Project) -> None:
    with sink() as found, running(project, "--webhook-url", found.url) as server:
        with server.api() as api:
            api.room.create_room(name="demo")
        assert found.came.wait(60)
        secret = server.variables["LIVEKIT_API_SECRET"]
        server.end()

    ((headers, body),) = found.requests
    event = WebhookReceiver("devkey", secret).receive(body, headers["Authorization"])
    assert event.event == "room_started"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--secret", "hunter2"], "secrets are not accepted on the command line"),
        (
            ["--webhook-url", "http://a:hunter2@h/"],
            "into a file, for --webhook-url-file",
        ),
        (["--port", "70000"], "--port takes a number from 0 to 65535"),
        (["--port", "65535", "--regions", "2"], "that of the last region"),
        (["--regions", "0"], "regions is a number from 1, not 0"),
        (["--host", "nowhere.invalid"], "'nowhere.invalid' is not an address of this"),
        (["--api-key", KEY], "an API key and its secret are needed"),
        (["--webhook-url", "sink"], "webhooks cannot be sent to 'sink'; a URL begins"),
        (["--webhook"], "unknown argument '--webhook'; did you mean --webhook-url"),
    ],
)
def test_mistakes_are_one_message_without_secrets(
    project: Project, words: list[str], why: str
) -> None:
    done = project.run("mock-server", *words, **NOTHING)

    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("lkproto: error: ")
    assert why in done.err
    assert "hunter2" not in done.err


def test_a_port_in_use_has_a_hint(project: Project) -> None:
    with running(project) as server:
        port = server.variables["LIVEKIT_URL"].rpartition(":")[2]
        done = project.run("mock-server", "--port", port, **NOTHING)

    assert (done.code, done.out) == (2, "")
    assert f"port {port} of 127.0.0.1 is in use" in done.err
    assert "--port; 0 is any that is free" in done.err


def test_a_secret_file_that_others_read_is_refused(
    project: Project, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text(SECRET)
    path.chmod(0o644)

    done = project.run("mock-server", "--api-key", KEY, "--secret-file", str(path))

    assert "others may read or write the file" in done.err
    assert os.access(path, os.R_OK)


def test_calls_go_on_when_nobody_reads_its_lines_any_more(project: Project) -> None:
    with running(project) as server, server.api() as api:
        assert server.process.stderr
        server.process.stderr.close()
        api.room.create_room(name="demo")
        assert len(api.room.list_rooms().rooms) == 1
        server.process.stderr = None
