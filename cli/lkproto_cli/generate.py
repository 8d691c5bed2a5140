"""`lkproto generate`: write the package of a .proto tree."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from lkproto_codegen.cache import (
    former_parts,
    inputs_digest,
    remember,
    tools_digest,
    up_to_date,
)
from lkproto_codegen.diagnostics import in_line
from lkproto_codegen.options import Options, check_out
from lkproto_codegen.write.output import Written, write

from .settings import options_from, tree_parser
from .using import import_line


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
    quiet = arguments.quiet or arguments.json or not sys.stderr.isatty()
    written = _generate(options, arguments.force, _no_progress if quiet else _progress)
    seconds = time.perf_counter() - begun
    if arguments.json:
        report = {"out": str(options.out), "seconds": round(seconds, 3)}
        print(json.dumps(report | asdict(written)))
    elif not arguments.quiet:
        _say(options.out, written, seconds)
    return 0


def _progress(text: str) -> None:
    print(f"{text} …", file=sys.stderr, flush=True)


def _no_progress(_text: str) -> None: ...


def _generate(options: Options, force: bool, say: Callable[[str], None]) -> Written:
    inputs = inputs_digest(options)
    if not force and (manifest := up_to_date(options.out, inputs)):
        return Written(unchanged=len(manifest.files) + 1)
    from lkproto_codegen.pipeline import build
    from lkproto_codegen.write.parts import Notes, Parts

    former: Notes = {} if force else former_parts(options.out)
    parts = Parts(options.out, tools_digest(options), former)
    files = build(options, parts, say)
    written = write(options.out, files)
    remember(options.out, inputs, parts.notes(files))
    return written


def _say(out: Path, written: Written, seconds: float) -> None:
    for path in written.edited:
        print(
            f"{in_line(out / path)}: was edited by hand; overwritten", file=sys.stderr
        )
    if written.aside:
        print(
            f"{in_line(written.aside)}: a half-done run that was not begun here; put aside",
            file=sys.stderr,
        )
    for path in written.kept:
        print(
            f"{in_line(out / path)}: is no longer generated, but was edited by hand; kept",
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
    print(f"{in_line(out)}: {text} ({seconds:.2f} s)", file=sys.stderr)
    if line := import_line(out):
        print(line, file=sys.stderr)
