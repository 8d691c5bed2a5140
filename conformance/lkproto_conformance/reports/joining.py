"""Joins reports: shards of one testee become one section, different testees follow each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..running.shards import Shard
from .model import Case, Entry, Header, Report, Section
from .reading import ReportError

MAX_MISSING = 20
"""How many missing shards a message names."""
Part = tuple[Path, Section]
"""A section and the file that it is from."""


def joined(
    reports: Sequence[tuple[Path, Report]], *, incomplete: bool = False
) -> Report:
    """The reports as one. Raises ReportError if they do not belong together.

    With `incomplete`, shards may be missing; the section then keeps the names of those there are.
    """
    parts = [(path, section) for path, report in reports for section in report.sections]
    _same_vectors(parts)
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(_testee(part[1].header), []).append(part)
    sections = tuple(_one(group, incomplete) for group in groups.values())
    complete = all(report.complete for _, report in reports)
    return Report(sections, _cases(reports), complete)


def _testee(header: Header) -> str:
    return repr((header.label, header.connector, sorted(header.implementation.items())))


def _same_vectors(parts: Sequence[Part]) -> None:
    for name in ("digest", "suite", "upstream"):
        values = {getattr(section.header, name): path for path, section in parts}
        if len(values) > 1:
            (one, first), (other, second) = list(values.items())[:2]
            raise ReportError(
                f"{first} and {second} are of different vectors: {name} {one[:60]} and "
                f"{other[:60]}; run both with the same version of the suite"
            )


def _cases(reports: Sequence[tuple[Path, Report]]) -> dict[str, Case]:
    found: dict[str, Case] = {}
    for path, report in reports:
        for name, case in report.cases.items():
            if found.setdefault(name, case) != case:
                raise ReportError(
                    f"{path}: describes {name} otherwise than a file before it"
                )
    return found


def _one(parts: list[Part], incomplete: bool) -> Section:
    """The section of one testee."""
    path, first = parts[0]
    if len(parts) == 1 and not first.header.shard:
        return first
    if not all(section.header.shard for _, section in parts):
        raise ReportError(
            f"{parts[1][0]}: has results of {first.header.label}, as {path} has; leave one out"
        )
    missing = _missing_shards(parts)
    if missing and not incomplete:
        raise ReportError(
            f"of {first.header.label} these shards are missing: {missing}; "
            "`report --incomplete` shows what there is"
        )
    header = _header(parts)
    if missing:
        there = [_shard(path, section.header) for path, section in parts]
        there.sort(key=lambda each: each.index)
        header = replace(header, shard=", ".join(map(str, there)))
    return Section(header, _entries(parts), tuple(dict.fromkeys(_stale(parts))))


def _missing_shards(parts: list[Part]) -> str:
    """Names of the shards that are missing. Raises ReportError if these are not of one run."""
    found: dict[int, Path] = {}
    path, first = parts[0]
    number = _shard(path, first.header).number
    for path, section in parts:
        shard = _shard(path, section.header)
        if shard.number != number:
            raise ReportError(
                f"{path}: is shard {shard}, but another file is one of {number}"
            )
        if shard.index in found:
            raise ReportError(f"{path}: is shard {shard}, as {found[shard.index]} is")
        if section.header.filter != first.header.filter:
            raise ReportError(f"{path}: has another --filter than {parts[0][0]}")
        found[shard.index] = path
    missing = [index for index in range(1, number + 1) if index not in found]
    names = ", ".join(f"{index}/{number}" for index in missing[:MAX_MISSING])
    return names + (", …" if len(missing) > MAX_MISSING else "")


def _shard(path: Path, header: Header) -> Shard:
    try:
        return Shard.parse(header.shard)
    except ValueError as error:
        raise ReportError(f"{path}: {error}") from None


def _header(parts: list[Part]) -> Header:
    headers = [section.header for _, section in parts]
    started = [each for each in headers if not each.not_started] or headers
    return replace(
        started[0],
        shard="",
        begun=min(each.begun for each in headers),
        not_started="; ".join(
            f"shard {each.shard}: {each.not_started}"
            for each in headers
            if each.not_started
        ),
    )


def _entries(parts: list[Part]) -> tuple[Entry, ...]:
    """The results in the order of a run: profile by profile, each by the ids of its vectors."""
    profiles = [each for _, section in parts for each in section.header.profiles]
    place = {name: at for at, name in reversed(list(enumerate(profiles)))}
    found: dict[tuple[str, str], Entry] = {}
    for path, section in parts:
        for entry in section.entries:
            if found.setdefault((entry.id, entry.profile), entry) is not entry:
                raise ReportError(
                    f"{path}: has a result of {entry.id} [{entry.profile}], "
                    "as another shard has"
                )
    return tuple(
        sorted(
            found.values(),
            key=lambda each: (place.get(each.profile, len(place)), each.id),
        )
    )


def _stale(parts: list[Part]) -> Iterator[str]:
    return (why for _, section in parts for why in section.stale)
