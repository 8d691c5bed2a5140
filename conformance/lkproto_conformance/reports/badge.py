"""A badge: how many cases a testee passes, as an SVG that needs nothing else."""

from __future__ import annotations

from collections import Counter
from html import escape

from ..values import printable
from .model import Report
from .tally import judged, testees

LABEL = "conformance"
_WIDTH = 6.6
"""Of a character of the font, in pixels; the text is stretched to what it should have."""
_GREEN, _YELLOW, _RED, _GREY = "#2c7d3a", "#8a6a00", "#b3261e", "#5f6368"

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
<title>{title}</title>
<clipPath id="round"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#3c4043"/>
<rect x="{left}" width="{right}" height="20" fill="{color}"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="6" y="14" textLength="{left_text}">{label}</text>
<text x="{right_at}" y="14" textLength="{right_text}">{value}</text>
</g>
</svg>
"""


class BadgeError(ValueError):
    """A report of several testees, of which a badge shows one."""


def badge(report: Report) -> str:
    """The badge of a report with one testee. Raises BadgeError."""
    found = testees(report)
    if len(found) != 1:
        names = ", ".join(printable(each.key)[:60] for each in found[:10])
        raise BadgeError(f"a badge is of one testee; choose with --only: {names}")
    value, color = _value(found[0].total, report, bool(found[0].stale))
    return _drawn(value, color)


def _value(total: Counter[str], report: Report, stale: bool) -> tuple[str, str]:
    passed, of = total["passed"], judged(total)
    if not report.complete or total["not run"] or not of:
        return "incomplete", _GREY
    failing = total["failed"] + total["stale"] + stale
    color = _RED if failing else _YELLOW if total["known"] else _GREEN
    return f"{passed:,}/{of:,}", color


def _drawn(value: str, color: str) -> str:
    left_text, right_text = (round(_WIDTH * len(text)) for text in (LABEL, value))
    left, right = left_text + 12, right_text + 12
    return _SVG.format(
        width=left + right,
        left=left,
        right=right,
        left_text=left_text,
        right_text=right_text,
        right_at=left + 6,
        color=color,
        label=LABEL,
        value=escape(value),
        title=escape(f"{LABEL}: {value}"),
    )
