"""The parts of pages that have figures, which one command writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import chart, gains, readme, report
from .tables import label

Results = Mapping[str, Any]
PICTURE = "docs/pictures/benchmarks.svg"


@dataclass(frozen=True, slots=True)
class Markers:
    """The lines between which a page has figures."""

    begin: str
    end: str


TABLES = Markers("<!-- benchmark tables: begin -->", "<!-- benchmark tables: end -->")
SUMMARY = Markers("<!-- benchmarks -->", "<!-- /benchmarks -->")
GAINS = Markers("<!-- gains: begin -->", "<!-- gains: end -->")


def write(root: Path, results: Results) -> None:
    """Draw the chart and write the figures into all pages that have some.

    Raises ValueError where a benchmark is missing whose figures a page has; the page about the
    codec keeps its own where the extension was not measured.
    """
    for path, (markers, make) in PAGES.items():
        body = make(results)
        if body:
            insert(root / path, markers, body)
    (root / PICTURE).write_text(chart.draw(results), "utf-8")


def tables(results: Results) -> str:
    """All tables, below what they come from."""
    about = results["environment"]
    versions = ", ".join(f"{name} {each}" for name, each in about["versions"].items())
    where = f"{about['system']}, {about['processors']} processors"
    facts = [f"Python {about['python']}, {where}; {versions}."]
    facts += [f"Without {label(peer)}." for peer in results["problems"]]
    return "\n\n".join([*facts, *(each.markdown() for each in report.tables(results))])


def insert(path: Path, markers: Markers, body: str) -> None:
    """Put a text between the markers of a page. Raises SystemExit without them."""
    head, tail = around(path, markers)
    whole = f"{head}{markers.begin}\n\n{body}\n\n{markers.end}{tail}"
    path.write_text(whole, "utf-8")


def around(path: Path, markers: Markers) -> tuple[str, str]:
    """The text before and after the markers of a page. Raises SystemExit without them."""
    text = path.read_text("utf-8")
    if markers.begin not in text or markers.end not in text:
        raise SystemExit(
            f"{path}: the markers are missing: {markers.begin} and {markers.end}"
        )
    head, _, rest = text.partition(markers.begin)
    return head, rest.partition(markers.end)[2]


def between(path: Path, markers: Markers) -> str:
    """What a page has between its markers."""
    head, tail = around(path, markers)
    text = path.read_text("utf-8")
    inside = text[len(head) + len(markers.begin) : len(text) - len(tail)]
    return inside.removesuffix(markers.end).strip()


PAGES: dict[str, tuple[Markers, Callable[[Results], str]]] = {
    "docs/judge/benchmarks.md": (TABLES, tables),
    "docs/judge/codec.md": (GAINS, gains.text),
    "README.md": (SUMMARY, readme.text),
}
