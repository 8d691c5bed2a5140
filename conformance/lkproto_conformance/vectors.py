"""The vectors: files of requests, with the right answers and the reasons for them.

A file has the vectors of one operation, its `area`. There is one layout, which `canonical` writes,
so files never differ by layout alone.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .operations import BY_NAME, missing
from .values import is_list, is_object, nests_deeper

FORMAT = 1
MAX_DEPTH = 100
"""Levels of objects and lists in a file."""
RESULTS = ("valid", "invalid", "unspecified")
LEVELS = ("required", "recommended", "informational")
NOTE_KINDS = frozenset(
    [
        "BASIC",
        "EDGE_CASE",
        "INTEROP",
        "SPEC_GAP",
        "AUTH_BYPASS",
        "MALFORMED",
        "LEGACY",
        "KNOWN_BUG",
    ]
)
# The keys of each kind of object, in the order they are written; a `?` may be left out.
_FILE = ("format", "area", "upstream", "notes", "count", "groups")
_NOTE = ("kind", "description", "effect", "links?")
_GROUP = ("source", "params", "tests")
_SOURCE = ("name", "version", "oracle")
_TEST = (
    "id",
    "comment",
    "level",
    "result",
    "flags",
    "spec",
    "profiles",
    "args",
    "expect",
)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return is_list(value) and all(map(_is_text, value))


# What the values of keys are: all that is not checked where it is used.
_KIND_OF: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("area", "upstream", "oracle", "id", "comment"), _is_text),
    **dict.fromkeys(("level", "result"), _is_text),
    **dict.fromkeys(("notes", "params", "args", "expect"), is_object),
    **dict.fromkeys(("groups", "tests"), is_list),
    **dict.fromkeys(("flags", "spec", "profiles", "links"), _is_texts),
    "kind": _is_text,
}


class VectorError(Exception):
    """A vector file with a mistake: which file, where, and what."""


@dataclass(frozen=True, slots=True)
class Vector:
    """One request, and what decides about its answers."""

    id: str
    op: str
    comment: str
    level: str
    result: str
    flags: tuple[str, ...]
    profiles: tuple[str, ...]
    args: dict[str, Any]
    expect: dict[str, Any]
    oracle: str
    spec: tuple[str, ...] = ()
    notes: dict[str, Any] = field(default_factory=dict[str, Any])
    """The note of each flag."""
    position: int = 0
    """Its place in the suite, sorted by id; 0 unless `load` has read it."""

    @property
    def kind_required(self) -> bool:
        """Whether a rejection counts only with the expected kind."""
        return bool(self.expect.get("kind_required"))


@dataclass(frozen=True, slots=True)
class Suite:
    """All vectors, sorted by id, and a digest of their files."""

    vectors: tuple[Vector, ...]
    digest: str
    upstream: str = ""
    """What the vectors are of, such as `livekit/protocol v1.54.0`."""


def vectors_folder() -> Path:
    """The folder of the vectors: in the installed package, or next to it in a checkout."""
    installed = Path(__file__).parent / "_data" / "vectors"
    return installed if installed.is_dir() else Path(__file__).parents[1] / "vectors"


def suite_version() -> str:
    """The version of the suite: that of the package, or `checkout`."""
    try:
        return version("lkproto")
    except PackageNotFoundError:
        return "checkout"


def load(folder: Path) -> Suite:
    """Read every `*.json` of a folder. Raises VectorError."""
    digest = hashlib.sha256()
    vectors: list[Vector] = []
    upstream: set[str] = set()
    for path in files(folder):
        data = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + data)
        document = parse_document(data, path.name)
        upstream.add(document["upstream"])
        vectors += map(_complete, _vectors(document))
    vectors.sort(key=lambda vector: vector.id)
    for before, after in itertools.pairwise(vectors):
        if before.id == after.id:
            raise VectorError(f"two vectors are called {after.id}")
    placed = (replace(each, position=at) for at, each in enumerate(vectors))
    return Suite(tuple(placed), digest.hexdigest(), ", ".join(sorted(upstream)))


def _complete(vector: Vector) -> Vector:
    """A vector with all that a request and its verdict need. Raises VectorError."""
    needed = ["kind"] if vector.kind_required else []
    operation = BY_NAME.get(vector.op)
    if operation is not None:
        _need(vector.id, "args", vector.args, operation.written_args)
        if vector.result == "valid":
            needed += operation.written_result
    _need(vector.id, "expect", vector.expect, needed)
    return vector


def _need(name: str, where: str, given: dict[str, Any], members: Iterable[str]) -> None:
    for member in missing(members, given):
        raise VectorError(f"{name}: {where} lacks {member}")


def files(folder: Path) -> list[Path]:
    """The vector files of a folder, by name. Raises VectorError if there are none."""
    found = sorted(folder.glob("*.json"))
    if not found:
        raise VectorError(f"{folder}: no vector files")
    return found


def parse(text: str | bytes, name: str) -> list[Vector]:
    """The vectors of a file. Raises VectorError."""
    return _vectors(parse_document(text, name))


def _vectors(document: dict[str, Any]) -> list[Vector]:
    return [
        _vector(test, document, group)
        for group in document["groups"]
        for test in group["tests"]
    ]


def parse_document(text: str | bytes, name: str) -> dict[str, Any]:
    """Read a file and check its shape, not its content. Raises VectorError."""
    try:
        document = json.loads(text if isinstance(text, str) else text.decode())
    except RecursionError:
        raise VectorError(f"{name}: nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise VectorError(f"{name}: {error}") from None
    if nests_deeper(document, MAX_DEPTH):
        raise VectorError(f"{name}: nests deeper than {MAX_DEPTH} levels")
    for problem in _shape(document):
        raise VectorError(f"{name}: {problem}")
    return dict(document)


def unambiguous(text: str, name: str) -> None:
    """Check that a file has no name twice in an object, and no number that JSON does not have.

    Raises VectorError: such a file is not the same after it was read and written.
    """
    try:
        json.loads(
            text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
        )
    except RecursionError:
        raise VectorError(f"{name}: nests deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise VectorError(f"{name}: {error}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"an object has {twice[:40]!r} twice")
    return made


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number[:40]} is not a number of JSON, or too large for one")
    return value


def _vector(
    test: dict[str, Any], document: dict[str, Any], group: dict[str, Any]
) -> Vector:
    return Vector(
        id=test["id"],
        op=document["area"],
        comment=test["comment"],
        level=test["level"],
        result=test["result"],
        flags=tuple(test["flags"]),
        profiles=tuple(test["profiles"]),
        args={**group["params"], **test["args"]},
        expect=test["expect"],
        oracle=group["source"]["oracle"],
        spec=tuple(test["spec"]),
        notes={flag: document["notes"].get(flag, {}) for flag in test["flags"]},
    )


def _shape(document: Any) -> Iterator[str]:
    yield from _keys(document, _FILE, "the file")
    for name, note in document["notes"].items():
        yield from _keys(note, _NOTE, f"note {name}")
    for index, group in enumerate(document["groups"]):
        yield from _keys(group, _GROUP, f"group {index}")
        yield from _keys(group["source"], _SOURCE, f"group {index}: source")
        for test in group["tests"]:
            yield from _keys(test, _TEST, f"test {_name(test)}")


def _keys(given: Any, keys: tuple[str, ...], where: str) -> Iterator[str]:
    if not is_object(given):
        yield f"{where} is not an object"
        return
    required = {key for key in keys if not key.endswith("?")}
    allowed = {key.removesuffix("?") for key in keys}
    if missing := required - given.keys():
        yield f"{where} lacks {', '.join(sorted(missing))}"
    if unknown := given.keys() - allowed:
        yield f"{where} has unknown {', '.join(sorted(unknown))}"
    for key in sorted(allowed & given.keys() & _KIND_OF.keys()):
        if not _KIND_OF[key](given[key]):
            yield f"{where}: {key} is of another type"


def _name(test: Any) -> str:
    return str(test.get("id", "without id")) if is_object(test) else "?"


def canonical(document: dict[str, Any]) -> str:
    """A document in the layout of vector files: ASCII, args and expect on a line each."""
    return _pretty(document, 0) + "\n"


_ON_A_LINE = frozenset(
    ["args", "expect", "params", "flags", "spec", "profiles", "links"]
)
_ORDER = {
    key.removesuffix("?"): index
    for index, key in enumerate(
        dict.fromkeys((*_FILE, *_GROUP, *_SOURCE, *_NOTE, *_TEST))
    )
}


def _pretty(value: Any, depth: int) -> str:
    if is_object(value) and value:
        keys = sorted(value, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
        items = [
            f"{json.dumps(key)}: {_member(key, value[key], depth)}" for key in keys
        ]
        return _block("{", items, "}", depth)
    if is_list(value) and value:
        return _block("[", [_pretty(item, depth + 1) for item in value], "]", depth)
    return json.dumps(value)


def _member(key: str, value: Any, depth: int) -> str:
    return json.dumps(value) if key in _ON_A_LINE else _pretty(value, depth + 1)


def _block(opening: str, items: list[str], closing: str, depth: int) -> str:
    indent = "\n" + "  " * (depth + 1)
    return opening + indent + f",{indent}".join(items) + "\n" + "  " * depth + closing
