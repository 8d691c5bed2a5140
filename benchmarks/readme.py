"""What the README says of figures: the chart, a table of codecs, and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .codecs import ROWS
from .generation import COLD, NO_CHANGE
from .report import geometric_means
from .tables import LABELS, ratio_text, table_lines

Results = Mapping[str, Any]
NEEDED = ("codecs", "memory", "generation", "tokens", "webhooks", "twirp", "api")
# Lines are joined: a page's paragraph is one line.
CHART = """
![Time relative to google's protobuf on upb, its C backend, for both codecs of lkproto,
protobuf-py and betterproto2](docs/pictures/benchmarks.svg)
"""
PURE = """
lkproto is pure Python, upb is C. upb decodes a field when it is read, so it is far ahead where
fields are left alone (*decode only*), and where a message already exists (*encode only*).
A decoded participant takes {memory} KiB.
"""
NATIVE = """
lkproto is pure Python, upb is C.
[The native codec](docs/judge/codec.md#the-native-codec) is an optional extension in Rust, with
the same results. upb decodes a field when it is read, so it is at its best where fields are left
alone (*decode only*), and where a message already exists (*encode only*).
A decoded participant takes {memory} KiB, on the native codec {native_memory}.
"""
OTHERS = """
Generating the whole schema takes {generation:.2f} s, and {no_change:.1f} s when there is nothing
to do. Minting an access token takes {mint:.2f} of the time that `livekit-api` takes, verifying one
{verify}, receiving a webhook {receive}. A notifier makes {memory_store:.2f} of the deliveries of a
loop that only signs and posts; with SQLite {sqlite_store:.2f}. A call of a LiveKit server takes
{call:.2f} of the processor time that `livekit-api` takes, its token included (with asyncio
{later:.2f}), and importing `LiveKitAPI` {imported:.2f}; a mock starts in {mock:.0f} ms. A Twirp
call takes {twirp:.2f} of twirpy's time; a server answers {server:.2f} of the requests of a bare
ASGI application; {large}
[All figures, and how they are measured](docs/judge/benchmarks.md).
"""
LARGE = "a large answer takes more, because it is decoded in Python."
LARGE_NATIVE = (
    "a large answer takes more on the Python codec: a list of fifty participants takes "
    "{python:.2f} of the time of `livekit-api`, on the native codec {native:.2f}."
)


def text(results: Results) -> str:
    """The whole part. Raises ValueError where a benchmark is missing."""
    missing = [name for name in NEEDED if not results.get(name)]
    if missing:
        raise ValueError(f"the README needs figures of {', '.join(missing)}")
    words = "\n".join([codecs(results), paragraph(OTHERS, **others(results))])
    return "\n\n".join([paragraph(CHART), table(results["codecs"]), words])


def paragraph(template: str, **values: object) -> str:
    """A template in one line, with values."""
    return template.strip().replace("\n", " ").format(**values)


def table(found: Results) -> str:
    """Means of all payloads, by library."""
    means = {name: geometric_means(each["rows"]) for name, each in found.items()}
    columns = ["time relative to upb", *(LABELS[name] for name in means)]
    rows = ([row, *(ratio_text(each[row]) for each in means.values())] for row in ROWS)
    return "\n".join(table_lines(columns, rows))


def codecs(results: Results) -> str:
    """What the table is about."""
    kept = {
        name: f"{each['traced'] / 1024:.1f}" for name, each in results["memory"].items()
    }
    if "ours-native" not in results["codecs"]:
        return paragraph(PURE, memory=kept["ours"])
    return paragraph(NATIVE, memory=kept["ours"], native_memory=kept["ours-native"])


def others(results: Results) -> dict[str, object]:
    """Figures of everything else, on the Python codec where nothing else is said."""
    generation, api, twirp = results["generation"], results["api"], results["twirp"]
    stores = results["webhooks"]["send"]
    tokens = {name: each["rows"] for name, each in results["tokens"].items()}
    calls = {row["label"]: row["ratio"] for row in created(api["calls"])}
    bare = twirp["servers"]["uvicorn"]["DeleteRoom"]["lkproto"]["ratio"]
    return {
        "generation": generation[COLD]["median"],
        "no_change": generation[NO_CHANGE]["median"],
        "mint": tokens["ours"]["mint"]["ratio"],
        "verify": on_both({name: each["verify"] for name, each in tokens.items()}),
        "receive": on_both(results["webhooks"]["receive"]),
        "memory_store": 1 / stores["memory"]["wall"]["ratio"],
        "sqlite_store": 1 / stores["sqlite"]["wall"]["ratio"],
        "call": calls["sync"],
        "later": calls["async, one by one"],
        "imported": api["imports"]["lkproto: LiveKitAPI"]["ratio"],
        "mock": api["mock"]["first start"]["median"] * 1e3,
        "twirp": next(
            row["ratio"] for row in created(twirp["clients"]) if row["peer"] == "twirp"
        ),
        "server": 1 / bare,
        "large": large(twirp["clients"]),
    }


def on_both(found: Results) -> str:
    """The ratio on the Python codec, and that on the native one if it is there."""
    python = f"{found['ours']['ratio']:.2f}"
    if "ours-native" not in found:
        return python
    return f"{python} (on the native codec {found['ours-native']['ratio']:.2f})"


def created(found: Results) -> list[dict[str, Any]]:
    """The comparisons of CreateRoom, on the Python codec."""
    rows: list[dict[str, Any]] = found["ours"]["CreateRoom"]["rows"]
    return rows


def large(clients: Results) -> str:
    """What decoding a large answer means for a call."""
    if "ours-native" not in clients:
        return LARGE
    python, native = (
        clients[name]["ListParticipants, 50"]["rows"][0]["ratio"]
        for name in ("ours", "ours-native")
    )
    return LARGE_NATIVE.format(python=python, native=native)
