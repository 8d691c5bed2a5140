"""Where the mock answers otherwise than livekit-server did when its answers were recorded.

`python -m tests.mock.differences` writes the table of docs/livekit/mock-differences.md again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lkproto.mock import MockLiveKit

from tests.answers import captures
from tests.answers.normal import normal
from tests.answers.script import METHODS, Answer, Codec, calls, play
from tests.house.tree import ROOT

from .reasons import REASONS
from .stage import MockStage

PAGE = ROOT / "docs" / "livekit" / "mock-differences.md"
_HEAD = "| method | calls | the mock answers otherwise | why |\n|---|---|---|---|\n"
_TABLE = re.compile(rf"(?<=^{re.escape(_HEAD)})(\|.*\n)+", re.MULTILINE)


def played(codec: Codec) -> dict[str, Answer]:
    """What a mock answers to the script, by the names of calls."""
    with MockLiveKit() as mock:
        return play(MockStage(mock), codec)


def differences(codec: Codec) -> dict[str, list[str]]:
    """What differs, by the names of calls; calls that are answered the same are left out."""
    kept, now = captures.recorded(codec), played(codec)
    found: dict[str, list[str]] = {}
    for call in calls():
        method = METHODS[call.path]
        real = normal(method, codec, kept[call.name])
        ours = normal(method, codec, now[call.name])
        if kept[call.name].type != now[call.name].type:
            real["type"], ours["type"] = kept[call.name].type, now[call.name].type
        if texts := _compared(real, ours):
            found[call.name] = texts
    return found


def _compared(real: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """What differs between two answers, in words."""
    if real["status"] != ours["status"]:
        return [f"{_verdict(ours)}, not {_verdict(real)}"]
    found = defaultdict[str, set[str]](set)
    for what, path in _members("", real, ours):
        found[what].add(f"`{path}`")
    return [f"{what} {', '.join(sorted(paths))}" for what, paths in found.items()]


def _verdict(answer: dict[str, Any]) -> str:
    code = f" `{answer['code']}`" if "code" in answer else ""
    return f"{answer['status']}{code}"


def _members(path: str, real: Any, ours: Any) -> Iterator[tuple[str, str]]:
    """What is different about the members of two values, and the paths of those."""
    if real == ours:
        return
    if real.__class__ is dict and ours.__class__ is dict:
        for name in sorted({*real, *ours}):
            place = f"{path}.{name}" if path else name
            yield from _members(place, real.get(name), ours.get(name))
    elif _are_lists(real, ours):
        for first, second in zip(real, ours, strict=True):
            yield from _members(path, first, second)
    else:
        yield ("more" if real is None else "without" if ours is None else "other"), path


def _are_lists(real: Any, ours: Any) -> bool:
    return real.__class__ is list and ours.__class__ is list and len(real) == len(ours)


def table() -> str:
    """The rows of the table: one for each method."""
    found = differences("protobuf")
    return "".join(_row(path, found) for path in METHODS)


def _row(path: str, found: dict[str, list[str]]) -> str:
    names = [call.name for call in calls() if call.path == path]
    differ = [name for name in names if name in found]
    said = "; ".join(f"{name}: {'; '.join(found[name])}" for name in differ)
    why = "; ".join(dict.fromkeys(REASONS[name] for name in differ))
    return f"| `{path.removeprefix('livekit.')}` | {len(names)} | {said} | {why} |\n"


def written() -> str:
    """The rows of the table as the page has them."""
    found = _TABLE.search(PAGE.read_text("utf-8"))
    assert found, f"{PAGE.name} has no table that begins with {_HEAD!r}"
    return found[0]


def write() -> None:
    """Write the table again."""
    text = PAGE.read_text("utf-8")
    PAGE.write_text(text.replace(written(), table()), "utf-8")


if __name__ == "__main__":
    write()
