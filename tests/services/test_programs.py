"""Programs are built once, and count only when they are whole; processes end with the tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.interpreters.debian import UnavailableError
from tests.services import (
    build,
    cache,
    go,
    ioinfo,
    livekit_server,
    livekit_test_server,
    provide,
)
from tests.services.livekit_server import VERSION, configuration
from tests.services.process import (
    Process,
    StartError,
    free_port,
    listens,
    masked,
)
from tests.services.redis_server import RedisServer
from tests.support import until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="starts shell scripts")


def program(path: Path, body: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with nothing in it."""
    monkeypatch.setattr(provide, "HOME", tmp_path / "services")
    return tmp_path / "services"


def whole(folder: Path) -> bool:
    return (folder / "program").exists()


def make(folder: Path) -> None:
    (folder / "program").write_text("made")


def test_what_is_kept_is_not_made_again(home: Path) -> None:
    folder = cache.kept("x-1", whole, make)

    assert (folder / "program").read_text() == "made"
    assert cache.kept("x-1", whole, fail) == folder
    assert [each.name for each in home.iterdir()] == [folder.name]


def fail(folder: Path) -> None:
    make(folder)
    raise UnavailableError("no network")


def test_what_was_made_in_part_does_not_count(home: Path) -> None:
    with pytest.raises(UnavailableError):
        cache.kept("x-1", whole, fail)

    assert list(home.iterdir()) == []


def test_what_does_not_work_is_made_again(home: Path) -> None:
    broken = cache.place("x-1")
    broken.mkdir(parents=True)
    (broken / "other").touch()

    assert cache.kept("x-1", whole, make) == broken
    assert [each.name for each in broken.iterdir()] == ["program"]


def test_versions_and_machines_have_folders_of_their_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = cache.place("x-1")
    monkeypatch.setattr(sys, "platform", "other")

    assert len({here, cache.place("x-1"), cache.place("x-2")}) == 3


@pytest.fixture
def fake_go(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A go that builds a program which says that it is the server of our version."""
    calls = tmp_path / "calls"
    says = f"echo livekit-server version {VERSION}"
    writes = f'printf "#!/bin/sh\\n{says}\\n" > "$to"; chmod +x "$to"'
    named = "name=${5##*/}; to=$GOBIN/${name%@*};;"
    body = f'echo "$*" >> {calls}\ncase $1 in install) {named}'
    program(tmp_path / "bin" / "go", f"{body} *) to=$7;; esac\n{writes}")
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    return calls


def test_programs_are_built_once(
    fake_go: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build.build() == build.build() == []

    *installed, compiled = fake_go.read_text().splitlines()
    packages = (livekit_server.PACKAGE, livekit_test_server.PACKAGE)
    assert installed == [f"install -p 2 -trimpath {each}" for each in packages]
    assert compiled.startswith("build -p 2 -trimpath -mod=readonly -o ")
    assert f"livekit-server is {livekit_server.find()}, 0 s" in capsys.readouterr().out


def test_only_programs_that_are_named_are_built(fake_go: Path) -> None:
    assert build.build(["livekit-test-server"]) == []

    (installed,) = fake_go.read_text().splitlines()
    assert installed.endswith(livekit_test_server.PACKAGE)


def test_a_server_of_another_version_is_built_again(fake_go: Path) -> None:
    server = livekit_server.find()
    program(server, "echo livekit-server version 1.0.0")

    livekit_server.find()

    assert len(fake_go.read_text().splitlines()) == 2


def test_a_change_of_the_source_is_built_again(
    fake_go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ioinfo.find()
    source = tmp_path / "source"
    source.mkdir()
    (source / "main.go").write_text("package main")
    monkeypatch.setattr(ioinfo, "SOURCE", source)

    assert ioinfo.find() != before


def test_without_go_what_is_missing_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")

    assert build.build() == [*build.PROGRAMS]
    assert "is MISSING (Go is not installed)" in capsys.readouterr().out


def test_the_last_line_of_an_error_of_go_is_shown(
    fake_go: Path, tmp_path: Path
) -> None:
    program(tmp_path / "bin" / "go", "echo first >&2; echo last >&2; exit 1")

    with pytest.raises(UnavailableError, match="^go install fails: last$"):
        go.install("x@v1", tmp_path)


def test_a_server_keeps_to_this_machine() -> None:
    settings = configuration(7880, {"a": "b", "c": "d"}, ["http://x"], 6379)

    assert settings["bind_addresses"] == ["127.0.0.1"]
    assert settings["rtc"]["interfaces"] == {"includes": ["lo"]}
    assert (settings["rtc"]["tcp_port"], settings["rtc"]["node_ip"]) == (0, "127.0.0.1")
    assert settings["rtc"]["stun_servers"] == ["127.0.0.1:3478"]
    assert settings["webhook"] == {"api_key": "a", "urls": ["http://x"]}
    assert settings["redis"] == {"address": "127.0.0.1:6379"}
    assert "redis" not in configuration(7880, {"a": "b"}, [], None)


SERVES = """
import signal, socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("eyJhbGciOiJIUzI1NiJ9.e30.c2ln serves", flush=True)
{last}
"""


def process(tmp_path: Path, last: str = "time.sleep(60)") -> tuple[Process, int]:
    """A process that listens on a port, which is returned, too."""
    port = free_port()
    script = SERVES.format(last=last)
    command = [sys.executable, "-c", script, str(port)]
    return Process(command, tmp_path / "log", lambda: listens(port)), port


def test_a_process_serves_while_a_block_runs(tmp_path: Path) -> None:
    serving, port = process(tmp_path)

    with serving:
        assert listens(port)
        assert serving.output() == "<token> serves\n"
    assert not listens(port)


def test_a_process_ends_when_the_block_fails(tmp_path: Path) -> None:
    serving, port = process(tmp_path)

    with pytest.raises(KeyboardInterrupt), serving:
        raise KeyboardInterrupt
    assert not listens(port)


def test_a_process_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    last = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
    serving, port = process(tmp_path, last)

    with serving:
        time.sleep(0.2)  # until it ignores the signal
    assert not listens(port)


def test_a_process_that_ends_at_once_has_not_started(tmp_path: Path) -> None:
    with (
        pytest.raises(StartError, match="(?s)does not start.*no such port"),
        Process(["sh", "-c", "echo no such port"], tmp_path / "log", lambda: False),
    ):
        pass


def test_a_process_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    if process(tmp_path)[0].command[0] != "setpriv":
        pytest.skip("setpriv of util-linux is missing")
    port = free_port()
    script = (
        "import sys, time; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from tests.services.process import Process, listens\n"
        f"command = [sys.executable, '-c', {SERVES.format(last='time.sleep(60)')!r}, '{port}']\n"
        f"with Process(command, Path(sys.argv[2]), lambda: listens({port})):\n"
        "    print('on', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(provide.ROOT), str(tmp_path / "log")],
        stdout=subprocess.PIPE,
    ) as tests:
        assert tests.stdout
        assert tests.stdout.readline() == b"on\n"
        tests.send_signal(signal.SIGKILL)

    until(lambda: not listens(port), 5)


def test_tokens_are_masked_wherever_they_are() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJBUEkifQ.c2ln-_"

    assert masked(f"GET /rtc?access_token={token}&x=1") == (
        "GET /rtc?access_token=<token>&x=1"
    )
    assert masked(f'"{token}", {token[:30]}…') == '"<token>", <token>…'
    assert masked("eyJ is short") == "eyJ is short"


def test_redis_that_is_missing_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(UnavailableError, match="redis-server is missing"):
        RedisServer(tmp_path)
