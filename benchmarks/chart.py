"""The results as one SVG picture, hand-written: ratios to google on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from typing import Any
from xml.sax.saxutils import escape

from .report import LABELS, geometric_means

SHOWN = ("decode + read", "construct + encode", "JSON encode", "JSON decode")
COLOURS = {
    "ours": "#2f81f7",
    "protobuf-py": "#8b949e",
    "protobuf-py pure": "#a98bd6",
    "betterproto2": "#d29922",
}
LEFT, WIDTH, RIGHT = 170, 520, 60
BAR, GAP, TOP = 14, 22, 84
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.title { font-size: 15px; font-weight: 600 }
.grid { stroke: #8b949e; stroke-opacity: 0.35 }
.one { stroke: #57606a; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9da7b3 }
  .one { stroke: #9da7b3 }
}
"""


def groups_of(results: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """What is drawn: ratios to google by group and library."""
    codecs = {
        name: geometric_means(each["rows"])
        for name, each in results.get("codecs", {}).items()
    }
    groups = {
        row: {name: means[row] for name, means in codecs.items()} for row in SHOWN
    }
    for title, ending in (
        ("import one message", "google: livekit_models_pb2"),
        ("import everything", "google: every module"),
    ):
        groups[title] = {
            each["library"]: each["ratio"]
            for each in results.get("imports", {}).values()
            if each["against"] == ending
        }
    return {title: bars for title, bars in groups.items() if bars}


def draw(results: Mapping[str, Any]) -> str:
    """The SVG document. Raises ValueError where results hold nothing that is drawn."""
    groups = groups_of(results)
    if not groups:
        raise ValueError("nothing to draw: run codecs or imports")
    scale = Scale([ratio for bars in groups.values() for ratio in bars.values()])
    parts: list[str] = []
    y = TOP
    for title, bars in groups.items():
        middle = y + BAR * len(bars) / 2 + 5
        parts.append(text(LEFT - 12, middle, title, "end"))
        for name, ratio in bars.items():
            parts.append(bar(scale, y, ratio, COLOURS[name]))
            y += BAR
        y += GAP
    names = list(dict.fromkeys(name for bars in groups.values() for name in bars))
    head = [*heading(), *legend(names), *scale.grid(TOP - 8, y - GAP + 8)]
    return document(y + 4, [*head, *parts])


class Scale:
    """A logarithmic axis over whole powers of ten that holds all ratios and 1."""

    def __init__(self, ratios: list[float]) -> None:
        logs = [log10(ratio) for ratio in ratios]
        self.low = min(-1, int(min(logs) // 1))
        self.high = max(1, int(-(-max(logs) // 1)))

    def __call__(self, ratio: float) -> float:
        """Where a ratio is on the x axis."""
        share = (log10(ratio) - self.low) / (self.high - self.low)
        return LEFT + WIDTH * share

    def grid(self, top: float, bottom: float) -> list[str]:
        """Vertical lines at powers of ten, the one for google's heavier."""
        lines: list[str] = []
        for power in range(self.low, self.high + 1):
            x = self(10.0**power)
            kind = "grid" if power else "one"
            lines.append(
                f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'
            )
            label = f"{10.0**power:g} x"
            lines.append(text(x, top - 5, label, "middle", "small"))
        return lines


def bar(scale: Scale, y: float, ratio: float, colour: str) -> str:
    """A bar from 1 to a ratio, with the number at its end."""
    one, end = scale(1), scale(ratio)
    x, width = min(one, end), max(abs(end - one), 1)
    shape = (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 2}" '
        f'fill="{colour}"/>'
    )
    after, anchor = (end + 4, "start") if ratio >= 1 else (end - 4, "end")
    return shape + text(after, y + BAR - 4, f"{ratio:.2f}", anchor, "small")


def heading() -> list[str]:
    """The title and what the axis means."""
    return [
        text(12, 24, "Time relative to google's protobuf (upb)", css="title"),
        text(LEFT + WIDTH + RIGHT - 12, 24, "left of 1: faster", "end", "small"),
    ]


def legend(names: list[str]) -> list[str]:
    """A coloured square and a name for each library."""
    parts: list[str] = []
    x = 12.0
    for name in names:
        label = LABELS[name]
        parts.append(
            f'<rect x="{x}" y="38" width="11" height="11" fill="{COLOURS[name]}"/>'
        )
        parts.append(text(x + 16, 48, label))
        x += 16 + 7.5 * len(label) + 20
    return parts


def text(x: float, y: float, words: str, anchor: str = "start", css: str = "") -> str:
    """A line of text."""
    kind = f' class="{css}"' if css else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>'
        f"{escape(words)}</text>"
    )


def document(height: float, parts: list[str]) -> str:
    """A whole SVG file around its parts."""
    width, height = LEFT + WIDTH + RIGHT, round(height)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = "<title>Time relative to google's protobuf</title>"
    return "\n".join([head, title, f"<style>{STYLE}</style>", *parts, "</svg>\n"])
