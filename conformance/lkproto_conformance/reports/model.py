"""What a report holds: for each testee a header and its results, and the cases they are about.

A report is lines of JSON (`lines`): `header`, `case`, `result`, `stale`, and at the end `footer`,
without which it is not a report. Results belong to the header before them; a case is described
once, before its first result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Header:
    """Who was asked what: a testee, as it describes itself, and the selection of cases."""

    suite: str
    """The version of the suite."""
    upstream: str
    """What the vectors are of, such as `livekit/protocol v1.54.0`."""
    digest: str
    """The digest of the vector files."""
    label: str
    """A short name of the testee: of its folder, or of its implementation."""
    implementation: dict[str, Any] = field(default_factory=dict[str, Any])
    capabilities: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    """The profiles it was asked in."""
    unavailable: dict[str, str] = field(default_factory=dict[str, str])
    filter: str = "*"
    shard: str = ""
    """`index/number`, or empty."""
    connector: str = ""
    """How to reach it, for the line that reproduces a failure."""
    begun: int = 0
    """Unix seconds."""
    not_started: str = ""
    """Why it did not start; then it has no results."""


@dataclass(frozen=True, slots=True)
class Case:
    """A vector, as people read it."""

    id: str
    op: str
    comment: str
    level: str
    result: str
    flags: tuple[str, ...]
    profiles: tuple[str, ...]
    spec: tuple[str, ...]
    oracle: str
    args: dict[str, Any]
    expect: dict[str, Any]
    notes: dict[str, Any] = field(default_factory=dict[str, Any])
    """The note of each flag: `kind`, `description`, `effect`, perhaps `links`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of a case in a profile."""

    id: str
    profile: str
    verdict: str
    detail: str = ""
    reply: dict[str, Any] | None = None
    """`{outcome: body}`; kept where the verdict is not `pass` or `skip`."""
    milliseconds: float = 0.0
    known: str = ""
    """For a failure that is listed as known: what the list says of it."""
    stale: str = ""
    """Why an expectation of the testee's lists does not hold any more: it makes the run fail."""

    @property
    def fails(self) -> bool:
        """Whether it makes the run fail."""
        return bool(self.stale) or (
            not self.known and self.verdict not in ("pass", "skip", "observed")
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A testee and its results."""

    header: Header
    entries: tuple[Entry, ...]
    stale: tuple[str, ...] = ()
    """Expectations of its lists that belong to no result, such as a pattern without a match."""


@dataclass(frozen=True, slots=True)
class Report:
    """A run."""

    sections: tuple[Section, ...]
    cases: dict[str, Case]
    complete: bool = True
    """Whether it has its footer; false only where a reader asked for what there is."""
