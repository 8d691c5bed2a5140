"""Examples in the documentation run, and show what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .pages import PAGES, Block, blocks, run, text_of

# Where examples are most of what a page is for.
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


@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)])
def test_examples_run_and_show_what_they_say(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "example"}

    wrong = [
        each
        for block in examples(page)
        if block.runs
        for each in run(page, block, namespace)
    ]

    assert wrong == []


def test_pages_that_show_use_have_examples_and_hardly_any_is_not_run() -> None:
    assert {page for page in PAGES if examples(page)} >= WITH_EXAMPLES
    left_out = [block for page in PAGES for block in examples(page) if not block.runs]
    assert len(left_out) <= 2


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
        ("None  # no arrow\n", []),
    ],
)
def test_the_check_compares_what_is_shown(code: str, wrong: list[str]) -> None:
    block = Block("python", code, 7, True)
    error = "ZeroDivisionError: division by zero"

    assert list(run("page", block, {})) == [each.format(error) for each in wrong]


def test_an_error_that_is_not_announced_fails() -> None:
    with pytest.raises(ZeroDivisionError):
        list(run("page", Block("python", "1 / 0\n", 1, True), {}))


def test_blocks_are_found_with_their_line_and_mark() -> None:
    text = "a\n```python\nx\n```\n<!-- not run: why -->\n```python\ny\n```\n```sh\nz\n```\n"

    assert blocks(text) == [
        Block("python", "x\n", 3, True),
        Block("python", "y\n", 7, False),
        Block("sh", "z\n", 10, True),
    ]
