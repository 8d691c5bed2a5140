"""The results as one SVG picture, hand-written: ratios to google on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Mapping
from math import log10
from typing import Any
from xml.sax.saxutils import escape

from .report import geometric_means
from .tables import LABELS, ratio_text

SHOWN = ("decode + read", "construct + encode", "JSON encode", "JSON decode")
COLOURS = {
    "ours-native": "#1f6feb",
    "ours": "#79b8ff",
    "protobuf-py": "#8b949e",
    "protobuf-py pure": "#a98bd6",
    "betterproto2": "#d29922",
}
OURS = ("ours-native", "ours")
LEFT, WIDTH, RIGHT = 170, 570, 60
BAR, GAP, TOP = 15, 20, 92
# It has a ground of its own, for the page around it may be light where the system is dark.
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 12px; fill: #57606a }
.own { font-size: 12px; font-weight: 600 }
.title { font-size: 16px; font-weight: 600 }
.ground { fill: #ffffff; stroke: #d0d7de }
.grid { stroke: #8b949e; stroke-opacity: 0.35 }
.one { stroke: #57606a; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9da7b3 }
  .ground { fill: #0d1117; stroke: #30363d }
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
    return {title: in_order(bars) for title, bars in groups.items() if bars}


def in_order(bars: Mapping[str, float]) -> dict[str, float]:
    """Bars in the order of COLOURS, which begins with ours."""
    return {name: bars[name] for name in COLOURS if name in bars}


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
            parts.append(bar(scale, y, ratio, name))
            y += BAR
        y += GAP
    drawn = {name for bars in groups.values() for name in bars}
    names = [name for name in COLOURS if name in drawn]
    head = [*heading(), *legend(names), *scale.grid(TOP - 8, y - GAP + 8)]
    return document(y + 2, [*head, *parts])


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
            label = f"{10.0**power:g}" if power else "upb = 1"
            lines.append(text(x, top - 5, label, "middle", "small"))
        return lines


def bar(scale: Scale, y: float, ratio: float, name: str) -> str:
    """A bar from 1 to a ratio, with the number at its end."""
    one, end = scale(1), scale(ratio)
    x, width = min(one, end), max(abs(end - one), 1)
    shape = (
        f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 2}" '
        f'fill="{COLOURS[name]}"/>'
    )
    after, anchor = (end + 4, "start") if ratio >= 1 else (end - 4, "end")
    css = "own" if name in OURS else "small"
    return shape + text(after, y + BAR - 4, ratio_text(ratio), anchor, css)


def heading() -> list[str]:
    """The title and what the axis means."""
    axis = "logarithmic; left of 1 is faster"
    return [
        text(14, 27, "Time relative to google's protobuf on upb, in C", css="title"),
        text(LEFT + WIDTH + RIGHT - 14, 27, axis, "end", "small"),
    ]


def legend(names: list[str]) -> list[str]:
    """A coloured square and a name for each library."""
    parts: list[str] = []
    x = 14.0
    for name in names:
        label = LABELS[name]
        parts.append(
            f'<rect x="{x}" y="43" width="12" height="12" fill="{COLOURS[name]}"/>'
        )
        parts.append(text(x + 17, 54, label))
        x += 17 + 7.3 * len(label) + 18
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
    ground = (
        f'<rect class="ground" x="0.5" y="0.5" width="{width - 1}" '
        f'height="{height - 1}" rx="6"/>'
    )
    style = f"<style>{STYLE}</style>"
    return "\n".join([head, title, style, ground, *parts, "</svg>\n"])
