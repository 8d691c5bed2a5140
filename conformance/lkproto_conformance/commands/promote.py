"""`lkproto-conformance promote`: make a vector of a request that a search found.

What makes vectors is `vectorgen`, which only a checkout has; this starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from . import USAGE

HELP = "make a vector of a request that a search found (in a checkout)"
CHECKOUT = Path(__file__).parents[2]


def declare(parser: ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        help="a JSON object: op, args, name, comment, perhaps profiles and found_by; "
        "default: stdin",
    )
    parser.add_argument(
        "--reference",
        metavar="CONNECTOR",
        help="who gives the expectation, such as exec:./go-testee (default: LKPROTO_REFERENCE)",
    )
    parser.add_argument(
        "--policy",
        metavar="NAME",
        help="why the profile strict refuses it though the reference accepts it: a name of "
        "vectorgen/policies.py",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing")


def execute(_: Path, arguments: Namespace) -> int:
    """Promote in this checkout. Returns the exit code."""
    if not (CHECKOUT / "vectorgen" / "promote.py").exists():
        return _refuse(
            "vectors are made in a checkout of lkproto, with vectorgen; from an installed "
            "package, send the JSON object to the project as an issue"
        )
    reference = arguments.reference or os.environ.get("LKPROTO_REFERENCE")
    if not reference:
        return _refuse(
            "--reference is missing: the expectation comes from executing it"
        )
    command = [sys.executable, "-m", "vectorgen.promote", arguments.file]
    command += ["--reference", reference]
    command += ["--policy", arguments.policy] if arguments.policy else []
    command += ["--dry-run"] if arguments.dry_run else []
    sys.stdout.flush()
    return subprocess.run(command, env=_environment(), check=False).returncode


def _refuse(why: str) -> int:
    print(f"lkproto-conformance: promote: {why}", file=sys.stderr)
    return USAGE


def _environment() -> dict[str, str]:
    """The environment, with what this process imports from, vectorgen among it."""
    paths = [str(CHECKOUT), *(path or str(Path.cwd()) for path in sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
