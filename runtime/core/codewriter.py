"""Functions written at run time: compiled once, visible in tracebacks and debuggers.

Names from a schema never enter the text as code unless they are identifiers the generator
checked; every other value reaches the function through its namespace.
"""

from __future__ import annotations

import linecache
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def write(filename: str, lines: list[str], namespace: dict[str, Any]) -> dict[str, Any]:
    """Execute source lines in a namespace and return it; register them with `linecache`.

    `filename` is a label such as `<livekit.Room constructor>`. With `LKPROTO_PRINT_CODE` set
    in the environment the source goes to stderr, too.
    """
    source = "\n".join(lines) + "\n"
    entry = (len(source), None, source.splitlines(keepends=True), filename)
    linecache.cache[filename] = entry
    if os.environ.get("LKPROTO_PRINT_CODE"):
        print(f"# {filename}", source, sep="\n", file=sys.stderr)
    exec(compile(source, filename, "exec"), namespace)  # noqa: S102 - our own text
    return namespace
