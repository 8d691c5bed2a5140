"""Literals and docstrings can hold any text, and are never more than text."""

from __future__ import annotations

import ast
import math
import unicodedata
from random import Random
from textwrap import indent

import black
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lkproto_codegen.write.format import format_sources
from lkproto_codegen.write.literal import docstring, literal

# Categories that have been complete for long.
HIDDEN = {"Cc", "Co", "Cs", "Zl", "Zp", "Zs"}
ANY_TEXT = st.text(st.characters(exclude_categories=[]))
NASTY = st.text(st.sampled_from("\"'\\\n\r\t\0 \u202e\u2028\ud800#{}%ax"))


@given(ANY_TEXT | NASTY)
@example('"""')
@example('it\'s "both"')
def test_string_literals_evaluate_to_the_string(text: str) -> None:
    source = literal(text)

    assert ast.literal_eval(source) == text
    assert "\n" not in source
    shown = set(source) - {" "}
    assert not any(unicodedata.category(char) in HIDDEN for char in shown)


def test_what_is_shown_does_not_depend_on_the_python_that_generates() -> None:
    """Each Python has its own edition of Unicode; ours is written down."""
    shown = "\U0001fae8\U000323b0\u0378"  # Unicode 15.0, 15.1, and none so far
    hidden = "\u061c\u200b\u2066\ufffe\U0001ffff\U0001343f\ue000"

    assert literal(shown) == f'"{shown}"'
    assert literal(hidden).isascii()


@given(
    st.binary() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False)
)
def test_other_literals_evaluate_to_their_value(value: object) -> None:
    assert eval(literal(value), {"_builtins": __import__("builtins")}) == value


def test_nan_and_values_without_a_literal() -> None:
    assert math.isnan(eval(literal(math.nan), {"_builtins": __import__("builtins")}))
    with pytest.raises(TypeError, match="no literal for list"):
        literal([])


def test_black_prefers_double_quotes_unless_they_need_escapes() -> None:
    assert literal("a") == '"a"'
    assert literal('a"b') == "'a\"b'"
    assert literal("a'\"b") == '"a\'\\"b"'


@given(ANY_TEXT | NASTY, st.integers(0, 5))
@example('ends in a quote"', 1)
@example("ends in a backslash\\", 1)
@example('"starts', 1)
def test_docstrings_hold_the_words_of_any_text(text: str, depth: int) -> None:
    source = docstring(text, depth)

    tree = ast.parse(source)
    assert len(tree.body) == 1
    assert isinstance(tree.body[0], ast.Expr)
    assert ast.literal_eval(source).split() == text.split()


@pytest.mark.slow
def test_black_leaves_docstrings_as_they_are() -> None:
    """In classes, after fields and after enum values, formatted as all generated code is."""
    random = Random(1)
    pieces = [
        '"',
        '"',
        "'",
        "\\",
        "\n",
        "\t",
        " ",
        "  ",
        "- ",
        "word ",
        "\0",
        "\u202e",
        "é",
    ]
    texts = ['ends in "quotes"', '"', '"""', '\\"', '"a', "\\", 'a "b"\n\nc "d"']
    texts += [
        "".join(random.choices(pieces, k=random.randint(1, 30))) for _ in range(3000)
    ]

    def indented(text: str) -> str:
        return indent(docstring(text, 1), "    ")

    source = "".join(
        f"class A{number}:\n{indented(text)}\n\n    x = 1\n{indented(text)}\n    y = 2\n"
        for number, text in enumerate(texts)
    )
    formatted = format_sources({"a.py": source})["a.py"]

    assert (
        formatted.splitlines()
        == black.format_str(formatted, mode=black.Mode()).splitlines()
    )


def test_docstrings_are_wrapped_and_keep_lists() -> None:
    text = "word " * 30 + "\n\n- item one\n- item two\n  goes on\n\n    code = 1\n"

    lines = docstring(text, 1).splitlines()

    assert all(len(line) <= 84 for line in lines)
    assert "- item one" in lines
    assert "    code = 1" in lines
    assert lines[-1] == '"""'


def test_empty_docstrings_stay_strings() -> None:
    assert ast.literal_eval(docstring("  \n ", 0)) == ""
