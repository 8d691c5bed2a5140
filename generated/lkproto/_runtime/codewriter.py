# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Writes and compiles functions at run time.

A name from the schema enters the code only if it is an identifier that the generator checked;
every other value reaches the function through its namespace. Tracebacks and debuggers show the
code, because it is registered with `linecache`. Nothing else in the runtime executes text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class Source:
    """Code that is being written: its lines, and the objects its names refer to.

    `with source.block("if …:"):` indents the lines added inside. `label` says what the code is
    for, such as `livekit.Room constructor`.
    """

    def __init__(self, label: str, **namespace: Any) -> None:
        self.label = label
        self.lines: list[str] = []
        self.namespace: dict[str, Any] = namespace
        self._names: dict[tuple[str, int], str] = {}
        self._margin = ""

    def add(self, *lines: str) -> None:
        """Append lines to the current block."""
        margin = self._margin
        self.lines += [margin + line for line in lines] if margin else lines

    def block(self, line: str) -> Self:
        """Append a line that opens a block; the end of the `with` statement closes it."""
        self.lines.append(self._margin + line)
        self._margin += " "
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        self._margin = self._margin[:-1]

    def bind(self, prefix: str, value: Any) -> str:
        """Add an object to the namespace; returns its name, which begins with the prefix."""
        key = prefix, id(value)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"{prefix}{len(self._names)}"
            self.namespace[name] = value
        return name

    def done(self) -> dict[str, Any]:
        """Execute the lines and return their namespace; register them with `linecache`.

        If the environment variable `LKPROTO_PRINT_CODE` is set, also print them to stderr.
        """
        import linecache
        import os
        import sys

        text = "\n".join(self.lines) + "\n"
        filename = f"<{self.label}>"
        entry = (len(text), None, text.splitlines(keepends=True), filename)
        linecache.cache[filename] = entry
        if os.environ.get("LKPROTO_PRINT_CODE"):
            print(f"# {filename}", text, sep="\n", file=sys.stderr)
        code = compile(text, filename, "exec")
        exec(code, self.namespace)  # noqa: S102 - our own text
        return self.namespace
