"""Checks of vector files by themselves: their shape, their layout, their ids."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..operations import BY_NAME, missing
from ..protocol import PROFILES, is_kind
from ..values import is_list
from ..vectors import (
    FORMAT,
    LEVELS,
    NOTE_KINDS,
    RESULTS,
    Vector,
    VectorError,
    canonical,
    parse_document,
)

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FLAG = re.compile(r"[A-Z][A-Za-z0-9]*")


def read(path: Path) -> tuple[str, str]:
    """The text and the name of a file. Raises VectorError."""
    try:
        return path.read_text("utf-8"), path.name
    except UnicodeDecodeError as error:
        raise VectorError(f"{path.name}: {error}") from None


def of_document(path: Path) -> Iterator[str]:
    """The problems of a file. Raises VectorError for one that cannot be read."""
    text, name = read(path)
    document = parse_document(text, name)
    if canonical(document) != text:
        yield f"{name}: the layout is not canonical; `lkproto-conformance fmt` writes it again"
    yield from (f"{name}: {each}" for each in of_shape(document, path))


def of_shape(document: dict[str, Any], path: Path) -> Iterator[str]:
    """The problems of a document that are not its layout's."""
    if document["format"] != FORMAT:
        yield f"format {document['format']}, not {FORMAT}"
    if document["area"] not in BY_NAME or document["area"] != path.stem:
        yield f"area {document['area']} is not an operation, or not the name of the file"
    tests = [test for group in document["groups"] for test in group["tests"]]
    if document["count"] != len(tests):
        yield f"count is {document['count']}, not {len(tests)}"
    yield from _flags(document["notes"], tests)
    for group in document["groups"]:
        if not group["source"]["oracle"]:
            yield f"a group of {group['source']['name']} has no oracle"
        for test in group["tests"]:
            found = _test(test, document["area"], group["params"])
            yield from (f"{test['id']}: {each}" for each in found)


def _flags(notes: dict[str, Any], tests: list[dict[str, Any]]) -> Iterator[str]:
    used = {flag for test in tests for flag in test["flags"]}
    for flag in sorted(used ^ notes.keys()):
        yield f"flag {flag} is {'not declared' if flag in used else 'not used'}"
    for name, note in notes.items():
        if note["kind"] not in NOTE_KINDS or not _FLAG.fullmatch(name):
            yield f"note {name}: kind {note['kind']} or the name itself is not allowed"


def _test(test: dict[str, Any], area: str, params: dict[str, Any]) -> Iterator[str]:
    before, _, name = test["id"].partition("/")
    if before != area or not _NAME.fullmatch(name):
        yield f"the id is not {area}/ and a name in kebab case"
    if test["result"] not in RESULTS or test["level"] not in LEVELS:
        yield f"result {test['result']} or level {test['level']} is not allowed"
    if not test["profiles"] or set(test["profiles"]) - set(PROFILES):
        yield f"profiles {test['profiles']}"
    if not test["comment"]:
        yield "no comment"
    if test["result"] == "invalid" and not is_kind(test["expect"].get("kind")):
        yield f"{test['expect'].get('kind')!r} is not a reject kind"
    if test["result"] == "unspecified" and not (
        test["flags"] and test["expect"].get("reason")
    ):
        yield "unspecified, without a flag or a reason"
    if operation := BY_NAME.get(area):
        args = {**params, **test["args"]}
        yield from _members("args", args, operation.written_args)
        if test["result"] == "valid":
            yield from _members("expect", test["expect"], operation.written_result)


def _members(
    where: str, given: dict[str, Any], described: Iterable[str]
) -> Iterator[str]:
    """Members that are missing or unknown, by the names of `Operation`."""
    names = set(described)
    for name in missing(names, given):
        yield f"{where}: {name} is missing"
    for name in sorted(given.keys() - {each.removesuffix("?") for each in names}):
        yield f"{where}: {name} is not in the list of operations"


def of_ids(vectors: list[Vector], retired: Path) -> Iterator[str]:
    """Ids that two vectors have, or that are retired. Raises VectorError."""
    for name, number in Counter(vector.id for vector in vectors).items():
        if number > 1:
            yield f"{name}: {number} vectors have this id"
    for name in sorted({vector.id for vector in vectors} & retired_ids(retired)):
        yield f"{name}: a retired id"


def retired_ids(path: Path) -> set[str]:
    """The ids that a file lists as `ids`; none without the file. Raises VectorError."""
    if not path.exists():
        return set()
    try:
        listed = tomllib.loads(path.read_text("utf-8")).get("ids")
    except ValueError as error:
        raise VectorError(f"{path.name}: {error}") from None
    if not is_list(listed) or not all(isinstance(each, str) for each in listed):
        raise VectorError(f"{path.name}: `ids` has to be a list of ids")
    return set(listed)
