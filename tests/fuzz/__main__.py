"""Fuzzing for any length of time: `python -m tests.fuzz --seconds 600`.

Each run has other seeds, and prints what it finds as a line of Python for a test. With
atheris installed, `--atheris binary` (or `json`, `text`) lets it choose the inputs instead.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from . import schemas
from .differences import covering
from .judge import Case, Judge
from .run import FORMATS, give, run


class FoundError(Exception):
    """A difference that is not explained."""


def differ(case: Case) -> None:
    """Raise FoundError for a difference that is not explained."""
    if covering(case) is None:
        raise FoundError(f"{case.format} {case.name} {case.data!r}\n{case}")


def fuzz(seconds: float, formats: list[str], folder: Path) -> int:
    """Run for a time; returns the exit code."""
    both = [schemas.inline(folder), schemas.livekit()]
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        schema, form = random.choice(both), random.choice(formats)
        names = [random.choice(schema.names)]
        seed = random.randrange(1 << 32)
        try:
            count += run(form, schema, names, differ, seed=seed, each=50)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            notes = getattr(error, "__notes__", [])
            print(f"{form}, seed {seed}:", repr(error), *notes, sep="\n")
            return 1
    print(f"{count} inputs, nothing found")
    return 0


def with_atheris(form: str, folder: Path, arguments: list[str]) -> None:
    """Let atheris choose inputs; their first byte chooses the message."""
    atheris: Any = importlib.import_module("atheris")
    schema = schemas.inline(folder)
    judge = Judge(schema, differ)

    def one(data: bytes) -> None:
        name = schema.names[data[0] % len(schema.names)] if data else schema.names[0]
        content = data[1:] if form == "binary" else data[1:].decode("utf-8", "replace")
        give(judge, form, name, content)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--format", choices=FORMATS, action="append")
    parser.add_argument("--atheris", choices=FORMATS)
    options, rest = parser.parse_known_args()
    warnings.simplefilter("ignore", DeprecationWarning)
    with tempfile.TemporaryDirectory() as folder:
        if options.atheris:
            with_atheris(options.atheris, Path(folder), rest)
        elif rest:
            parser.error(f"unknown arguments: {' '.join(rest)}")
        return fuzz(options.seconds, options.format or list(FORMATS), Path(folder))


if __name__ == "__main__":
    sys.exit(main())
