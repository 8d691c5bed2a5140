"""The command as users run it, in a project of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from lkproto_cli.main import main
from lkproto_codegen.cache import inputs_digest, remember
from lkproto_codegen.options import Options, read_config
from lkproto_codegen.pipeline import build
from lkproto_codegen.write.output import write

from tests.support import ROOT, write_protos

PROTOS = {
    "acme/hello.proto": 'syntax = "proto3";\npackage acme;\n'
    "message Hello {\n  string name = 1;\n  message Inner {\n    enum Kind { NONE = 0; }\n"
    "  }\n}\nenum Mood { CALM = 0; }\nservice Greeter { rpc Greet(Hello) returns (Hello); }\n",
    "plain.proto": 'syntax = "proto3";\nmessage Plain { acme.Hello hello = 1; }\n'
    'import "acme/hello.proto";\n',
}
SOURCES = [str(ROOT / name) for name in ("codegen", "cli", "generated")]
COMMAND = (sys.executable, "-m", "lkproto_cli")


@dataclass(frozen=True)
class Done:
    """The exit code and output of a run."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Project:
    """A directory with a .proto tree, in which the command is run."""

    folder: Path

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """Our environment, without variables that change the command's behaviour."""
        kept = {key: value for key, value in os.environ.items() if key != "CI"}
        own = {
            "PYTHONPATH": os.pathsep.join(SOURCES),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "COLUMNS": "80",
        }
        return kept | own | dict(extra)

    def run(
        self,
        *words: str,
        command: Sequence[str] = (),
        stdin: bytes = b"",
        **environment: str,
    ) -> Done:
        """Run lkproto, and check that it shows no traceback.

        It runs in this process, which is ten times as quick; with a command, such as COMMAND,
        it is a process.
        """
        if not command:
            return self._run_here(words, stdin, self.environment(environment))
        done = subprocess.run(
            [*command, *words],
            cwd=self.folder,
            env=self.environment(environment),
            input=stdin,
            capture_output=True,
            check=False,
        )
        err = done.stderr.decode()
        assert "Traceback" not in err, err
        return Done(done.returncode, done.stdout.decode(errors="surrogateescape"), err)

    def _run_here(
        self, words: Sequence[str], stdin: bytes, environment: Mapping[str, str]
    ) -> Done:
        """Run lkproto in this process, with streams like those of a process."""
        out, err = io.BytesIO(), io.BytesIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            redirect_stdout(io.TextIOWrapper(out, "utf-8")) as stdout,
            redirect_stderr(
                io.TextIOWrapper(err, "utf-8", "backslashreplace")
            ) as stderr,
            mock.patch.dict(os.environ, environment, clear=True),
        ):
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            try:
                code = main(words)
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 1
            stdout.flush()
            stderr.flush()
            shown = out.getvalue().decode(errors="surrogateescape")
            return Done(code, shown, err.getvalue().decode())

    def run_and_signal(
        self, command: Sequence[str], number: signal.Signals, when_it_reads: Path
    ) -> Done:
        """Run a command that reads a FIFO, and send it a signal while it does."""
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as running:
            try:
                with when_it_reads.open("w"):
                    running.send_signal(number)
                # The FIFO is closed before we wait: a signal that arrives after Python's last
                # check and before its read(2) does not interrupt the read, which then ends only
                # with the file. Python handles the signal at the next bytecode, before anything
                # can judge the empty file.
                out, err = running.communicate(timeout=60)
            finally:
                # Nothing may be left over: the garbage collector would find it in another
                # test, and fail that one with the ResourceWarning.
                running.kill()
        return Done(running.returncode, out, err)

    def write(self, path: str, text: str) -> Path:
        """Write a file of the project."""
        write_protos(self.folder, {path: text})
        return self.folder / path


def with_default_signals(*command: str) -> tuple[str, ...]:
    """A command that does not inherit what this run ignores: under nohup, or in the background."""
    code = (
        "import os, signal, sys\n"
        "for number in (signal.SIGINT, signal.SIGHUP):\n"
        "    signal.signal(number, signal.SIG_DFL)\n"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    return (sys.executable, "-ISc", code, *command)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with `protos/`, configured to be generated to `out/`."""
    write_protos(tmp_path / "protos", PROTOS)
    config = '[tool.lkproto]\nprotos = ["protos"]\nout = "out"\n'
    (tmp_path / "pyproject.toml").write_text(config)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The generated package of a project."""
    tree = tmp_path_factory.mktemp("package") / "protos"
    return build(Options(protos=(write_protos(tree, PROTOS),)))


@pytest.fixture
def generated(
    project: Project, package: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A project whose package is up to date, which the cache records."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(project.folder / "cache"))
    options = read_config(project.folder / "pyproject.toml")
    write(options.out, package)
    remember(options.out, inputs_digest(options))
    return project
