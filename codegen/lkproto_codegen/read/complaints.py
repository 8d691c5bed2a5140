"""What protoc says is wrong, as diagnostics: each with its place, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..diagnostics import Diagnostic, shown
from ..ir import Location
from .discover import better_root

_PLACED = re.compile(
    r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<text>.*)", re.DOTALL
)
_FILE_ONLY = re.compile(r"(?P<file>.+?): (?P<text>.*)", re.DOTALL)
# How a complaint begins that does not begin with the path of an include directory.
_BEGINS = re.compile(
    r"[^\s:][^:]*\.proto: |.*: File not found\.|WARNING: |[IWEF]\d{4} \d\d:"
)
# Not errors: warnings, also those of protoc's log, and suggestions that follow an error.
_NO_ERROR = re.compile(
    r": warning: |: Suggested field numbers|^WARNING: |^[IW]\d{4} \d\d:"
)

# What to do about protoc's complaints, by a phrase each of them contains.
_HINTS = (
    (
        "File not found",
        "check the import's spelling, or add the directory that holds it with -I",
    ),
    ("listed twice", "leave one of the two out"),
    (
        "was not found or had errors",
        "check the import's spelling, or add the directory that holds it with -I",
    ),
    ("recursively imports itself", "move what both files share into a third one"),
    ("has already been used", "give one of the fields another number"),
    ("uses reserved number", "use a number outside the ranges that are reserved"),
    ("uses reserved range", "use a number outside the ranges that are reserved"),
    ("is reserved", "use a name that the message does not reserve"),
    ("is not defined", "check the type's spelling and that its file is imported"),
    ("seems to be defined in", "import that file"),
    ("is already defined", "rename one of the two"),
    ("Value must be", "give the option a value of its type"),
    ("Option", "check the option's spelling and that its file is imported"),
    ("Expected", "the text before this place is incomplete or misspelled"),
    ("Unmatched", "there is one bracket too many"),
    ("end of input", "a bracket is opened but not closed"),
    ("Multiline strings", "close the quote on the line that opens it"),
    ("end of string", "close the quote on the line that opens it"),
    ("not allowed in proto3", "leave it out, or write the file in proto2"),
    ("syntax identifier", 'begin the file with syntax = "proto3";'),
    ("Key in map fields", "use an integer type, bool or string"),
    ("Integer out of range", "use a number that its type can hold"),
    ("Field numbers", "use a number from 1 to 536870911"),
    ("does not declare", "add the number to the message's `extensions`"),
    ("overlaps with", "put each number into one range only"),
    ("must be zero", "put a value with the number 0 first"),
    ("same enum value", "give one of the two another number"),
    ("has no value named", "check the value's spelling"),
    ("is not a message type", "methods take and return messages"),
    ("JSON name", "rename one of the two, or give it a json_name"),
    (
        "Backslashes, consecutive slashes",
        "write the path as protoc does: a/b.proto, from an include directory",
    ),
    ("Missing field number", "give each field a number: string name = 1;"),
    ("Enum value in map", "put a value with the number 0 first"),
    ("is not an open enum", "use an enum of a proto3 file, whose first value is 0"),
    ("Implicit presence enum", "make the field optional, or the enum open"),
    ("Extension range end", "end the range at its first number or a higher one"),
    ("non ascii codepoint", "names and keywords are ASCII; put other text into quotes"),
    ("MessageSet is not supported", "write the file in proto2"),
    ("Multiple package", "keep only one `package` in the file"),
    (
        "maximum recursion limit for nested messages",
        "move the inner ones out: protoc takes 31 levels, and a map counts as one",
    ),
)
_ANY_HINT = "correct this place; https://protobuf.dev/reference/ describes the language"
_NO_PLACE_HINT = "these are protoc's words; if the schema is right, report this"
# An import that is missing or has errors, and what protoc therefore says about its types.
_IMPORT = re.compile(r'Import "(?P<file>.+)" was not found or had errors', re.DOTALL)
_FOLLOWS = ("is not defined", "seems to be defined in", " unknown. Ensure that")


def mistakes(
    said: str, roots: Sequence[str], include: Sequence[Path]
) -> list[Diagnostic]:
    """What protoc says, without what only follows from a mistake in an imported file.

    `roots` are the include directories as protoc got them.
    """
    found = list(_diagnostics(said, roots))
    return _rooted(_causes(found), include) or [Diagnostic(said.strip())]


def _diagnostics(said: str, roots: Sequence[str]) -> Iterator[Diagnostic]:
    for text in _complaints(said, tuple(f"{root}/" for root in roots)):
        if not _NO_ERROR.search(text):
            yield _diagnostic(text, roots)


def _complaints(said: str, starts: tuple[str, ...]) -> Iterator[str]:
    """The complaints, each with the lines that continue it."""
    lines: list[str] = []
    for line in said.split("\n"):  # a name may hold what splitlines takes for an end
        if lines and (line.startswith(starts) or _BEGINS.match(line)):
            yield "\n".join(lines)
            lines = []
        lines += [line] if line.strip() else []
    if lines:
        yield "\n".join(lines)


def _diagnostic(complaint: str, roots: Sequence[str]) -> Diagnostic:
    place: Location | None = None
    text = complaint
    if found := _PLACED.fullmatch(complaint):
        row, column = int(found["line"]), int(found["column"])
        place = Location(_relative(found["file"], roots), row, column)
        text = found["text"]
    elif _BEGINS.match(complaint) and (found := _FILE_ONLY.fullmatch(complaint)):
        place = Location(_relative(found["file"], roots), 1, 1)
        text = found["text"]
    text = text.removeprefix("error: ").rstrip()
    usual = _ANY_HINT if place else _NO_PLACE_HINT
    hint = next((hint for phrase, hint in _HINTS if phrase in text), usual)
    return Diagnostic(text, place, hint)


def _relative(file: str, roots: Sequence[str]) -> str:
    """A file as imports name it: relative to the include directory it is in."""
    for root in roots:
        if file.startswith(f"{root}/"):
            return file.removeprefix(f"{root}/")
    return file


def _causes(found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The mistakes, without those that only follow from one in an imported file.

    A missing file is reported where it is imported; a file with errors is reported itself.
    """
    missing = {_file(each) for each in found if "File not found" in each.message}
    imports = [
        (each, match[1]) for each in found if (match := _IMPORT.search(each.message))
    ]
    follow = {each for each, file in imports if file not in missing}
    reported = missing.intersection(file for _, file in imports)
    broken = {_file(each) for each, _ in imports}
    for each in found:
        unknown = any(phrase in each.message for phrase in _FOLLOWS)
        if _file(each) in reported or (unknown and _file(each) in broken):
            follow.add(each)
    return [each for each in found if each not in follow] or list(found)


def _file(problem: Diagnostic) -> str | None:
    return problem.location.file if problem.location else None


def _rooted(found: Sequence[Diagnostic], include: Sequence[Path]) -> list[Diagnostic]:
    """Name the include directory that imports which were not found ask for.

    If one makes up for several, this is one mistake.
    """
    asked: dict[Path, list[Diagnostic]] = {}
    rest: list[Diagnostic] = []
    for each in found:
        match = _IMPORT.search(each.message)
        root = better_root(match["file"], include) if match else None
        (asked.setdefault(root, []) if root else rest).append(each)
    for root, problems in asked.items():
        hint = f"these imports begin at {shown(root)}: give it with -I {shown(root)}"
        message = problems[0].message
        if len(problems) > 1:
            message = f"{len(problems)} imports were not found, such as this one"
        rest.append(Diagnostic(message, problems[0].location, hint))
    return rest
