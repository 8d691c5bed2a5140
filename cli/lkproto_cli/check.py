"""`lkproto check`: check whether a generated package is what generation would write."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from lkproto_codegen.cache import inputs_digest, up_to_date
from lkproto_codegen.diagnostics import in_line
from lkproto_codegen.options import Options
from lkproto_codegen.write.drift import Drift, find_drift

from .settings import options_from, tree_parser


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    parser = tree_parser(
        "check",
        "Compare a generated package with what generation gives. "
        "The exit code is 1 if it is not up to date.",
        output=True,
        roles=True,
        as_json=True,
    )
    parser.add_argument(
        "--no-cache",
        action="store_true",
        help="generate and compare even if nothing seems to have changed; CI=1 does the same",
    )
    arguments = parser.read(words)
    options = options_from(arguments)
    drift = _drift(options, arguments.no_cache or bool(os.environ.get("CI")))
    if arguments.json:
        print(json.dumps({"clean": drift.clean} | asdict(drift)))
    elif not options.out.exists():
        print(f"{in_line(options.out)} does not exist; run lkproto generate")
    elif not drift.clean:
        print(drift)
        print(f"{in_line(options.out)} is not up to date; {_advice(drift)}")
    return 0 if drift.clean else 1


def _advice(drift: Drift) -> str:
    """What to do; generating deletes only its own files."""
    steps = ["run lkproto generate"] if drift.missing or drift.changed else []
    steps += ["delete or move what is extra"] if drift.extra else []
    return ", and ".join(steps)


def _drift(options: Options, thorough: bool) -> Drift:
    if not thorough:
        manifest = up_to_date(options.out, inputs_digest(options))
        if manifest is not None:
            files = dict.fromkeys(manifest.files, b"")
            extra = find_drift(options.out, files).extra
            extra = tuple(path for path in extra if path != "MANIFEST.json")
            return Drift((), extra, (), (), "")
    from lkproto_codegen.pipeline import build

    return find_drift(options.out, build(options))
