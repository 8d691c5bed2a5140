"""What the native codec costs is measured, and judged by what the project wants."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import gains, process
from benchmarks.native import cost
from benchmarks.native.start import CHOICE, IMPORT
from benchmarks.native.tables import native_tables
from benchmarks.process import EXTENSION, worker

DIRECTIONS = ["construct", "encode", "decode", "JSON encode", "JSON decode"]
START = {
    "ours": {CHOICE: 0.001, **dict.fromkeys(DIRECTIONS, 0.01)},
    "ours-native": {IMPORT: 0.0005, CHOICE: 0.03, **dict.fromkeys(DIRECTIONS, 0.002)},
}
FOUND = {
    "size": 499_304,
    "build": {"wall": 24.2, "processor": 46.0},
    "start": START,
}


@pytest.mark.slow
def test_a_start_is_measured_step_by_step() -> None:
    found = worker("native.start", process.ROOT / "generated")

    assert list(found) == [CHOICE, *DIRECTIONS]
    assert all(each > 0 for each in found.values())


@pytest.mark.slow
@pytest.mark.skipif(cost.extension() is None, reason="needs the extension")
def test_a_start_with_the_extension_begins_with_its_import() -> None:
    found = worker("native.start", process.ROOT / "generated", codec="native")

    assert list(found) == [IMPORT, CHOICE, *DIRECTIONS]


def test_the_tables_say_what_is_kept_and_what_is_missed() -> None:
    extension, start = native_tables(FOUND)

    assert [row[1:] for row in extension.rows] == [
        ["24 s (46 s of processors)", "≤ 60 s: kept"],
        ["0.50 MB", "≤ 1 MB: kept"],
        ["0.50 ms", "≤ 1 ms: kept"],
        ["30.00 ms", "≤ 20 ms: missed"],
    ]
    assert start.columns == ["", "lkproto (Python)", "lkproto (native)"]
    assert start.rows[-1] == ["sum", "51,000", "40,000"]
    assert native_tables({}) == []


def test_without_cargo_the_build_has_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert cost.build() is None
    extension, _ = native_tables(FOUND | {"build": None})
    assert [row[0] for row in extension.rows] == ["binary", IMPORT, CHOICE]


@pytest.mark.parametrize("inside", ["", EXTENSION])
def test_the_binary_is_found_alone_and_in_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    suffix = cost.EXTENSION_SUFFIXES[0]
    binary = tmp_path / inside / f"{EXTENSION}{suffix}"
    binary.parent.mkdir(exist_ok=True)
    binary.write_bytes(b"no code")
    if inside:
        (binary.parent / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, EXTENSION, raising=False)  # it may be in use
    monkeypatch.setattr("sys.path", [str(tmp_path)])

    assert cost.extension() == binary


def pair(seconds: float, ratio: float) -> dict[str, float]:
    return {"seconds": seconds, "ratio": ratio}


def test_the_gain_goes_by_the_ratios_not_by_the_times_of_two_processes() -> None:
    """Processors change speed; the other library was measured next to both."""
    row = gains.line("it", {"ours": pair(40e-6, 2.0), "ours-native": pair(10e-6, 0.4)})

    assert row == ["it", "40 µs", "10 µs", "5.0"]


def test_the_cost_becomes_sentences() -> None:
    memory = {"ours": {"traced": 7168}, "ours-native": {"traced": 6144}}

    text = gains.cost({"native": FOUND, "memory": memory})

    assert text == (
        "The binary has 0.50 MB. A clean build takes 46 s of processor time. Its import takes "
        "0.5 ms, and the choice of the codec, self-test included, 30 ms. The first participant in all directions "
        "then takes 10 ms, on the Python codec 50 ms. A decoded participant takes 6.00 KiB, on "
        "the Python codec 7.00 KiB."
    )
