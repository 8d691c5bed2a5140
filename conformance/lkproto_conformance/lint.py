"""Checks the vectors themselves.

Ids are unique and permanent, counts right, layout canonical, flags declared and used, operations,
their arguments and kinds known. Some vector mints each field of each grant, each type of message is
read and written, and for each vector there is a testee, wrong on purpose, that fails it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import miniatures
from .connect import InProcessTestee
from .judging.verdict import judge
from .message_types import message_types
from .operations import BY_NAME, MESSAGES, missing
from .protocol import PROFILES, is_kind
from .running.exchanges import ask
from .running.runner import arguments
from .values import is_object
from .vectors import (
    FORMAT,
    LEVELS,
    NOTE_KINDS,
    RESULTS,
    Vector,
    VectorError,
    canonical,
    files,
    parse,
    parse_document,
)

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FLAG = re.compile(r"[A-Z][A-Za-z0-9]*")


def lint(folder: Path) -> Iterator[str]:
    """The problems of a folder of vectors, one line each."""
    try:
        found = [each for path in files(folder) for each in _file(path)]
        vectors = [each for path in files(folder) for each in parse(*_read(path))]
    except VectorError as error:
        found, vectors = [str(error)], []
    found += _ids(vectors, folder / "retired.toml")
    yield from found
    if not found:  # otherwise there may be nothing to ask a testee
        yield from _not_failed(vectors)
        yield from _not_minted(vectors)
        yield from _not_exchanged(vectors)


def _read(path: Path) -> tuple[str, str]:
    try:
        return path.read_text("utf-8"), path.name
    except UnicodeDecodeError as error:
        raise VectorError(f"{path.name}: {error}") from None


def _file(path: Path) -> Iterator[str]:
    text, name = _read(path)
    document = parse_document(text, name)
    yield from (f"{name}: {each}" for each in _document(document, text, path))


def _document(document: dict[str, Any], text: str, path: Path) -> Iterator[str]:
    if canonical(document) != text:
        yield "the layout is not canonical; generate it again"
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


def _ids(vectors: list[Vector], retired: Path) -> Iterator[str]:
    for name, number in Counter(vector.id for vector in vectors).items():
        if number > 1:
            yield f"{name}: {number} vectors have this id"
    gone: list[str] = (
        tomllib.loads(retired.read_text("utf-8"))["ids"] if retired.exists() else []
    )
    for name in sorted({vector.id for vector in vectors} & set(gone)):
        yield f"{name}: a retired id"


def _not_failed(vectors: list[Vector]) -> Iterator[str]:
    testees = [InProcessTestee(make()) for make in miniatures.ALL]
    offered = [testee.start().capabilities for testee in testees]
    for vector in vectors:
        if vector.result == "unspecified":
            continue
        args = arguments(vector, vector.profiles[0])
        if not any(
            judge(vector, ask(testee, vector.op, args, vector.id)).failed
            for testee, ops in zip(testees, offered, strict=True)
            if vector.op in ops
        ):
            yield f"{vector.id}: no broken testee fails it"


def _not_minted(vectors: list[Vector]) -> Iterator[str]:
    minted = {
        path
        for vector in vectors
        if vector.op == "token.mint" and vector.result == "valid"
        for path in _paths(vector.args.get("grants", {}))
    }
    for field in sorted(set(grant_fields()) - minted):
        yield f"no vector of token.mint has {field}"


def _not_exchanged(vectors: list[Vector]) -> Iterator[str]:
    """The message types that some operation on messages has no valid vector of."""
    for operation in MESSAGES:
        there = {
            vector.args["message"]
            for vector in vectors
            if vector.op == operation.name and vector.result == "valid"
        }
        for name in sorted(message_types().keys() - there):
            yield f"no vector of {operation.name} has a {name}"


def _paths(grants: dict[str, Any]) -> Iterator[str]:
    for name, value in grants.items():
        yield name
        if is_object(value):
            yield from (f"{name}.{inner}" for inner in value)


def grant_fields() -> Iterator[str]:
    """Every claim of ours and every field of every grant, such as `video.roomJoin`."""
    from lkproto import auth, fields_of

    yield from (field.json_name for field in fields_of(auth.ClaimGrants))
    yield from (right.claim for right in auth.rights())
