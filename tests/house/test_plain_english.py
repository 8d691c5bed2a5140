"""Text is in plain English: phrases that made readers stop are refused.

The list has the most common problems, not all. Of Python modules, docstrings, comments, messages
and the names of tests are read.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.support import sampled

from .tree import ROOT, files

pytestmark = pytest.mark.skipif(not files(), reason="needs a git checkout")

WHERE = (
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "DESIGN.md", "NOTICE"),
    *("docs/", "examples/", "templates/", "benchmarks/", "protobufs/"),
    *("runtime/", "codegen/", "cli/", "conformance/", "native/", "tests/"),
)
# Generated text, and the list below.
LEFT_OUT = ("tests/golden/expected/", "tests/house/test_plain_english.py")
TEXT = (".md", ".proto", ".j2")
# What is refused: what to write instead, and why.
PHRASES = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer|more|less|fewer|other)": (
        '"is not a"; "is no list" reads as an insult'
    ),
    r"\bunless (?:told|given|said|asked)\b": '"by default"; nobody tells a program',
    r"\bstands? (?:twice|behind|before|for itself|each)\b": (
        '"duplicate", "follows", "precedes"; text does not stand'
    ),
    r"\bbehind\b": '"after", "before" or "at the end of"; which one is not clear',
    r"\bbeside\b": '"next to", "in addition to" or "compared with"; which one is not clear',
    r"\bnothing of what\b": '"neither … anything"; say what is not done',
    r"\bcomes? into being\b": '"is created"',
    r"\b(?:can|could|may|to) be had\b": '"is available", or say who returns it',
    r"\bfor want of\b": '"without", or "if there is not enough"',
    r"\bin (?:its|their) stead\b": '"instead"',
    r"\banew\b": '"again"',
}
# Not in the schema, where one party does tell another something.
TELLING = {
    r"\btells? (?:the|a|an|of|what|which|whether|where|how|nothing)\b": (
        '"returns", "says" or "shows"; it is a person who tells'
    ),
    r"\b(?:(?:is|are|was|were) told|told (?:as|by|with|in|when))\b": (
        '"printed" or "reported"'
    ),
}


def searched() -> list[str]:
    """The files whose text is read."""
    endings = (*TEXT, ".py", "NOTICE")
    return [
        each
        for each in files()
        if each.startswith(WHERE)
        and each.endswith(endings)
        and not each.startswith(LEFT_OUT)
    ]


def passages(path: str, content: str) -> Iterator[str]:
    """The texts of a file that people read, with single spaces.

    In Markdown, the output of examples is left out: the code that prints it is read instead.
    """
    texts = python_texts(content) if path.endswith(".py") else [without_shown(content)]
    yield from (" ".join(text.split()) for text in texts)


def without_shown(content: str) -> str:
    """A page without the text after `# →` in its examples."""
    return re.sub(r"# →.*", "", content)


def python_texts(content: str) -> Iterator[str]:
    """Strings of a module, including joined ones, names of tests, and blocks of comments."""
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name.replace("_", " ")
    comments = [
        (token.start[0], token.string.lstrip("# "))
        for token in tokenize.generate_tokens(io.StringIO(content).readline)
        if token.type == tokenize.COMMENT
    ]
    block: list[str] = []
    last = 0
    for line, text in comments:
        if line != last + 1:
            yield " ".join(block)
            block = []
        block.append(text)
        last = line
    yield " ".join(block)


def refused(path: str, content: str) -> Iterator[str]:
    """Phrases of a file that are refused, with some of the text around each."""
    phrases = PHRASES if path.endswith(".proto") else PHRASES | TELLING
    any_phrase = re.compile("|".join(phrases), re.IGNORECASE)
    for text in filter(any_phrase.search, passages(path, content)):
        for phrase, advice in phrases.items():
            for found in re.finditer(phrase, text, re.IGNORECASE):
                around = text[max(found.start() - 30, 0) : found.end() + 30]
                yield f"{path}: …{around}…: write {advice}"


@pytest.mark.parametrize("path", sampled(searched()))
def test_text_is_in_plain_english(path: str) -> None:
    assert list(refused(path, (ROOT / path).read_text("utf-8"))) == []


def test_folders_that_are_read_have_files() -> None:
    found = searched()

    assert [each for each in WHERE if not any(f.startswith(each) for f in found)] == []


@pytest.mark.parametrize(
    "text",
    [
        "`x` is no list",
        "These are\nno errors.",
        "six hours unless told otherwise",
        "a key that stands twice",
        "one `_` behind it",
        "methods beside the closed set",
        "`which` tells the member by name",
        "an error, told with a place",
        "mistakes are told",
        "Nothing of what they say is verified.",
        "for want of stack",
        "generates everything anew",
    ],
)
def test_the_search_finds_phrases_wherever_text_is(text: str) -> None:
    assert len(list(refused("a.md", f"# Title\n\n{text}\n"))) == 1
    assert len(list(refused("a.py", f'"""{text}"""\n'))) == 1
    comment = "\n".join(f"# {line}" for line in text.split("\n"))
    assert len(list(refused("a.py", f"x = 1\n{comment}\n"))) == 1
    half = len(text) // 2
    joined = f"raise E({text[:half]!r} {text[half:]!r})\n"
    assert len(list(refused("a.py", joined))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "There is no global pool, and it is no longer there.",
        "`py.typed` tells type checkers that types are inline",
        "x.tell()  # → ValueError: `x` is no list",
        "besides, unless it is known",
    ],
)
def test_the_search_leaves_plain_english_alone(text: str) -> None:
    assert list(refused("a.md", text)) == []


def test_names_of_tests_are_text_and_other_names_are_not() -> None:
    assert list(refused("a.py", "behind = beside.anew\n")) == []
    assert list(refused("a.py", "def it_is_no_list(): ...\n")) == []
    assert len(list(refused("a.py", "def test_it_is_no_list(): ...\n"))) == 1
