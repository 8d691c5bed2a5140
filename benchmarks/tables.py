"""A table, and how its cells are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The names of libraries in tables; google's is the reference.
LABELS = {
    "ours": "lkproto (Python)",
    "ours-native": "lkproto (native)",
    "google": "google (upb)",
    "protobuf-py": "protobuf-py (native)",
    "protobuf-py pure": "protobuf-py (pure)",
    "betterproto2": "betterproto2",
}


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
        lines = table_lines(self.columns, self.rows)
        notes = ["", self.note] if self.note else []
        return "\n".join([f"### {self.title}", "", *lines, *notes])


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown without a heading: text on the left, figures on the right."""
    marks = ["---", *["---:"] * (len(columns) - 1)]
    return [f"| {' | '.join(line)} |" for line in (columns, marks, *rows)]


def label(name: str) -> str:
    """What tables call a library; a distribution by its name."""
    return LABELS.get(name, name)


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


def ratio_text(ratio: float) -> str:
    """A ratio with two digits or more that say something: 0.026, 0.19, 2.28, 24.5."""
    return f"{ratio:.{3 if ratio < 0.1 else 2 if ratio < 10 else 1}f}"


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
