"""Options that several commands have."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..nearest import perhaps
from ..operations import BY_NAME
from ..protocol import PROFILES
from ..running.runner import select
from ..running.shards import Shard, shard
from ..vectors import Vector, VectorError, load

MAX_JOBS = 256


def declare_selection(parser: ArgumentParser) -> None:
    """Add `--filter`, `--profile` and `--shard`."""
    parser.add_argument("--profile", choices=PROFILES, help="only this profile")
    declare_filter(parser)
    parser.add_argument(
        "--shard",
        type=shard_of,
        metavar="I/N",
        help="only the Ith of N parts, which together are all",
    )


def declare_filter(parser: ArgumentParser) -> None:
    """Add `--filter`; what it holds is for `filtered` and `filter_of`."""
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="PATTERN",
        help="only these ids: one, the beginning of some, or a shell pattern; "
        "may be given again",
    )


def filter_of(arguments: Namespace) -> str:
    """The patterns as one text; `*` if there are none."""
    return " ".join(arguments.filter) or "*"


def selection_of(arguments: Namespace) -> list[str]:
    """The options that leave out a part of the suite."""
    given = (
        name for name in ("filter", "shard", "profile") if getattr(arguments, name)
    )
    return [f"--{name}" for name in given]


def selected(folder: Path, arguments: Namespace) -> list[Vector]:
    """The vectors of a folder that the options name. Raises VectorError if there are none."""
    return chosen(load(folder).vectors, arguments)


def chosen(vectors: Iterable[Vector], arguments: Namespace) -> list[Vector]:
    """The vectors that the options name. Raises VectorError if there are none."""
    found = filtered(list(vectors), arguments)
    part: Shard | None = arguments.shard
    return found if part is None else shard(found, part.index, part.number)


def filtered(vectors: Sequence[Vector], arguments: Namespace) -> list[Vector]:
    """The vectors that any `--filter` names, in their order.

    Raises VectorError for a pattern that names none.
    """
    if not arguments.filter:
        return list(vectors)
    names: set[str] = set()
    for pattern in arguments.filter:
        found = select(vectors, pattern)
        if not found:
            raise VectorError(f"no vector matches {pattern}{_meant(pattern, vectors)}")
        names.update(each.id for each in found)
    return [each for each in vectors if each.id in names]


def _meant(pattern: str, vectors: Sequence[Vector]) -> str:
    op, slash, _ = pattern.partition("/")
    ids = [each.id for each in vectors] if slash else []
    return perhaps(pattern, ids) or perhaps(op, BY_NAME)


def shard_of(text: str) -> Shard:
    """The value of `--shard`, for argparse."""
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def jobs_of(text: str) -> int:
    """The value of `--jobs`, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MAX_JOBS):
        raise ArgumentTypeError(f"{text!r} is not a number from 1 to {MAX_JOBS}")
    return int(text)
