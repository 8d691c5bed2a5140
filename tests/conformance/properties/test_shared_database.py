"""A counterexample that one process found is the first that another tries."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis.database import InMemoryExampleDatabase
from lkproto_conformance.suites.database import Named

from tests.interpreters.debian import UnavailableError
from tests.services.redis_server import RedisServer
from tests.support import ROOT

from .faulty import MARK, ONLY

TESTEE = "python:tests.conformance.properties.faulty:rarely_wrong"


@pytest.fixture(params=["a folder", "Redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where counterexamples are kept."""
    if request.param == "a folder":
        yield str(tmp_path / "examples")
        return
    try:
        server = RedisServer(tmp_path)
    except UnavailableError as error:
        pytest.skip(str(error))
    with server:
        yield f"redis://127.0.0.1:{server.port}/0"


def process(
    file: Path, *options: str, only: str = ""
) -> tuple[str, list[dict[str, Any]]]:
    """What another process prints and finds."""
    command = [sys.executable, "-m", "lkproto_conformance", "fuzz", "--testee", TESTEE]
    given = [*command, "--suite", "texts/guid", "--json", str(file), *options]
    path = ":".join(
        str(ROOT / each) for each in ("generated", "codegen", "cli", "conformance", "")
    )
    done = subprocess.run(
        given,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": path, ONLY: only},
    )
    found = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert done.returncode == (1 if found else 0), done.stderr
    return done.stdout, found


def test_what_one_process_found_another_tries_first(place: str, tmp_path: Path) -> None:
    one, other, alone = (tmp_path / name for name in ("one", "other", "alone"))
    shared = ["--database", place]
    share = ["--shard", "2/2", "--seed", "2", "--seconds", "2"]

    _, (first,) = process(
        one, "--shard", "1/2", "--seed", "1", "--seconds", "60", *shared
    )
    found = first["promote"]["args"]["input"]
    # They look for one text of 57 to the power of twelve.
    _, (second,) = process(other, *share, *shared, only=found)
    _, without = process(alone, *share, only=found)

    assert first["promote"]["args"] == second["promote"]["args"]
    assert {*MARK} < {*found}
    assert without == []


def test_each_law_has_its_own_examples() -> None:
    shared = InMemoryExampleDatabase()
    one, other = Named(shared, "one"), Named(shared, "other")

    one.save(b"key", b"value")
    one.save(b"key", b"more")
    one.delete(b"key", b"more")

    assert set(one.fetch(b"key")) == {b"value"}
    assert set(other.fetch(b"key")) == set()
