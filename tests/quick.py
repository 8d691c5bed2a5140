"""In the quick run, the tools of the generator start at once."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest
from grpc_tools import protoc
from lkproto_codegen.read import protoc as ours
from lkproto_codegen.write import format as formatting

protoc_in_a_process = ours._started
ruff_in_a_process = formatting._program


def tools_start_at_once(patch: pytest.MonkeyPatch) -> None:
    """Leave out the Python processes between the generator and its two tools.

    They take most of the time of a small build. The full run has them, and in both runs, so have
    the tests that start the command as a process.
    """
    patch.setattr(ours, "_started", _protoc_here)
    with contextlib.suppress(ImportError):  # where the package of ruff is another one
        from ruff import find_ruff_bin

        patch.setattr(formatting, "_program", lambda: [find_ruff_bin()])


def _protoc_here(arguments: Sequence[str], folder: str) -> tuple[int, str]:
    """Run protoc in this process, unless it matters what it prints, as that of a mistake."""
    if "--version" in arguments:
        return protoc_in_a_process(arguments, folder)
    with contextlib.chdir(folder):
        done = protoc.main(list(arguments))
    return (0, "") if done == 0 else protoc_in_a_process(arguments, folder)
