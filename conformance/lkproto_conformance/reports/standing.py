"""Where a testee stands: counts that grow with each result, and take no memory for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..values import printable
from .model import Entry
from .tally import kind_of, operation_of

MAX_REASONS = 30
"""How many reasons of skips are counted each; a testee may give any number."""
MAX_REASON = 200
OTHERS = "for other reasons"


@dataclass
class Standing:
    """The results of a testee so far."""

    counts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    """By operation, how many there are of each kind of `tally`."""
    names: Counter[str] = field(default_factory=Counter[str])
    """How many there are of each verdict, `known` and `stale` apart."""
    reasons: Counter[str] = field(default_factory=Counter[str])
    """Why cases were skipped."""

    def add(self, entry: Entry) -> None:
        """Count a result."""
        kind = kind_of(entry)
        self.counts.setdefault(operation_of(entry.id), Counter())[kind] += 1
        self.names[kind if kind in ("known", "stale") else entry.verdict] += 1
        if kind == "skipped":
            reason = printable(entry.detail[:MAX_REASON])
            full = len(self.reasons) >= MAX_REASONS and reason not in self.reasons
            self.reasons[OTHERS if full else reason] += 1

    @property
    def failures(self) -> int:
        """How many results make the run fail, `not_run` apart."""
        return sum(each["failed"] + each["stale"] for each in self.counts.values())

    @property
    def not_run(self) -> int:
        """How many cases were not asked because the testee broke too often."""
        return sum(each["not run"] for each in self.counts.values())

    @property
    def summary(self) -> str:
        """The counts on one line."""
        counted = sorted(
            (printable(name), number) for name, number in self.names.items()
        )
        return (
            ", ".join(f"{number} {name}" for name, number in counted)
            or "nothing to ask"
        )

    @property
    def skips(self) -> Iterator[str]:
        """A line for each reason of skips."""
        for reason, number in sorted(self.reasons.items()):
            yield f"skip: {number} {reason}"
