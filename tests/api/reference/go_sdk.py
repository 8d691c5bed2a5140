"""The tests of LiveKit's SDK for Go, as a program; `go/go.mod` pins the SDK."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from tests.services import go
from tests.services.cache import kept, of_source

SOURCE = Path(__file__).with_name("go")
PACKAGE = "github.com/livekit/server-sdk-go/v2"
_PROGRAM = "sdk.test"
_TIMEOUT = 120
_RESULT = re.compile(r"^--- (\w+): (\w+) ", re.MULTILINE)


def find() -> Path:
    """The program, built if the cache has none of this version. Raises UnavailableError."""
    name = of_source("livekit-sdk-go", SOURCE)
    return kept(name, _works, _make) / _PROGRAM


def _works(folder: Path) -> bool:
    return (folder / _PROGRAM).is_file()


def _make(folder: Path) -> None:
    go.build_tests(SOURCE, PACKAGE, folder / _PROGRAM)


def run(url: str, names: str) -> tuple[dict[str, str], str]:
    """The results of its tests whose names match, `PASS` or else, and all that they print.

    They use the key `devkey` with the secret `secret`.
    """
    command = [str(find()), "-test.v", f"-test.run={names}"]
    done = subprocess.run(
        command,
        env=os.environ | {"LK_TEST_SERVER_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_TIMEOUT,
    )
    results = {name: result for result, name in _RESULT.findall(done.stdout)}
    return results, done.stdout
