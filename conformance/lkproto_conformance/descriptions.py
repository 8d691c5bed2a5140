"""What people read about the suite, an operation, a case and a testee, as lines of text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .operations import BY_NAME, SERVICES, SUBJECTS, Operation
from .protocol import CLOCK, PROFILES, Hello
from .values import cut
from .vectors import LEVELS, RESULTS, Suite, Vector, suite_version

_LINK = re.compile(r"\[([^]]*)\]\([^)]*\)")
SHOWN = 400
"""Characters that are shown of a value."""


def of_suite(suite: Suite) -> Iterator[str]:
    """Its version and digest, and how many vectors there are of what."""
    vectors = suite.vectors
    yield f"lkproto-conformance {suite_version()}"
    yield f"vectors of {suite.upstream}, digest {suite.digest}"
    yield ""
    yield from _table(list(_rows(vectors)))
    yield ""
    profiles = Counter(profile for vector in vectors for profile in vector.profiles)
    yield "profiles  " + ", ".join(f"{name} {profiles[name]}" for name in PROFILES)
    yield "rejects   " + _counted(_kinds(vectors))


def _rows(vectors: Sequence[Vector]) -> Iterator[tuple[str, ...]]:
    """The heads of columns, a row for each operation, and the sum."""
    yield ("", "vectors", *RESULTS, *LEVELS)
    for name in BY_NAME:
        if found := [vector for vector in vectors if vector.op == name]:
            yield _row(name, found)
    yield _row("all", vectors)


def _row(name: str, vectors: Sequence[Vector]) -> tuple[str, ...]:
    counts = Counter(
        each for vector in vectors for each in (vector.result, vector.level)
    )
    columns = (str(counts[each]) for each in (*RESULTS, *LEVELS))
    return (name, str(len(vectors)), *columns)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Rows with the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *rest in rows:
        cells = [
            each.rjust(width) for each, width in zip(rest, widths[1:], strict=True)
        ]
        yield "  ".join([first.ljust(widths[0]), *cells])


def of_operation(operation: Operation, suite: Suite) -> Iterator[str]:
    """What it does, takes and gives, and what the vectors expect of it."""
    vectors = [vector for vector in suite.vectors if vector.op == operation.name]
    yield f"{operation.name}: {_plain(operation.does)}"
    yield from _members("arguments", operation.args)
    yield from _members("arguments in vectors only", operation.script.args)
    if operation.name == "token.service":
        yield from _members("args by function", SERVICES)
    yield from _members("result", operation.result)
    yield from _members("result in vectors only", operation.script.seen)
    results = Counter(vector.result for vector in vectors)
    yield f"vectors: {len(vectors)}" + (f" ({_counted(results)})" if vectors else "")
    if kinds := _kinds(vectors):
        yield f"rejects: {_counted(kinds)}"
    if operation.takes_profile:
        yield "It is asked once for each profile that a testee offers."


def _members(title: str, members: dict[str, str]) -> Iterator[str]:
    if members:
        yield f"{title}:"
    for name, about in members.items():
        optional = " (optional)" if name.endswith("?") else ""
        yield f"  {name.removesuffix('?')}{optional}: {_plain(about)}"


def _plain(text: str) -> str:
    """A description without the marks of Markdown."""
    return _LINK.sub(r"\1", text).replace("`", "")


def of_case(vector: Vector) -> Iterator[str]:
    """What a vector asks and expects, why, and the line that runs it."""
    yield f"{vector.id}: {vector.comment}"
    yield f"{vector.level}, {vector.result}, profiles {', '.join(vector.profiles)}"
    yield f"oracle: {vector.oracle}"
    if vector.spec:
        yield f"spec: {', '.join(vector.spec)}"
    for flag, note in vector.notes.items():
        about = f"{note.get('description')} ({note.get('kind')})"
        yield f"{flag}: {about}; if wrong: {note.get('effect')}"
        yield from (f"  {link}" for link in note.get("links", ()))
    yield from _values("request", vector.args)
    yield from _values("expected", vector.expect)
    yield f"run: lkproto-conformance run --testee CONNECTOR --filter {vector.id}"


def _values(title: str, values: dict[str, Any]) -> Iterator[str]:
    yield f"{title}:" if values else f"{title}: {{}}"
    for name, value in values.items():
        text = json.dumps(value, ensure_ascii=False)
        if len(text) > SHOWN:
            text = f"{text[:SHOWN]}… ({len(text)} characters)"
        yield f"  {name}: {text}"


def of_testee(hello: Hello) -> Iterator[str]:
    """Who a testee says it is, and what it offers."""
    yield hello.name
    for key, value in sorted(hello.implementation.items()):
        if key not in ("name", "version"):
            yield f"  {key.replace('_', ' ')}: {_one_line(value)}"
    yield f"profiles: {', '.join(hello.profiles)}"
    clock = "can be set" if CLOCK in hello.capabilities else f"no {CLOCK}"
    yield f"clock: {clock}"
    for subject, operations in SUBJECTS.items():
        names = [operation.name for operation in operations]
        offered = [name for name in names if name in hello.capabilities]
        yield f"{subject}: {', '.join(offered) or 'none'}"
        for name in (each for each in names if each not in hello.capabilities):
            reason = hello.unavailable.get(name)
            yield f"  not {name}" + (f": {reason}" if reason else "")


def _one_line(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return cut(text, SHOWN)


def _kinds(vectors: Iterable[Vector]) -> Counter[str]:
    return Counter(
        str(vector.expect.get("kind"))
        for vector in vectors
        if vector.result == "invalid"
    )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())
