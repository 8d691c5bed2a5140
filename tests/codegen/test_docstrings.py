"""Comments as docstrings: nothing is cut, and a parser of Google's style reads all of it."""

from __future__ import annotations

import ast
import inspect
import logging
from pathlib import Path
from textwrap import dedent

import griffe
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lkproto_codegen import ir
from lkproto_codegen.plan.docs import field_docs, message_doc
from lkproto_codegen.write.literal import docstring

from tests.support import generate

HERE = ir.Location("t.proto", 1, 1)
ROOM = "The message `t.Room`."


def field(name: str, doc: str, *, deprecated: bool = False) -> ir.Field:
    """A field of which only its documentation matters."""
    return ir.Field(
        name=name,
        number=1,
        json_name=name,
        json_name_is_default=True,
        kind="string",
        presence="implicit",
        type_name=None,
        packed=False,
        utf8=True,
        oneof=None,
        default=None,
        map=None,
        deprecated=deprecated,
        doc=doc,
        location=HERE,
    )


def message(doc: str, *fields: ir.Field, deprecated: bool = False) -> ir.Message:
    """A message of which only its documentation matters."""
    return ir.Message(
        name="Room",
        full_name="t.Room",
        fields=fields,
        oneofs=(),
        messages=(),
        enums=(),
        extensions=(),
        extension_ranges=(),
        message_set=False,
        deprecated=deprecated,
        doc=doc,
        location=HERE,
    )


def shown(found: ir.Message, depth: int = 1) -> str:
    """The docstring of a message's class, as `help()` shows it."""
    attributes = tuple(field_docs(found).items())
    source = docstring(message_doc(found), depth, attributes)
    text: str = ast.literal_eval(source)
    return inspect.cleandoc(text)


def entries(text: str) -> dict[str, str]:
    """The texts of a docstring's attributes, as griffe reads them, each on one line."""
    parsed = griffe.parse_google(griffe.Docstring(text))
    return {
        entry.name: words(entry.description)
        for each in parsed
        if isinstance(each, griffe.DocstringSectionAttributes)
        for entry in each.value
    }


def words(text: str) -> str:
    return " ".join(text.split())


CUT = [
    "Orders updates: the state with the greater version is newer.",
    "A part, e.g. a track, i.e. one stream, etc. and so on. Then more.",
    "See RFC 4733, sec. 2, no. 3 vs. Dr. No. Shown by `End reason: x. Stop: y`, once.",
    "Seconds (approx. 1.5). Really?! Yes: `a. b: c`",
    "No full stop at the end",
    "name: text: more (int): and so on",
]
PARTED = [
    "First paragraph.\n\nSecond one, which is so long that it does not fit into one line at all.",
    "One of:\n- first\n- second, whose text goes on and\n  on in another line\n- name: third",
    "- begins\n- with a list",
    "Values:\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "As in\n\n    name: value\n    Returns:\n        nothing\n\nand so on.",
    "```\ncode: 1\n\n\n  more = 2\n```",
    "```\nnever closed",
    "Two blank lines.\n\n\n\nThe rest.",
    "Returns:\n  nothing\n\nArgs:\n  x: not an argument",
    "Attributes:\n    name: not this one",
]


@pytest.mark.parametrize("comment", CUT + PARTED)
@pytest.mark.parametrize("depth", [0, 1, 6])
def test_the_entry_of_a_field_has_its_whole_comment(
    comment: str, depth: int, caplog: pytest.LogCaptureFixture
) -> None:
    found = message("", field("a", comment), field("next", "The next one."))

    with caplog.at_level(logging.DEBUG, "griffe"):
        read = entries(shown(found, depth))

    said = field_docs(found)["a"]
    assert read == {"a": words(said), "next": "The next one."}
    assert words(said.replace("**", "")) == words(comment)
    assert caplog.messages == []


@pytest.mark.parametrize(
    "comment",
    [
        "Returns:\n  nothing",
        "Does things.\n\nArgs:\n\n    x: not an argument",
        "Args:",
        "Attributes:\n    b: not one of ours",
        "Raises: ValueError\n\nWarnings:\n  none",
        "As in\n```\nnever closed",
        "As in\n```closed``` there.\n\n```in a line``` that begins with it",
        "~~~\nArgs:",
        "Methods:\n    a: b\n\n\n",
        "keyword Args: \n  x: y\n",
    ],
)
def test_comments_of_messages_do_not_hide_the_attributes(
    comment: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = message(comment, field("a", "A field."), field("b", "Another."))

    with caplog.at_level(logging.DEBUG, "griffe"):
        text = shown(found)
        parsed = griffe.parse_google(griffe.Docstring(text))

    assert [each.kind.value for each in parsed] == ["text", "attributes"]
    assert entries(text) == {"a": "A field.", "b": "Another."}
    plain = words(text.replace("**", "").partition("\nAttributes:\n    a: ")[0])
    assert plain.removesuffix(" ```") == words(comment)
    assert caplog.messages == []


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "",
                "",
                "Text.",
                "text goes on",
                "a: b",
                "Returns:",
                "Attributes:",
                "Args:",
            ),
            *("- item", "  - inner", "  further", "    code: 1", "1. one", "2) two"),
            *(
                "```",
                "```py",
                "~~~",
                "| a | b |",
                "a  b",
                "# Heading",
                "\t tab",
                '"""',
                "\\",
            ),
            *("Note: so", "\u202e", "x" * 100, "word " * 30),
        ]
    ),
    max_size=8,
).map(lambda lines: "\n".join(lines).strip("\n"))


@given(LINES, LINES, LINES, st.integers(0, 9))
def test_any_comments_are_read_whole(
    of_message: str, a: str, b: str, depth: int
) -> None:
    found = message(of_message, field("a", a), field("b", b))
    said = {name: words(text) for name, text in field_docs(found).items()}

    read = entries(shown(found, depth))

    assert {name: text for name, text in read.items() if text or name in said} == said
    for name, comment in (("a", a), ("b", b)):
        assert words(said.get(name, "").replace("**", "")) == words(comment)


def test_lists_tables_and_code_keep_their_lines() -> None:
    comment = dedent("""\
        What it is, in a sentence
        of two lines:
        - an item
          of two lines
        - another

          1. inner
          2. second
        | a | b |
        |---|---|
        | 1 | 2 |
        code   meaning
        1      one
            indented = code

        ```py
        a  =  1

        b = 2
        ```
        In the year of version
        2. That is all.""")

    assert ast.literal_eval(docstring(comment, 1)).splitlines() == [
        "What it is, in a sentence of two lines:",
        "- an item of two lines",
        "- another",
        "",
        "  1. inner",
        "  2. second",
        *comment.splitlines()[8:-2],
        "In the year of version 2. That is all.",
    ]


def test_entries_hang_and_keep_lists_tables_and_code() -> None:
    comment = "One of\n- a\n- b\n\n```\nx:\n  y\n```"
    found = message("A room.", field("kind", comment), field("id", "word " * 30))

    assert shown(found).splitlines() == [
        "A room.",
        "",
        "Attributes:",
        "    kind: One of",
        "        - a",
        "        - b",
        "",
        "        ```",
        "        x:",
        "          y",
        "        ```",
        f"    id: {'word ' * 14}word",
        f"        {'word ' * 14}word",
    ]


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("", "Deprecated."),
        ("Replaces a deprecated one.", "Replaces a deprecated one. Deprecated."),
        ("Deprecated codecs too.", "Deprecated codecs too. Deprecated."),
        ("Whether it is deprecated", "Whether it is deprecated\n\nDeprecated."),
        ("One of\n- a\n- b.", "One of\n- a\n- b.\n\nDeprecated."),
        ("Not deprecated: new.", "Not deprecated: new. Deprecated."),
        *((each, each) for each in ("Deprecated.", "DEPRECATED: gone.", "@deprecated")),
        *(
            (each, each)
            for each in ("Old.\nDeprecated; use `b`.", "Old\n\nDeprecated.")
        ),
        (
            "This is not\ndeprecated, really.",
            "This is not\ndeprecated, really. Deprecated.",
        ),
        ("Old\n@deprecated use b", "Old\n@deprecated use b"),
    ],
)
def test_what_is_deprecated_is_marked_unless_the_comment_says_so(
    comment: str, said: str
) -> None:
    found = message(comment, field("a", comment, deprecated=True), deprecated=True)

    assert field_docs(found) == {"a": said}
    assert message_doc(found) == (said if comment else f"{ROOM} Deprecated.")
    assert field_docs(message("", field("a", "Deprecated."))) == {"a": "Deprecated."}


def test_values_enums_and_extensions_are_marked_too(tmp_path: Path) -> None:
    text = """
        syntax = "proto2";
        package t;
        // Sort of thing.
        enum Kind { option deprecated = true; OLD = 0 [deprecated = true]; }
        message M { extensions 100; }
        extend M {
          // More.
          optional string more = 100 [deprecated = true];
        }
    """

    source = generate(tmp_path, {"t.proto": text})["t_pb.py"]

    assert '"""Sort of thing. Deprecated."""' in source
    assert 'OLD = 0\n    """Deprecated."""' in source
    assert '"""More. Deprecated."""' in source


def test_a_oneof_keeps_the_paragraphs_of_its_comment(tmp_path: Path) -> None:
    text = """
        syntax = "proto3";
        message M {
          // Where it goes.
          //
          // - here
          oneof to { string a = 1; string from = 2; }
        }
    """

    source = generate(tmp_path, {"t.proto": text})["t_pb.py"]

    assert (
        "    At most one of a, from_ is set (oneof `to`). Where it goes.\n\n    - here\n"
    ) in source
