"""The programs in Go: Twirp's own `clientcompat` and `gocompat`, and ours, which serves and calls.

`python -m tests.twirp.go.programs` builds them if the cache has none of this source.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.interpreters.debian import UnavailableError
from tests.services import go
from tests.services.cache import kept, of_source

from .scripts import Outcome, from_text, to_text

SOURCE = Path(__file__).with_name("program")
COMPAT = "github.com/twitchtv/twirp/clientcompat"
_PROGRAMS = ("twirp", "clientcompat", "gocompat")
_TIMEOUT = 10.0


def find() -> Path:
    """The folder of the programs, built if the cache has none. Raises UnavailableError."""
    name = of_source("twirp", SOURCE)
    packages = (".", COMPAT, f"{COMPAT}/gocompat")
    return kept(name, _whole, lambda to: go.build(SOURCE, to, *packages))


def _whole(folder: Path) -> bool:
    return all((folder / each).is_file() for each in _PROGRAMS)


class GoServer:
    """The generated servers of all ten services, while a `with` block runs."""

    def __init__(self, *options: str) -> None:
        self._process = _started("serve", *options)
        self.url = ""

    def __enter__(self) -> Self:
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the server in Go ended"
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)


class GoClient:
    """The generated clients of all ten services, while a `with` block runs."""

    def __init__(self) -> None:
        self._process = _started("call")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._process)

    def call(
        self, url: str, path: str, codec: str, request: bytes, headers: dict[str, str]
    ) -> Outcome:
        """Make a call; `path` is as "livekit.RoomService/CreateRoom"."""
        service, method = path.split("/")
        line = {"url": url, "service": service, "method": method, "codec": codec}
        line |= {"request": to_text(request), "headers": headers}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answer = json.loads(
            self._process.stdout.readline() or '{"failure": "it ended"}'
        )
        assert "failure" not in answer, f"{path}: {answer['failure']}"
        response = answer["response"]
        body = None if response is None else from_text(response)
        if error := answer["error"]:
            error["meta"] = error["meta"] or {}  # a map in Go may be null
        return Outcome(body, error, answer["headers"])


def _started(*arguments: str) -> subprocess.Popen[str]:
    """Our program, which ends with its input."""
    command = [str(find() / "twirp"), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)


def _end(process: subprocess.Popen[str]) -> None:
    try:
        process.communicate(timeout=_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def _main() -> int:
    begun = time.monotonic()
    print("Twirp's programs in Go …", flush=True)  # it may take minutes
    try:
        folder = find()
    except UnavailableError as error:
        print(f"*** they are MISSING ({error})")
        return 1
    print(f"they are in {folder}, {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(_main())
