"""What the page about the codec says of figures: the same work on either codec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .codecs import ROWS
from .native.start import CHOICE, IMPORT
from .tables import kibi, micros, table_lines

Results = Mapping[str, Any]
PAYLOAD = "ParticipantInfo"
START = (
    "Its import takes {imported:.1f} ms, and the choice of the codec, self-test included, "
    "{choice:.0f} ms. The first participant in all directions then takes {native:.0f} ms, "
    "on the Python codec {python:.0f} ms."
)
MEMORY = "A decoded participant takes {native} KiB, on the Python codec {python} KiB."
COLUMNS = ["", "Python", "native", "times as fast"]


def text(results: Results) -> str:
    """A table of both codecs, and what the extension costs; empty if it was not measured."""
    if not results.get("native") or "ours-native" not in results.get("codecs", {}):
        return ""
    lines = table_lines(COLUMNS, [*messages(results), *whole_tasks(results)])
    return "\n\n".join(["\n".join(lines), cost(results)])


def messages(results: Results) -> Iterator[list[str]]:
    """A participant in each direction."""
    found = results["codecs"]
    size = found["ours"]["sizes"][PAYLOAD]
    for row in ROWS:
        pairs = {name: each["rows"][row][PAYLOAD] for name, each in found.items()}
        yield line(f"a participant of {size} bytes: {row}", pairs)


def whole_tasks(results: Results) -> Iterator[list[str]]:
    """What has other work in it than that of a codec, as far as it was measured on both."""
    tokens, calls = results.get("tokens", {}), results.get("api", {}).get("calls", {})
    tasks: dict[str, Mapping[str, Any]] = {
        "receiving a webhook": results.get("webhooks", {}).get("receive", {})
    }
    for row in ("verify", "verify, with a room's agents"):
        tasks[f"token: {row}"] = {
            name: each["rows"][row] for name, each in tokens.items()
        }
    for call in ("CreateRoom", "ListParticipants, 50"):
        tasks[f"a call of the API: {call}"] = {
            name: each[call]["rows"][0] for name, each in calls.items()
        }
    for label, pairs in tasks.items():
        if "ours-native" in pairs:
            yield line(label, pairs)


def line(label: str, pairs: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Both times, and their ratio by way of the library that both were measured next to."""
    python, native = pairs["ours"], pairs["ours-native"]
    times = python["ratio"] / native["ratio"]
    cells = [f"{micros(each['seconds'])} µs" for each in (python, native)]
    return [label, *cells, f"{times:.1f}"]


def cost(results: Results) -> str:
    """What the extension takes, in sentences."""
    native, memory = results["native"], results.get("memory", {})
    own = native["start"]["ours-native"]
    words = [f"The binary has {native['size'] / 1e6:.2f} MB."]
    if native["build"]:
        taken = native["build"]["processor"]
        words.append(f"A clean build takes {taken:.0f} s of processor time.")
    words.append(
        START.format(
            imported=own[IMPORT] * 1e3,
            choice=own[CHOICE] * 1e3,
            native=first_use(own) * 1e3,
            python=first_use(native["start"]["ours"]) * 1e3,
        )
    )
    if "ours-native" in memory:
        kept = {name: kibi(memory[name]["traced"]) for name in ("ours", "ours-native")}
        words.append(MEMORY.format(native=kept["ours-native"], python=kept["ours"]))
    return " ".join(words)


def first_use(start: Mapping[str, float]) -> float:
    """Seconds of the first participant in all directions, after the codec was chosen."""
    return sum(taken for step, taken in start.items() if step not in (IMPORT, CHOICE))
