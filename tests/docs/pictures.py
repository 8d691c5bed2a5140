"""Pictures of a terminal, drawn as SVG from what commands print: `python -m tests.docs.pictures`.

Each is made from a run with fixed input at a fixed time, so it is the same on any machine.
`test_pictures.py` fails if a committed picture does not show what the commands print now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.house.tree import ROOT

from .pages import blocks, text_of
from .shell import run

FOLDER = ROOT / "docs" / "pictures"
MINTED, INSPECTED = 1_767_225_600, 1_767_225_660  # 2026-01-01 00:00 UTC, a minute later
KEY = {
    "LIVEKIT_API_KEY": "APIkey",
    "LIVEKIT_API_SECRET": "0123456789abcdef0123456789abcdef",
}
CHARACTER, LINE, MARGIN, BAR = 8.1, 18, 16, 34
STYLE = """
.window { fill: #f6f8fa; stroke: #d0d7de }
.button { fill: #d0d7de }
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #24292f }
text { white-space: pre }
.typed { font-weight: 600 }
.prompt { fill: #57606a }
@media (prefers-color-scheme: dark) {
  .window { fill: #161b22; stroke: #30363d }
  .button { fill: #484f58 }
  text { fill: #e6edf3 }
  .prompt { fill: #8b949e }
}
"""


@dataclass(frozen=True, slots=True)
class Command:
    """The command typed, and options that are not shown, such as the time it is run at."""

    typed: str
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A terminal: a description of what it shows, and the commands typed into it."""

    title: str
    commands: tuple[Command, ...]
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


PICTURES = {
    "token-inspect.svg": Picture(
        "lkproto token inspect explains a token",
        (
            Command(
                "lkproto token mint --identity alice --room demo --ttl 10m \\\n"
                "    --grant roomJoin --grant canPublish=false > alice.jwt",
                f"--now {MINTED}",
            ),
            Command(
                "lkproto token inspect --token-file alice.jwt", f"--now {INSPECTED}"
            ),
        ),
        KEY,
    ),
    "testee.svg": Picture(
        "lkproto-conformance judges a testee of six lines",
        (
            Command(
                "lkproto-conformance run --filter kind.parse "
                "--testee 'exec:python testee.py'"
            ),
        ),
    ),
}


def drawn(name: str) -> str:
    """The picture as it should be now."""
    picture = PICTURES[name]
    with tempfile.TemporaryDirectory() as folder:
        for block in blocks(text_of("README.md")):
            if block.file and "/" not in block.file:
                Path(folder, block.file).write_text(block.code, "utf-8")
        shown = list(_lines(picture, Path(folder)))
    return document(picture.title, shown)


def _lines(picture: Picture, folder: Path) -> Iterable[tuple[str, str]]:
    """Lines of the terminal: a prompt, or an empty one, and the text after it."""
    for command in picture.commands:
        first, *more = command.typed.split("\n")
        yield "$ ", first
        yield from ((">", line.removeprefix(" ")) for line in more)
        printed = run(f"{command.typed} {command.hidden}", folder, **picture.variables)
        yield from (("", line) for line in printed.splitlines())


def document(title: str, lines: list[tuple[str, str]]) -> str:
    """The SVG file: a window with a title bar, and a line of text for each line."""
    columns = max(len(prompt + words) for prompt, words in lines)
    width = round(columns * CHARACTER) + 2 * MARGIN
    height = BAR + len(lines) * LINE + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    buttons = [
        f'<circle class="button" cx="{MARGIN + 4 + 18 * each}" cy="16" r="5"/>'
        for each in range(3)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="window" x="0.5" y="0.5" width="{width - 1}" '
            f'height="{height - 1}" rx="8"/>',
            *buttons,
            *(_text(number, *line) for number, line in enumerate(lines)),
            "</svg>\n",
        ]
    )


def _text(number: int, prompt: str, words: str) -> str:
    """One line of text, in which typed commands are highlighted."""
    y = BAR + LINE * number + 13
    shown = escape(words)
    if prompt:
        shown = (
            f'<tspan class="prompt">{escape(prompt)}</tspan>'
            f'<tspan class="typed">{shown}</tspan>'
        )
    return f'<text x="{MARGIN}" y="{y}" xml:space="preserve">{shown}</text>'


def main() -> None:
    """Draw all pictures again."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / name).write_text(drawn(name), "utf-8")


if __name__ == "__main__":
    main()
