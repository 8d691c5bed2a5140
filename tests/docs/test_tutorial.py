"""The page that explains a testee shows the testee that runs."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

PAGE = (ROOT / "docs" / "judge" / "write-a-testee.md").read_text("utf-8")
TUTORIAL = ROOT / "conformance" / "testees" / "tutorial"
FILES = {"js": "javascript/testee.mjs", "go": "go/main.go"}


@pytest.mark.parametrize("language", FILES)
def test_what_the_page_shows_is_in_the_file(language: str) -> None:
    text = (TUTORIAL / FILES[language]).read_text("utf-8")
    shown = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    assert len(shown) > 1
    assert [each for each in shown if each not in text] == []
