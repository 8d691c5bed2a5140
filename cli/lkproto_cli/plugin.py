"""`protoc-gen-lkproto`: a CodeGeneratorRequest on stdin, the response on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .main import Parser


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    from lkproto_codegen import __version__

    name = "protoc-gen-lkproto"
    parser = Parser(
        prog=name,
        description="Run by protoc or buf, not by hand.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{name} {__version__}")
    parser.read(words)
    from lkproto_codegen.plugin import respond

    sys.stdout.buffer.write(respond(sys.stdin.buffer.read()))
    return 0


def main() -> int:
    """The console script `protoc-gen-lkproto`."""
    from .main import main as dispatch

    return dispatch(["plugin", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
