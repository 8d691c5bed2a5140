"""A table, and how its cells are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; its first column is text, the others are right-aligned."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def text(self) -> str:
        """The table with aligned columns, for a terminal."""
        lines = [self.columns, *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        body = [
            "  ".join(
                cell.rjust(width) if number else cell.ljust(width)
                for number, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        body.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join([self.title, *body, *([self.note] if self.note else [])])

    def markdown(self) -> str:
        """The table in Markdown, below a heading."""
        marks = ["---", *["---:"] * (len(self.columns) - 1)]
        lines = [
            f"| {' | '.join(line)} |" for line in (self.columns, marks, *self.rows)
        ]
        notes = ["", self.note] if self.note else []
        return "\n".join([f"### {self.title}", "", *lines, *notes])


def verdict(
    value: float, target: float | None, scale: float = 1, unit: str = ""
) -> str:
    """A target and whether a value keeps it."""
    if target is None:
        return ""
    kept = "kept" if value <= target else "missed"
    return f"≤ {target * scale:.3g}{unit}: {kept}"


def at_least(value: float, target: float) -> str:
    """A lower bound and whether a value keeps it."""
    return f"≥ {target:g}: {'kept' if value >= target else 'missed'}"


def micros(seconds: float) -> str:
    """Seconds as microseconds, to three digits."""
    value = seconds * 1e6
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def kibi(size: float | None) -> str:
    """Bytes as KiB."""
    return "-" if size is None else f"{size / 1024:.2f}"


def human(size: int) -> str:
    """Bytes as kB or MB, rounded."""
    kilo = size / 1000
    return f"{kilo:.0f} kB" if kilo < 999.5 else f"{kilo / 1000:.0f} MB"
