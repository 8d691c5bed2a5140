"""Generated docstrings as a parser of Google's style reads them: every field, and all of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import griffe
import pytest
from lkproto._index import TYPES
from lkproto_codegen import ir
from lkproto_codegen.plan.names import identifier
from lkproto_codegen.options import Options
from lkproto_codegen.pipeline import lowered

from tests.support import ROOT

GENERATED = ROOT / "generated"
TYPED = re.compile(r".*(?<!:):(?!:)")


class Read(NamedTuple):
    """What griffe made of a package."""

    classes: dict[str, griffe.Class]
    attributes: dict[str, dict[str, str]]  # by class: text by name
    warnings: list[str]


def read(folder: Path, package: str) -> Read:
    """Load a package without importing it, and parse the docstrings of its messages and enums."""
    warnings: list[str] = []
    handler = logging.Handler(logging.DEBUG)
    handler.emit = lambda record: warnings.append(record.getMessage())  # type: ignore[method-assign]
    root = griffe.load(package, search_paths=[folder], docstring_parser="google")
    classes = {each.path: each for each in generated_classes(root)}
    logger = logging.getLogger("griffe")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        attributes = {path: sections(each) for path, each in classes.items()}
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    return Read(classes, attributes, warnings)


def generated_classes(parent: griffe.Object | griffe.Alias) -> Iterator[griffe.Class]:
    """The classes of all modules `…_pb`, at any depth."""
    for each in parent.members.values():
        if isinstance(each, griffe.Class) and re.search(r"_pb\.", each.path):
            yield each
        if not each.is_alias:
            yield from generated_classes(each)


def sections(cls: griffe.Class) -> dict[str, str]:
    """The texts in the section `Attributes` by name; no other kind of section may be found."""
    assert cls.docstring, cls.path
    found = cls.docstring.parsed
    assert {each.kind.value for each in found} <= {"text", "attributes"}, cls.path
    return {
        entry.name: entry.description
        for each in found
        if isinstance(each, griffe.DocstringSectionAttributes)
        for entry in each.value
    }


def unlike(found: Read) -> list[str]:
    """Fields whose entry in the class's docstring is not the text below the field."""
    return [
        f"{path}.{name}"
        for path, cls in found.classes.items()
        for name in fields(cls) | found.attributes[path].keys()
        if words(found.attributes[path].get(name, "")) != words(below(cls, name))
    ]


def fields(cls: griffe.Class) -> set[str]:
    """The names of a class's fields; values of enums are not annotated."""
    return {
        name
        for name, each in cls.members.items()
        if isinstance(each, griffe.Attribute) and each.annotation is not None
    }


def below(cls: griffe.Class, name: str) -> str:
    """The text below a field."""
    docstring = cls.members[name].docstring if name in cls.members else None
    return docstring.value if docstring else ""


def words(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def messages(parent: ir.File | ir.Message) -> Iterator[ir.Message]:
    """The messages of a file or a message, at any depth."""
    for each in parent.messages:
        yield each
        yield from messages(each)


@pytest.fixture(scope="module")
def ours() -> Read:
    return read(GENERATED, "lkproto")


@pytest.mark.slow
def test_no_docstring_puzzles_the_parser(ours: Read) -> None:
    assert len(ours.classes) == len(TYPES)
    assert ours.warnings == []


@pytest.mark.slow
def test_classes_list_each_field_with_the_text_below_it(ours: Read) -> None:
    assert unlike(ours) == []


@pytest.mark.slow
def test_classes_list_each_documented_field_with_all_of_its_comment(ours: Read) -> None:
    """By the comments in the schema, whatever the generator makes of them below the field."""
    schema = lowered(Options(protos=(ROOT / "protobufs",)))
    documented = 0
    for message in (each for file in schema.files for each in messages(file)):
        module, _, name = TYPES[message.full_name].partition(":")
        found = ours.attributes[f"lkproto.{module}.{name}"]
        for field in message.fields:
            if field.doc:
                documented += 1
                text = found[identifier(field.name, "member")]
                assert words(field.doc) in words(text), field.full_name
    assert documented > 2000


@pytest.mark.slow
def test_no_text_below_a_field_or_value_begins_like_a_type(ours: Read) -> None:
    """napoleon takes what is before a colon in the first line for the type."""
    found = [
        f"{path}.{name}: {text.splitlines()[0]}"
        for path, cls in ours.classes.items()
        for name in cls.members
        if TYPED.match(text := below(cls, name))
    ]

    assert found == []
    assert TYPED.match("Orders updates: the newer state.\nMore.")
    assert not TYPED.match("Of a::b, the newer state.\nMore: text.")


CLASS = '''
class Room:
    """A room.

    Attributes:
        sid: {sid}
        name: Name of the room.
    """

    sid: str = ""
    """Id of the room, given by the server; another room
    of the same name has another."""
    name: str = ""
    """Name of the room."""
'''
HANGING = """Id of the room, given by the server; another room
            of the same name has another."""


@pytest.mark.parametrize(
    ("sid", "wrong", "warnings"),
    [
        (HANGING, [], 0),
        ("Id of the room, given by the server:", ["sid"], 0),
        (HANGING.replace(" " * 12, " " * 8), ["sid"], 1),
        (HANGING.replace(" " * 12, " " * 10), [], 1),
        (HANGING + "\n        nme: A field there is not.", ["nme"], 0),
        (HANGING + "\n    tail: Text outside", ["name"], 1),
    ],
)
def test_the_search_finds_what_is_cut_or_misread(
    sid: str, wrong: list[str], warnings: int, tmp_path: Path
) -> None:
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").touch()
    text = CLASS.replace("{sid}", sid)
    (tmp_path / "planted" / "room_pb.py").write_text(text, "utf-8")

    found = read(tmp_path, "planted")

    assert unlike(found) == [f"planted.room_pb.Room.{name}" for name in wrong]
    assert len(found.warnings) == warnings
