"""Folders, connections, and the lines that arrive in pieces."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from io import BufferedRWPair
from pathlib import Path

import pytest
from lkproto_conformance.connect import (
    FORMS,
    ProcessTestee,
    StartError,
    TcpTestee,
    connect,
)
from lkproto_conformance.connect import folder as folders
from lkproto_conformance.connect.lines import Lines
from lkproto_conformance.connect.pipes import Pipes
from lkproto_conformance.protocol import MAX_LINE, Broken, Hello, Reply
from lkproto_conformance.running.runner import run, select
from lkproto_conformance.vectors import load, vectors_folder

from .misbehaving import command

HELLO = {"protocol": 1, "capabilities": ["kind.parse"], "profiles": ["go"]}


class Listener:
    """A testee that somebody has started: it answers hello, and one case on each connection."""

    def __init__(self) -> None:
        self.ops: list[str] = []
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            with connection, connection.makefile("rwb") as stream:
                self._serve(stream)

    def _serve(self, stream: BufferedRWPair) -> None:
        for line in stream:
            asked = json.loads(line)
            self.ops.append(asked["op"])
            if asked["op"] in ("bye", "hang up"):
                return
            ok = HELLO if asked["op"] == "hello" else {"size": len(line)}
            stream.write(json.dumps({"id": asked["id"], "ok": ok}).encode() + b"\n")
            stream.flush()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """One on a free port."""
    listener = Listener()
    yield listener
    listener.close()


def test_a_testee_that_listens_is_asked_and_not_ended(listener: Listener) -> None:
    testee = connect(f"tcp:127.0.0.1:{listener.port}")

    assert testee.start().profiles == ("go",)
    answer = testee.ask("kind.parse", {"text": "x" * 3_000_000}, "a/1")
    assert isinstance(answer, Reply)
    assert answer.body["size"] > 3_000_000
    assert testee.stop() == 0
    assert testee.start().profiles == ("go",)
    testee.stop()
    assert listener.ops == ["hello", "kind.parse", "bye", "hello", "bye"]


def test_a_connection_that_ends_is_a_crash_and_each_start_connects_once(
    listener: Listener,
) -> None:
    testee = TcpTestee("localhost", listener.port)
    testee.start()

    answer = testee.ask("hang up", {}, "a/1")

    assert isinstance(answer, Broken)
    assert answer.verdict == "crash"
    assert answer.detail.startswith("closed the connection")
    testee.start()
    assert isinstance(testee.ask("kind.parse", {}, "a/2"), Reply)
    testee.stop()
    assert listener.connections == 2


def test_who_looks_at_a_breakpoint_has_time() -> None:
    assert TcpTestee.case_seconds >= 600


def written(path: Path, text: str) -> Path:
    """A folder with this testee.toml."""
    path.mkdir(exist_ok=True)
    (path / "testee.toml").write_text(text)
    return path


def test_a_folder_has_all_that_belongs_to_a_testee(tmp_path: Path) -> None:
    written(
        tmp_path,
        'name = "mine"\ncommand = ["node", "x.js"]\n'
        'install = [["npm", "ci"]]\nprofiles = ["go"]\n',
    )
    (tmp_path / "known-failing.txt").touch()

    found = folders.read(tmp_path)

    assert found == folders.Folder(
        name="mine",
        command=["node", "x.js"],
        known_failing=tmp_path / "known-failing.txt",
        baseline=None,
        path=tmp_path,
        install=(("npm", "ci"),),
        profiles=("go",),
    )


def test_the_testee_of_a_folder_runs_there_in_its_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [str(Path(each).resolve()) for each in sys.path if each]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    right = json.dumps(command("right"))
    text = f'name = "mine"\ncommand = {right}\nprofiles = ["go"]'
    vectors = select(load(vectors_folder()).vectors, "kind.parse/sip")

    results = list(run(connect(f"folder:{written(tmp_path, text)}"), vectors))

    assert [(each.profile, each.verdict.name) for each in results] == [("go", "pass")]


def test_a_command_is_a_path_from_the_folder(tmp_path: Path) -> None:
    hello = json.dumps({"id": 0, "ok": {**HELLO, "implementation": {"name": "here"}}})
    script = written(tmp_path, 'name = "a"\ncommand = ["./mine"]') / "mine"
    script.write_text(f"#!/bin/sh\nread line\necho '{hello}'\nread line\n")
    script.chmod(0o755)
    testee = connect(f"folder:{tmp_path}")

    assert testee.start().name == "here"
    testee.stop()


def test_a_folder_that_names_a_profile_the_testee_lacks_is_an_error(
    tmp_path: Path,
) -> None:
    hello = json.dumps({"id": 0, "ok": HELLO})
    shell = ["sh", "-c", f"read line; echo '{hello}'; read line"]
    text = f'name = "a"\ncommand = {json.dumps(shell)}\nprofiles = ["strict"]'

    with pytest.raises(StartError, match=r"profiles: the testee offers only go"):
        connect(f"folder:{written(tmp_path, text)}").start()


def test_a_testee_that_does_not_start_may_have_to_be_installed(tmp_path: Path) -> None:
    text = (
        'name = "a"\ncommand = ["./mine"]\ninstall = [["npm", "ci"], ["make", "a b"]]'
    )

    with pytest.raises(StartError) as caught:
        connect(f"folder:{written(tmp_path, text)}").start()

    expected = f"./mine: No such file or directory; to install it, in {tmp_path}: "
    assert str(caught.value) == expected + "npm ci && make 'a b'"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('command = ["a"]', "name is missing; it is a text"),
        ('name = "a"', "command is missing; it is a list of texts, such as"),
        ('name = ""\ncommand = ["a"]', "name is not a text"),
        ('name = "a"\ncommand = "a"', "command is not a list of texts"),
        ('name = "a"\ncommand = []', "command is not a list of texts"),
        ('name = "a"\ncommand = [""]', "command is not a list of texts"),
        ('name = "a"\ncommand = ["a"]\nprofile = "go"', "unknown key profile; there"),
        ('name = "a"\ncommand = ["a"]\nprofiles = ["Go"]', "profiles is not a list"),
        ('name = "a"\ncommand = ["a"]\ninstall = ["a"]', "install is not a list of"),
        ("name = ", "Invalid value"),
    ],
)
def test_a_mistake_in_a_folder_is_reported_with_file_and_key(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(StartError) as caught:
        connect(f"folder:{written(tmp_path, text)}")

    assert str(caught.value).startswith(f"{tmp_path / 'testee.toml'}: {problem}")


def test_a_file_that_is_not_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "testee.toml").write_bytes(b"\xff")

    with pytest.raises(StartError, match=r"testee.toml: 'utf-8' codec"):
        connect(f"folder:{tmp_path}")


def test_an_unknown_connector_gets_a_list_of_all(tmp_path: Path) -> None:
    del tmp_path
    with pytest.raises(StartError) as caught:
        connect("docker:mine")

    assert all(form in str(caught.value) for form in FORMS)


def test_lines_are_the_same_however_they_arrive() -> None:
    data = b'{"a":1}\n\n{"b":2}\nrest'
    for size in range(1, len(data) + 1):
        lines, found = Lines(), list[bytes]()
        for at in range(0, len(data), size):
            lines.feed(data[at : at + size])
            while (line := lines.take()) is not None:
                found.append(line)
        assert found == [b'{"a":1}\n', b"\n", b'{"b":2}\n']
        assert lines.rest == b"rest"


def test_a_long_line_in_small_pieces_takes_time_that_grows_with_its_length() -> None:
    def seconds(size: int) -> float:
        lines, piece = Lines(), b"x" * 64
        begun = time.process_time()
        for _ in range(size // 64):
            lines.feed(piece)
            assert lines.take() is None
        lines.feed(b"\n")
        assert lines.take() == b"x" * size + b"\n"
        return time.process_time() - begun

    short = min(seconds(MAX_LINE // 16) for _ in range(3))
    assert seconds(MAX_LINE - 64) < 16 * short * 4


def test_a_line_that_is_too_long_is_given_out_at_once_and_forgotten() -> None:
    lines = Lines()
    for _ in range(MAX_LINE // 65536):
        lines.feed(b"x" * 65536)
        assert lines.take() is None
    lines.feed(b"x")

    line = lines.take()
    assert line is not None
    assert len(line) == MAX_LINE + 1
    assert lines.rest == b""


def test_a_request_larger_than_a_pipe_is_written_while_a_reply_is_awaited() -> None:
    """The other end writes a lot to stderr before it reads."""
    script = (
        "import sys; sys.stderr.write('e' * 500_000); sys.stderr.flush();"
        "line = sys.stdin.readline(); print(len(line), flush=True)"
    )
    testee = ProcessTestee([sys.executable, "-c", script])
    with contextlib.closing(testee._open()) as pipes:
        assert pipes.exchange(b"x" * 3_000_000 + b"\n", 30) == b"3000001\n"
        assert len(pipes.stderr) == 64 * 1024
        testee._pipes = pipes
        testee.stop()


def test_the_deadline_holds_for_a_reply_that_comes_by_drops() -> None:
    reading, writing = os.pipe()
    _, stdin = os.pipe()
    pipes = Pipes(stdin, reading)
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.01):
            os.write(writing, b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        pipes.exchange(b"\n", 0.3)
    took = time.monotonic() - begun
    ended.set()
    thread.join()

    assert 0.3 <= took < 5


def test_a_changed_hello_after_a_restart_is_a_failure_of_the_protocol() -> None:
    class Fickle:
        starts = 0

        def start(self) -> Hello:
            self.starts += 1
            name = {"name": f"start {self.starts}"}
            return Hello(name, frozenset(["kind.parse"]), ("go",))

        def ask(self, op: str, args: object, case: str) -> Reply | Broken:
            del op, args
            if case.endswith("sip"):
                return Broken("crash", "ended")
            return Reply("error", {"message": "no"})

        def stop(self) -> int:
            return 0

    vectors = select(load(vectors_folder()).vectors, "kind.parse/s*p")

    (result,) = run(Fickle(), vectors, "go")

    assert result.verdict.name == "protocol"
    detail = "after a restart hello has other implementation; crash: ended"
    assert result.verdict.detail == detail


def test_a_folder_that_nests_too_deeply_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "testee.toml").write_text("command = " + "[" * 5000)

    with pytest.raises(StartError, match="testee.toml: nests too deeply"):
        folders.read(tmp_path)
