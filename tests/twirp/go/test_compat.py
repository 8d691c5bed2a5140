"""Twirp's own compatibility test, `clientcompat`, with our clients and with our servers."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import build

from . import programs
from .servers import python, serving

HERE = Path(__file__).parent
CODES = (
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "bad_route",
    "already_exists",
    "permission_denied",
    "unauthenticated",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
)
SERVERS = ("uvicorn", "granian, ASGI", "granian, WSGI", "gunicorn")
CASES = (
    "noop without error",
    *(f'"{code}" error parsing' for code in CODES),
    "empty value",
    "request value formatting",
    "handling invalid error formatting from server",
)


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the package that is generated from the service's schema."""
    folder = tmp_path_factory.mktemp("stubs")
    out = folder / "compat_stubs"
    for path, data in build(Options(protos=(HERE / "compat",), out=out)).items():
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def program(folder: Path, kind: str, stubs: Path) -> Path:
    """Our client as an executable, for `clientcompat` starts it without arguments."""
    command = " ".join(f"'{each}'" for each in python(stubs))
    path = folder / kind
    path.write_text(
        f"#!/bin/sh\nexec {command} {HERE / 'compat' / 'client.py'} {kind}\n"
    )
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_our_clients_pass_clientcompat(kind: str, stubs: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            programs.find() / "clientcompat",
            "-client",
            program(tmp_path, kind, stubs),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    # Each line, because its last case is counted as a success even when it fails.
    lines = [f"Testing {case}... PASS" for case in CASES]
    assert done.stdout.splitlines() == [
        *lines,
        "PASSED with 0 failures, 21 successes",
    ]
    assert (len(lines), done.stderr, done.returncode) == (21, "", 0)


@pytest.mark.parametrize("server", SERVERS)
def test_gocompat_passes_with_our_servers(
    server: str, stubs: Path, tmp_path: Path
) -> None:
    schema = importlib.import_module("compat_stubs.twirp.clientcompat")
    module = "tests.twirp.go.compat.server"
    passed: list[str] = []

    def ask(path: str, request: Any) -> tuple[bytes, str]:
        """What the client in Go says of a call: a response, or a code."""
        methods = schema.ClientCompatMessage.CompatServiceMethod
        is_noop = isinstance(request, schema.Empty)
        message = schema.ClientCompatMessage(
            service_address=f"{url}/{path}",
            method=methods.NOOP if is_noop else methods.METHOD,
            request=request.to_bytes(),
        )
        done = subprocess.run(
            [programs.find() / "gocompat"],
            input=message.to_bytes(),
            capture_output=True,
            check=True,
        )
        passed.append(path)
        return done.stdout, done.stderr.decode()

    with serving(server, module, tmp_path, stubs) as url:
        assert ask("ok", schema.Empty()) == (b"", "")
        for code in CODES:
            assert ask(code, schema.Empty()) == (b"", code)
        assert ask("ok", schema.Req()) == (b"", "")
        assert ask("ok", schema.Req(v="value")) == (schema.Resp(v=1).to_bytes(), "")
        assert ask("garbage", schema.Empty()) == (b"", "internal")
    assert len(passed) == 21
