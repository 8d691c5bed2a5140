"""The pages of the documentation, and the examples in them.

All blocks marked `python` are run: those of a page in order, in one namespace and in an empty
directory. A statement's result follows `# →`, on its last line or on the lines below: what it
prints, or else the repr of its value, or the error it raises:

    Room(sid="RM_1").to_json()  # → '{"sid":"RM_1"}'

A comment above a block changes what is done with it:

* `<!-- not run: reason -->`: nothing, because it cannot be run.
* `<!-- file: NAME -->`: it is written to that file of the directory, and not run.
* `<!-- run -->`, above a block marked `console`: the command after each `$` is run in a shell, and
  has to print the lines below it.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.house.tree import ROOT

from . import shell

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
_BLOCK = re.compile(
    r"^(?:<!-- (?P<note>[^\n]+) -->\n+)?```(?P<language>[^`\n]*)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_TYPED = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_ARROW = re.compile(r"#\s*→\s?(.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block of code: its language, first line and text, and the note above it."""

    language: str
    code: str
    line: int
    note: str = ""

    @property
    def left_out(self) -> bool:
        """Whether its note says not to run it."""
        return self.note.startswith("not run: ")

    @property
    def file(self) -> str:
        """The file it is written to, or an empty string."""
        return (
            self.note.removeprefix("file: ") if self.note.startswith("file: ") else ""
        )


def text_of(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text("utf-8")


def blocks(text: str) -> list[Block]:
    """The blocks of a page's text."""
    return [
        Block(
            found["language"],
            found["code"],
            text.count("\n", 0, found.start("code")) + 1,
            found["note"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def section(page: str, heading: str) -> str:
    """The text below a heading, with the smaller headings in it."""
    text = text_of(page)
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"{page} has no heading {heading!r}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(
        text, found.end()
    )
    return text[found.end() : end.start() if end else None]


def listed(text: str) -> set[str]:
    """The text in backticks in the first column of tables, up to a space or `=`."""
    return {
        re.split(r"[ =]", item)[0]
        for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)
        for item in re.findall(r"`([^`]+)`", row)
    }


def follow(
    page: str, block: Block, namespace: dict[str, Any], folder: Path
) -> Iterator[str]:
    """Do in a folder what a page does with a block; returns where the output differs from the page."""
    if block.file:
        path = folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code, "utf-8")
    elif block.language == "console" and block.note == "run":
        yield from _typed(page, block, folder)
    elif block.language == "python" and not block.left_out:
        yield from run(page, block, namespace)


def _typed(page: str, block: Block, folder: Path) -> Iterator[str]:
    """Run the commands of a block; returns where their output differs from the page."""
    for found in _TYPED.finditer(block.code):
        printed, expected = shell.run(found[1], folder), found[2].rstrip("\n")
        if printed != expected:
            line = block.line + block.code[: found.start()].count("\n")
            yield f"{page}:{line}: prints {printed!r}, not {expected!r}"


@contextlib.contextmanager
def importing_from(folder: Path) -> Iterator[None]:
    """Modules in a folder can be imported, and are forgotten at the end: pages share names."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in [*sys.modules.items()]:
            if folder in Path(getattr(module, "__file__", None) or "").parents:
                del sys.modules[name]


def run(page: str, block: Block, namespace: dict[str, Any]) -> Iterator[str]:
    """Run a block; returns where its output differs from the page, with the place."""
    lines = block.code.splitlines()
    for statement in ast.parse(block.code).body:
        # Tracebacks show the page's own lines.
        place = f"{page}:{block.line + statement.lineno - 1}"
        expected = _expected(lines, statement)
        shown = _shown(statement, place, namespace, fails=expected is not None)
        if expected is not None and not _same(shown, expected):
            yield f"{place}: shows {shown!r}, not {expected!r}"


def _same(shown: str, expected: str) -> bool:
    """Whether something is shown as a page says. Python 3.14 adds to the text of this error."""
    if expected.startswith("AttributeError: "):
        return shown.startswith(expected)
    return shown == expected


def _expected(lines: list[str], statement: ast.stmt) -> str | None:
    """The expected output, after arrows at the end of a statement and on the lines below."""
    end = statement.end_lineno or 0
    found = [
        _ARROW.search(lines[end - 1].encode()[statement.end_col_offset :].decode())
    ]
    for line in lines[end:]:
        if not line.startswith("# →"):
            break
        found.append(_ARROW.match(line))
    texts = [match[1] for match in found if match]
    return "\n".join(texts) if texts else None


def _shown(
    statement: ast.stmt, place: str, namespace: dict[str, Any], *, fails: bool
) -> str:
    out = io.StringIO()
    value = None
    try:
        with contextlib.redirect_stdout(out):
            if isinstance(statement, ast.Expr):
                tree: Any = ast.Expression(statement.value)
                value = eval(compile(tree, place, "eval", 0, True), namespace)
            else:
                tree = ast.Module([statement], [])
                exec(compile(tree, place, "exec", 0, True), namespace)
    except Exception as error:
        if not fails:
            raise
        return f"{type(error).__name__}: {error}"
    return out.getvalue().rstrip("\n") or repr(value)
