"""Progress on a terminal: a bar on stderr, whole lines of the result, and nothing left of it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .moody import CONNECTOR

ROOT = Path(__file__).parents[2]
RUN = ["-m", "lkproto_conformance", "run", "--testee", CONNECTOR, "--filter", "kind"]
_SHOWS_A_BAR = """
import sys
from lkproto_conformance.cli import main
from lkproto_conformance.reports import progress
from tests.conformance.moody import mood
progress._REFRESH = 0.0
mood(wrong={"kind.parse/sip": "[red]no[/red] " + "long " * 60})
sys.exit(main(sys.argv[1:]))
"""


def on_a_terminal(*command: str, stdout_too: bool) -> tuple[int, str, str]:
    """Run Python with stderr, perhaps stdout, on a terminal. Returns code, terminal, stdout."""
    ours, theirs = pty.openpty()
    environment = {
        **{name: value for name, value in os.environ.items() if name != "NO_COLOR"},
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TERM": "xterm",
        "COLUMNS": "80",
    }
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stderr=theirs,
        stdout=theirs if stdout_too else subprocess.PIPE,
        text=True,
    )
    os.close(theirs)
    shown = bytearray()
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:
        pass  # that is how the end of a terminal is read
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return process.returncode, shown.decode(), out or ""


def test_a_bar_is_on_stderr_and_results_are_whole_lines_on_stdout() -> None:
    pytest.importorskip("rich")

    code, shown, out = on_a_terminal("-c", _SHOWS_A_BAR, *RUN[2:], stdout_too=False)
    assert code == 1
    assert "64/64" in shown
    assert re.search(r"[12] failed", shown)
    assert "\x1b" not in out
    assert "error: kind.parse/sip [go]: [red]no[/red] long" in out
    assert "error: kind.parse" not in shown


def test_on_a_terminal_lines_scroll_above_the_bar_and_are_not_wrapped_or_styled() -> (
    None
):
    pytest.importorskip("rich")

    code, shown, _ = on_a_terminal("-c", _SHOWS_A_BAR, *RUN[2:], stdout_too=True)
    assert code == 1
    lines = [re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", each) for each in shown.split("\r\n")]
    (line,) = [each for each in lines if "error: kind.parse/sip [go]" in each]
    assert "[red]no[/red] " + "long " * 60 in line
    command = f"lkproto-conformance run --testee {CONNECTOR} --profile go"
    assert any(f"    {command} --filter kind.parse/sip" in each for each in lines)


def test_without_rich_a_terminal_gets_lines() -> None:
    script = "import sys; sys.modules['rich'] = sys.modules['rich.console'] = None\n"

    code, shown, out = on_a_terminal(
        "-c", script + _SHOWS_A_BAR, *RUN[2:], stdout_too=False
    )
    assert code == 1
    assert "\x1b" not in shown
    assert out.endswith("2 error, 62 pass\n")
