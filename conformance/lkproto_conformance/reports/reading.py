"""Reads a report, and refuses what is not one by line: whatever a file says is checked."""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TypeVar

from ..protocol import MAX_DEPTH, MAX_LINE
from ..values import is_list, is_object, nests_deeper
from .model import FORMAT, Case, Entry, Header, Report, Section

_LEVELS = MAX_DEPTH + 4
"""A reply has lines, members and outcomes around it."""

_YEAR_10000 = 253_402_300_800
"""The only whole number of a report is a time, in Unix seconds."""

Made = TypeVar("Made", Header, Case, Entry)


class ReportError(Exception):
    """A file that is not a report: which line, and what is wrong with it."""


def read(path: Path, *, incomplete: bool = False) -> Report:
    """Read a report. Raises ReportError.

    With `incomplete`, a report without a footer is read as far as it goes; its last line may be
    cut.
    """
    reading = _Reading(path, incomplete)
    try:
        with path.open("rb") as stream:
            for text in _lines(stream, reading):
                reading.line(text)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror or error}") from None
    return reading.report()


def _lines(stream: BinaryIO, reading: _Reading) -> Iterator[bytes]:
    while text := stream.readline(MAX_LINE + 1):
        reading.at += 1
        if len(text) > MAX_LINE:
            reading.fail(f"is longer than {MAX_LINE} bytes")
        if text.endswith(b"\n"):
            yield text
        elif not reading.incomplete:
            reading.fail("is cut: the run that wrote it did not end")


class _WrongError(Exception):
    """A member that is not what it has to be."""


class _Reading:
    """A report so far."""

    def __init__(self, path: Path, incomplete: bool) -> None:
        self.path, self.incomplete, self.at = path, incomplete, 0
        self.sections: list[_Open] = []
        self.cases: dict[str, Case] = {}
        self.counts: Counter[str] = Counter()
        self.ended = False

    def fail(self, problem: str) -> NoReturn:
        """Say what is wrong with the current line."""
        raise ReportError(f"{self.path}:{self.at}: the line {problem}")

    def line(self, text: bytes) -> None:
        """Take a line."""
        name, members = self._parsed(text)
        if self.ended:
            self.fail("follows the footer; join reports with `combine`")
        if name != "header" and not self.sections:
            self.fail("is before the first header")
        try:
            _TAKES[name](self, members)
        except _WrongError as problem:
            self.fail(f"{problem}")

    def _parsed(self, text: bytes) -> tuple[str, dict[str, Any]]:
        try:
            line = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except (ValueError, RecursionError):
            self.fail("is not JSON")
        if nests_deeper(line, _LEVELS):
            self.fail(f"nests deeper than {_LEVELS} levels")
        name = next(iter(line)) if is_object(line) and len(line) == 1 else ""
        if name not in _TAKES or not is_object(line[name]):
            self.fail(f"is not an object with one of {', '.join(_TAKES)}")
        return name, line[name]

    def header(self, members: dict[str, Any]) -> None:
        """Begin a section."""
        if members.get("format") != FORMAT:
            given = json.dumps(members.get("format"))[:20]
            raise _WrongError(f"has format {given}; this version reads format {FORMAT}")
        self.sections.append(_Open(_made(Header, members)))

    def case(self, members: dict[str, Any]) -> None:
        """Take what results are about."""
        case = _made(Case, members)
        if case.id in self.cases:
            raise _WrongError(f"describes {case.id} again")
        self.cases[case.id] = case

    def result(self, members: dict[str, Any]) -> None:
        """Take a result."""
        entry = _made(Entry, members)
        if entry.id not in self.cases:
            raise _WrongError(f"is about {entry.id}, which is not described before")
        self.sections[-1].add(entry)
        self.counts[entry.verdict] += 1

    def stale(self, members: dict[str, Any]) -> None:
        """Take an expectation that belongs to no result."""
        self.sections[-1].stale.append(_text(members.get("why")))

    def footer(self, members: dict[str, Any]) -> None:
        """Hold the report to what its writer counted."""
        if members.get("complete") is not True:
            raise _WrongError("does not say that the report is complete")
        if members.get("counts") != self.counts:
            raise _WrongError(
                "counts other results than the report has; lines are missing"
            )
        self.ended = True

    def report(self) -> Report:
        """What was read."""
        if not self.ended and not self.incomplete:
            raise ReportError(
                f"{self.path}: no footer: the run that wrote it did not end; "
                "`report --incomplete` shows what there is"
            )
        sections = tuple(section.closed() for section in self.sections)
        return Report(sections, self.cases, self.ended)


class _Open:
    """A section so far."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.stale: list[str] = []
        self._entries: dict[tuple[str, str], Entry] = {}

    def add(self, entry: Entry) -> None:
        key = entry.id, entry.profile
        if key in self._entries:
            raise _WrongError(f"has a second result of {entry.id} [{entry.profile}]")
        self._entries[key] = entry

    def closed(self) -> Section:
        return Section(self.header, tuple(self._entries.values()), tuple(self.stale))


_TAKES: dict[str, Callable[[_Reading, dict[str, Any]], None]] = {
    "header": _Reading.header,
    "case": _Reading.case,
    "result": _Reading.result,
    "stale": _Reading.stale,
    "footer": _Reading.footer,
}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(number: str) -> float:
    """A number that can be written again: JSON has no word for what is out of range."""
    if math.isfinite(value := float(number)):
        return value
    _refuse(number)


def required(member: dataclasses.Field[Any]) -> bool:
    """Whether a member of the model has no default value."""
    missing = dataclasses.MISSING
    return member.default is missing and member.default_factory is missing


def _made(made: type[Made], members: dict[str, Any]) -> Made:
    """An object of the model. Its annotations are the only list of what members are."""
    values: dict[str, Any] = {}
    for each in dataclasses.fields(made):
        if each.name in members:
            try:
                values[each.name] = _KINDS[str(each.type)](members[each.name])
            except _WrongError as problem:
                raise _WrongError(f"has a {each.name} that is {problem}") from None
        elif required(each):
            raise _WrongError(f"lacks {each.name}")
    return made(**values)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise _WrongError("not a text")


def _texts(value: object) -> tuple[str, ...]:
    if is_list(value):
        return tuple(map(_text, value))
    raise _WrongError("not a list of texts")


def _object(value: object) -> dict[str, Any]:
    if is_object(value):
        return value
    raise _WrongError("not an object")


def _text_object(value: object) -> dict[str, str]:
    return {name: _text(each) for name, each in _object(value).items()}


def _reply(value: object) -> dict[str, Any]:
    reply = _object(value)
    if len(reply) == 1 and all(map(is_object, reply.values())):
        return reply
    raise _WrongError("not an outcome with an object")


def _integer(value: object) -> int:
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and 0 <= value < _YEAR_10000
    ):
        return value
    raise _WrongError("not a whole number that a date can have")


def _number(value: object) -> float:
    if isinstance(value, float) and value >= 0:
        return value
    return float(_integer(value))


_KINDS: dict[str, Callable[[object], Any]] = {
    "str": _text,
    "int": _integer,
    "float": _number,
    "tuple[str, ...]": _texts,
    "dict[str, Any]": _object,
    "dict[str, str]": _text_object,
    "dict[str, Any] | None": _reply,
}
