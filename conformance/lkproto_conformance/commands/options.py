"""Options that several commands have."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from pathlib import Path

from ..protocol import PROFILES
from ..running.runner import select
from ..running.shards import Shard, shard
from ..vectors import Vector, VectorError, load

MAX_JOBS = 256


def declare_selection(parser: ArgumentParser) -> None:
    """Add `--filter`, `--profile` and `--shard`."""
    parser.add_argument("--profile", choices=PROFILES, help="only this profile")
    parser.add_argument(
        "--filter",
        default="*",
        metavar="PATTERN",
        help="only these ids: one, the beginning of some, or a shell pattern",
    )
    parser.add_argument(
        "--shard",
        type=shard_of,
        metavar="I/N",
        help="only the Ith of N parts, which together are all",
    )


def selected(folder: Path, arguments: Namespace) -> list[Vector]:
    """The vectors of a folder that the options name. Raises VectorError if there are none."""
    return chosen(load(folder).vectors, arguments)


def chosen(vectors: Iterable[Vector], arguments: Namespace) -> list[Vector]:
    """The vectors that the options name. Raises VectorError if there are none."""
    found = select(vectors, arguments.filter)
    if not found:
        raise VectorError(f"no vector matches {arguments.filter}")
    part: Shard | None = arguments.shard
    return found if part is None else shard(found, part.index, part.number)


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
