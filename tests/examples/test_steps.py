"""The READMEs of examples/ say all that is needed: their steps are taken as they are written."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

from .steps import Terminal, take

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of this checkout, as an index would have it."""
    folder = tmp_path_factory.mktemp("wheels")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return folder


@pytest.mark.network
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_the_steps_print_what_the_readme_says(
    example: Path, wheels: Path, tmp_path: Path
) -> None:
    folder = tmp_path / example.name
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))

    wrong = list(take(folder / "README.md", PIP_FIND_LINKS=str(wheels)))

    assert wrong == []


def test_each_example_is_on_the_page_about_them() -> None:
    page = (ROOT / "examples" / "README.md").read_text("utf-8")
    listed = re.findall(r"^\| \[\w+\]\((\w+)/README\.md\)", page, re.MULTILINE)

    assert sorted(listed) == [each.name for each in EXAMPLES]
    assert len(EXAMPLES) == 3


def readme(folder: Path, text: str) -> Path:
    path = folder / "README.md"
    path.write_text(text, "utf-8")
    return path


def console(note: str, code: str) -> str:
    return f"<!-- {note} -->\n```console\n{code}```\n"


def test_commands_of_all_blocks_are_typed_into_one_shell(tmp_path: Path) -> None:
    text = console("run", "$ export A=1\n") + console("run", "$ echo $A; pwd\n1\n…\n")

    assert list(take(readme(tmp_path, text))) == []


def test_output_that_differs_is_found(tmp_path: Path) -> None:
    text = console("run", "$ echo 1 2\n1 …\n$ echo 3; false\n…4\n")

    [wrong] = take(readme(tmp_path, text))

    assert wrong == "$ echo 3; false\n3\n--- not ---\n…4"


def test_a_terminal_goes_on_until_the_end_and_is_waited_for(tmp_path: Path) -> None:
    server = "$ X=5\n$ echo start; echo $X > x; echo ready; sleep 600\nready\n"
    text = console("terminal", server) + console("run", "$ cat x\n5\n")

    assert list(take(readme(tmp_path, text))) == []


def test_a_terminal_whose_command_ends_without_the_line_is_an_error(
    tmp_path: Path,
) -> None:
    text = console("terminal", "$ echo no port is free; exit\nready\n")

    with pytest.raises(AssertionError, match="no port is free"):
        list(take(readme(tmp_path, text)))


def test_shells_see_nothing_of_the_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "generated")
    monkeypatch.setenv("LIVEKIT_URL", "ws://127.0.0.1")

    with Terminal(tmp_path, PIP_FIND_LINKS="wheels") as terminal:
        assert terminal.run("echo $PYTHONPATH$LIVEKIT_URL$PIP_FIND_LINKS") == "wheels"
