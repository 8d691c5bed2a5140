"""Results as tables, in plain text or Markdown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import geometric_mean
from typing import Any

from .api.tables import api_tables
from .codecs import ROWS
from .generation import COLD, NO_CHANGE
from .libraries import CODECS
from .native.tables import native_tables
from .tables import LABELS, Table, at_least, human, kibi, micros, ratio_text, verdict
from .twirp.tables import twirp_tables

Results = Mapping[str, Any]

# What the project wants, in seconds or as a ratio to google's.
GENERATION_TARGETS = {COLD: 3.0, NO_CHANGE: 1.0}
TOKEN_TARGET = 1 / 3
REFUSAL_TARGET = 1.1  # no longer, but for noise
RECEIVE_TARGET = 0.17
SEND_TARGETS = {"memory": 0.75, "sqlite": 0.5}  # of the deliveries/s of a bare loop
FLAT = 1.2  # the resident size at the end, against that after a tenth
IMPORT_TARGETS = {
    "lkproto: the package alone": (0.003, None),
    "lkproto: Room": (None, 0.6),
    "lkproto: every module": (None, 0.7),
}


def tables(results: Results) -> list[Table]:
    """The tables of all benchmarks that were run."""
    makers: dict[str, Callable[[Results], list[Table]]] = {
        "codecs": codec_tables,
        "native": native_tables,
        "memory": lambda found: [memory_table(found)],
        "first_use": first_use_tables,
        "large": large_tables,
        "generation": lambda found: [generation_table(found)],
        "imports": lambda found: [import_table(found)],
        "tokens": token_tables,
        "webhooks": webhook_tables,
        "webhooks_memory": lambda found: [webhook_memory_table(found)],
        "twirp": twirp_tables,
        "api": api_tables,
    }
    return [
        table
        for name, make in makers.items()
        if name in results
        for table in make(results[name])
    ]


def geometric_means(rows: Results) -> dict[str, float]:
    """The mean ratio to upb over the payloads, by row."""
    return {
        row: geometric_mean(pair["ratio"] for pair in payloads.values())
        for row, payloads in rows.items()
    }


def codec_tables(found: Results) -> list[Table]:
    """One table of means over all libraries, and one for each of the rows by payload."""
    means = {name: geometric_means(each["rows"]) for name, each in found.items()}
    names = list(means)
    columns = ["", LABELS["google"], *(LABELS[name] for name in names)]
    summary = Table(
        "Codecs: time relative to google's upb (geometric mean of five payloads)",
        columns,
        [
            [row, "1.00", *(ratio_text(means[name][row]) for name in names)]
            for row in ROWS
        ],
        fallback_note(found),
    )
    return [summary, *(payload_table(row, found, columns) for row in ROWS)]


def payload_table(row: str, found: Results, columns: Sequence[str]) -> Table:
    """Ratios and microseconds of one row, payload by payload."""
    first = next(iter(found.values()))
    lines: list[list[str]] = []
    for payload, size in first["sizes"].items():
        pairs = [each["rows"][row][payload] for each in found.values()]
        reference = min(pair["reference"] for pair in pairs)
        cells = [
            f"{ratio_text(pair['ratio'])} ({micros(pair['seconds'])})" for pair in pairs
        ]
        lines.append([f"{payload}, {size:,} B", f"({micros(reference)})", *cells])
    return Table(f"{row}: ratio to upb, in brackets µs", columns, lines)


def fallback_note(found: Results) -> str:
    """What the fast codecs left to the exact one, of those that were measured."""
    counts = [found[name]["fallbacks"] for name in CODECS if name in found]
    if not counts:
        return ""
    return f"Fallbacks of lkproto's codecs to its exact one in this run: {sum(counts)}."


def first_use_tables(found: Results) -> list[Table]:
    """The first call of each direction over all classes, a table for each codec."""
    return [first_use_table(LABELS[name], each) for name, each in found.items()]


def first_use_table(name: str, found: Results) -> Table:
    """The first call of each direction over all classes."""
    rows = [
        [
            direction,
            micros(each["loading"]),
            micros(each["median"]),
            micros(each["worst"]),
            each["worst_class"],
        ]
        for direction, each in found.items()
    ]
    count = next(iter(found.values()))["classes"]
    return Table(
        f"First use of the {count} message classes of {name} (µs)",
        ["", "first in process", "median", "worst", "class"],
        rows,
    )


def memory_table(found: Results) -> Table:
    """Memory of one decoded message by library; on the native codec it is to be no more."""
    limit = found.get("ours", {}).get("traced")
    rows = [
        [
            LABELS[name],
            kibi(each["traced"]),
            kibi(each["resident"]),
            (
                verdict(each["traced"], limit, 1 / 1024, " KiB")
                if name == "ours-native"
                else ""
            ),
        ]
        for name, each in found.items()
    ]
    return Table(
        "Memory of one decoded and read ParticipantInfo with four tracks (KiB)",
        ["", "Python's allocator", "growth of the process", "target"],
        rows,
        "upb keeps messages outside Python's allocator.",
    )


def large_tables(found: Results) -> list[Table]:
    """Throughput by size, a table for each direction."""
    kinds = next(iter(found.values()))
    rows = next(iter(kinds.values()))[0]["rows"]
    return [large_table(row, found) for row in rows]


def large_table(row: str, found: Results) -> Table:
    """MB/s by size, and how much slower the slowest size is than the fastest.

    Google's are those that were measured next to our first codec.
    """
    everything = [series for kinds in found.values() for series in kinds.values()]
    sizes = max(everything, key=len)
    first = next(iter(found))
    lines: list[list[str]] = []
    for kind in found[first]:
        sides = [(LABELS[name], found[name][kind], "seconds") for name in found]
        sides.append((LABELS["google"], found[first][kind], "reference"))
        for label, series, key in sides:
            speeds = [each["bytes"] / each["rows"][row][key] / 1e6 for each in series]
            cells = [f"{speed:.3g}" for speed in speeds]
            cells += ["-"] * (len(sizes) - len(cells))
            spread = f"{max(speeds) / min(speeds):.1f}"
            lines.append([f"{kind}, {label}", *cells, spread])
    columns = ["", *(human(each["bytes"]) for each in sizes), "fastest / slowest"]
    return Table(f"Large messages, {row} (MB/s)", columns, lines)


def generation_table(found: Results) -> Table:
    """Seconds to generate the whole schema."""
    rows = [
        [
            label,
            f"{each['min']:.2f}",
            f"{each['median']:.2f}",
            str(each.get("files", "-")),
            f"{each['lines']:,}" if "lines" in each else "-",
            verdict(each["median"], GENERATION_TARGETS.get(label)),
        ]
        for label, each in found.items()
    ]
    return Table(
        "Generation of the whole schema (wall seconds)",
        ["", "min", "median", "files", "lines", "target"],
        rows,
    )


def import_table(found: Results) -> Table:
    """Milliseconds of imports, and ratios to google's."""
    rows: list[list[str]] = []
    for label, each in found.items():
        seconds, ratio = IMPORT_TARGETS.get(label, (None, None))
        rows.append(
            [
                label,
                f"{each['min'] * 1e3:.1f}",
                f"{each['median'] * 1e3:.1f}",
                "-" if each["ratio"] is None else f"{each['ratio']:.2f}",
                (
                    verdict(each["ratio"], ratio)
                    if ratio
                    else verdict(each["min"], seconds, scale=1e3, unit=" ms")
                ),
            ]
        )
    return Table(
        "Imports (wall ms beyond a bare interpreter; .pyc files warm)",
        ["", "min", "median", "ratio to google", "target"],
        rows,
    )


def token_tables(found: Results) -> list[Table]:
    """Access tokens compared with livekit-api, and how fast bad ones are refused."""
    if not found:
        return []
    rows = [
        [
            f"{row}, {LABELS[name]}",
            micros(each["seconds"]),
            micros(each["reference"]),
            f"{each['ratio']:.2f}",
            verdict(each["ratio"], TOKEN_TARGET),
        ]
        for row in next(iter(found.values()))["rows"]
        for name, on in found.items()
        for each in [on["rows"][row]]
    ]
    refusals = [
        [
            row,
            micros(each["seconds"]),
            f"{each['ratio']:.2f}",
            verdict(each["ratio"], REFUSAL_TARGET),
        ]
        for row, each in next(iter(found.values()))["refusals"].items()
    ]
    return [
        Table(
            "Access tokens, signature included (µs)",
            ["", "lkproto", "livekit-api", "ratio", "target"],
            rows,
        ),
        Table(
            "Refusing tokens, compared with accepting a good one as long (µs)",
            ["", "lkproto", "ratio", "target"],
            refusals,
        ),
    ]


def webhook_tables(found: Results) -> list[Table]:
    """Receiving compared with livekit-api, and sending with a loop that signs and posts."""
    rows = [
        [
            f"event of {each['event']} B, {each['body']:,} B of JSON, {LABELS[name]}",
            micros(each["seconds"]),
            micros(each["reference"]),
            f"{each['ratio']:.2f}",
            verdict(each["ratio"], RECEIVE_TARGET),
        ]
        for name, each in found.get("receive", {}).items()
    ]
    received = Table(
        "Receiving a webhook (µs)",
        ["", "lkproto", "livekit-api", "ratio", "target"],
        rows,
    )
    return [*([received] if rows else []), sending_table(found["send"])]


def sending_table(found: Results) -> Table:
    """Deliveries a second of each store, and as a share of those of the bare loop."""
    rows: list[list[str]] = []
    for store, each in found.items():
        wall, processor = each["wall"], each["processor"]
        share = 1 / wall["ratio"]
        rows.append(
            [
                store,
                f"{1 / wall['seconds']:,.0f}",
                f"{1 / wall['reference']:,.0f}",
                f"{share:.2f}",
                at_least(share, SEND_TARGETS[store]),
                micros(processor["seconds"]),
                micros(processor["reference"]),
            ]
        )
    columns = ["store", "deliveries/s", "bare loop", "share", "target"]
    return Table(
        "Sending webhooks, compared with a loop that signs and posts",
        [*columns, "processor µs", "bare loop"],
        rows,
        "40 keys, one thread that queues, at most 64 that send; the loop has one thread.",
    )


def webhook_memory_table(found: Results) -> Table:
    """The resident size of a sender early and at the end."""
    rows: list[list[str]] = []
    for store, each in found.items():
        early, end = each["early"], each["end"]
        if early is None or end is None:
            rows.append([store, "-", "-", ""])
            continue
        grown = verdict(end / early, FLAT)
        rows.append([store, f"{early / 2**20:.1f}", f"{end / 2**20:.1f}", grown])
    count = next(iter(found.values()))["events"]
    return Table(
        f"Memory of a sender over {count:,} webhooks (MiB)",
        ["store", "after a tenth", "at the end", "target"],
        rows,
    )


def text_of(found: Iterable[Table]) -> str:
    """Tables for a terminal."""
    return "\n\n".join(table.text() for table in found)
