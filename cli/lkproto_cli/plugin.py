"""`protoc-gen-lkproto`: a CodeGeneratorRequest on stdin, the response on stdout."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    if words and words[0] in ("--version", "-h", "--help"):
        from lkproto_codegen import __version__

        print(f"protoc-gen-lkproto {__version__}: run by protoc or buf, not by hand")
        return 0
    from lkproto_codegen.plugin import respond

    sys.stdout.buffer.write(respond(sys.stdin.buffer.read()))
    return 0


def main() -> int:
    """The console script `protoc-gen-lkproto`."""
    from .main import main as dispatch

    return dispatch(["plugin", *sys.argv[1:]])
