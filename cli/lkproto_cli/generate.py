"""`lkproto generate`: write the package of a .proto tree."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from lkproto_codegen.cache import inputs_digest, remember, up_to_date
from lkproto_codegen.options import Options, check_out
from lkproto_codegen.write.output import Written, write

from .settings import options_from, tree_parser


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    parser = tree_parser(
        "generate",
        "Generate the package of a .proto tree.",
        output=True,
        roles=True,
        as_json=True,
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="generate even if nothing seems to have changed",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print errors only")
    arguments = parser.read(words)
    options = options_from(arguments)
    check_out(options.out)
    begun = time.perf_counter()
    written = _generate(options, arguments.force)
    seconds = time.perf_counter() - begun
    if arguments.json:
        report = {"out": str(options.out), "seconds": round(seconds, 3)}
        print(json.dumps(report | asdict(written)))
    elif not arguments.quiet:
        _say(options.out, written, seconds)
    return 0


def _generate(options: Options, force: bool) -> Written:
    inputs = inputs_digest(options)
    if not force and (manifest := up_to_date(options.out, inputs)):
        return Written(unchanged=len(manifest.files) + 1)
    from lkproto_codegen.pipeline import build

    written = write(options.out, build(options))
    remember(options.out, inputs)
    return written


def _say(out: Path, written: Written, seconds: float) -> None:
    for path in written.edited:
        print(f"{out / path}: was edited by hand; overwritten", file=sys.stderr)
    for path in written.kept:
        print(
            f"{out / path}: is no longer generated, but was edited by hand; kept",
            file=sys.stderr,
        )
    if not sys.stderr.isatty():
        return
    counts = {
        "new": len(written.created),
        "changed": len(written.changed),
        "deleted": len(written.deleted),
        "unchanged": written.unchanged,
    }
    text = ", ".join(f"{count} {label}" for label, count in counts.items() if count)
    print(f"{out}: {text} ({seconds:.2f} s)", file=sys.stderr)
