"""Examples in the documentation run, and print what the pages say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .pages import PAGES, Block, blocks, follow, run, text_of
from .shell import needs_shell

# Pages that consist mostly of examples.
WITH_EXAMPLES = {
    "README.md",
    "docs/use/messages.md",
    "docs/use/json.md",
    "docs/use/binary.md",
}
WITH_EXAMPLES |= {
    "docs/livekit/tokens.md",
    "docs/livekit/grants.md",
    "docs/use/text.md",
    "docs/judge/codec.md",
    "docs/use/migrating-from-google.md",
}


def examples(page: str) -> list[Block]:
    return [block for block in blocks(text_of(page)) if block.language == "python"]


def types_commands(page: str) -> bool:
    return any(block.note == "run" for block in blocks(text_of(page)))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=needs_shell if types_commands(page) else ())
        for page in PAGES
        if examples(page)
    ],
)
def test_examples_run_and_show_what_they_say(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    namespace: dict[str, Any] = {"__name__": "example"}

    wrong = [
        each
        for block in blocks(text_of(page))
        for each in follow(page, block, namespace, tmp_path)
    ]

    assert wrong == []


def test_pages_that_show_use_have_examples_and_run_nearly_all_of_them() -> None:
    assert {page for page in PAGES if examples(page)} >= WITH_EXAMPLES
    left_out = [block for page in PAGES for block in examples(page) if block.left_out]
    assert len(left_out) <= 3


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("1 + 1  # → 2\n", []),
        ("1 + 1  # → 3\n", ["page:7: shows '2', not '3'"]),
        ("x = 1\n\nprint(x)\nprint(x)\n# → 1\n", []),
        ("print('ä\\nb')\n# → ä\n# → b\n", []),
        ("for x in 'ab':\n    print(x)  # → a\n# → b\n", []),
        ("1 / 0  # → ZeroDivisionError: division by zero\n", []),
        ("x = 1 / 0  # → ok\n", ["page:7: shows {!r}, not 'ok'"]),
        ("{}.x = 1  # → AttributeError: 'dict' object has no attribute 'x'\n", []),
        ("None  # no arrow\n", []),
    ],
)
def test_the_check_compares_the_output(code: str, wrong: list[str]) -> None:
    block = Block("python", code, 7)
    error = "ZeroDivisionError: division by zero"

    assert list(run("page", block, {})) == [each.format(error) for each in wrong]


def test_an_error_that_is_not_announced_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        list(run("page", Block("python", "1 / 0\n", 1), {}))


def test_blocks_are_found_with_their_line_and_note() -> None:
    text = (
        "a\n```python\nx\n```\n<!-- not run: why -->\n```python\ny\n```\n```sh\nz\n```\n"
        "<!-- file: a/b.txt -->\n\n```\nw\n```\n"
    )

    found = blocks(text)

    assert found == [
        Block("python", "x\n", 3),
        Block("python", "y\n", 7, "not run: why"),
        Block("sh", "z\n", 10),
        Block("", "w\n", 15, "file: a/b.txt"),
    ]
    assert [block.left_out for block in found] == [False, True, False, False]
    assert [block.file for block in found] == ["", "", "", "a/b.txt"]


@needs_shell
def test_files_are_written_and_commands_print_what_the_page_says(
    tmp_path: Path,
) -> None:
    code = "$ cat a/b.txt\nw\n$ echo 1 \\\n    2; ls x*\n1 3\n$ true\n"
    steps = [
        Block("python", "w\n", 1, "file: a/b.txt"),
        Block("console", code, 5, "run"),
        Block("console", "$ false\nnot run\n", 1),
        Block("python", "1 / 0\n", 1, "not run: it fails"),
    ]

    wrong = [each for block in steps for each in follow("page", block, {}, tmp_path)]

    assert (tmp_path / "a" / "b.txt").read_text() == "w\n"
    assert len(wrong) == 1
    assert wrong[0].startswith('page:7: prints "1 2\\nls: ')


@needs_shell
def test_commands_are_those_of_this_checkout_and_see_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVEKIT_API_KEY", "mine")
    command = (
        "python -c 'import os, lkproto; print(os.environ.get(\"LIVEKIT_API_KEY\"))'"
    )
    code = f"$ {command}\nNone\n$ lkproto --version; lkproto-conformance --help\n"

    wrong = list(follow("page", Block("console", code, 1, "run"), {}, tmp_path))

    assert len(wrong) == 1
    assert "prints 'lkproto" in wrong[0]
    assert "usage: lkproto-conformance" in wrong[0]
