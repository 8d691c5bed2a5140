"""`lkproto ir`: print the intermediate form of a tree as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from .settings import options_from, tree_parser


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    parser = tree_parser(
        "ir", "Print the intermediate form of a tree as JSON.", roles=True
    )
    options = options_from(parser.read(words))
    from lkproto_codegen.pipeline import lowered
    from lkproto_codegen.read.dump import dump

    print(dump(lowered(options)), end="")
    return 0
