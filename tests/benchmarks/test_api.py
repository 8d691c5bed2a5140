"""The benchmarks of LiveKit's API run, and their tables say what is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks.trees
from benchmarks import process, runs
from benchmarks.api import calls, imports, mock
from benchmarks.api import tables as api_tables
from benchmarks.process import worker
from benchmarks.runs import Run
from benchmarks.trees import installed
from benchmarks.twirp import clients

needs_livekit_api = pytest.mark.skipif(
    not installed("livekit-api"), reason="needs livekit-api"
)
START = {step: {"min": 0.001, "median": 0.03} for step in (mock.IMPORT, mock.FIRST)}


def test_ours_calls_in_each_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own API is in the place of livekit-api, which may not be installed."""

    def peer(to: clients.Setting) -> dict[str, clients.Batch]:
        found = calls.ours(to)
        return {
            name.replace("lkproto async", calls.PEER): batch
            for name, batch in found.items()
        }

    monkeypatch.setattr(calls, "livekit_api", peer)

    found = calls.measure(process.ROOT / "generated", 1, clients.AT_ONCE)

    table, _ = api_tables.api_tables({"calls": {"ours": found}, "mock": START})
    assert len(table.rows) == len(clients.CALLS) * len(calls.COMPARISONS)
    assert [row[-1].split(":")[0] for row in table.rows[:3]] == [
        "≤ 0.5",
        "≤ 0.8",
        "≤ 0.8",
    ]
    assert all(row["ratio"] > 0 for each in found.values() for row in each["rows"])


@pytest.mark.slow
@needs_livekit_api
def test_livekit_api_calls_next_to_ours() -> None:
    """In a process of its own: google's classes of both cannot be loaded together."""
    found = worker("api.calls", process.ROOT / "generated", 1)

    assert [len(each["rows"]) for each in found.values()] == [3, 3, 3]


@pytest.mark.slow
@needs_livekit_api
def test_the_import_is_compared(tmp_path: Path) -> None:
    (tmp_path / "ours").symlink_to(process.ROOT / "generated")

    found = imports.measure(tmp_path, 1)

    table, _ = api_tables.api_tables({"imports": found, "mock": START})
    assert [row[0] for row in table.rows] == [imports.PEER, imports.OURS, imports.MADE]
    assert table.rows[1][-1].startswith("≤ 0.18: ")


def test_a_mock_is_started_in_a_process_of_its_own() -> None:
    found = mock.measure(1)

    assert all(0 < each["min"] <= each["median"] for each in found.values())
    table = api_tables.mock_table(found)
    assert [row[0] for row in table.rows] == [mock.IMPORT, mock.FIRST, mock.NEXT]


def test_the_start_is_judged_and_the_import_is_not() -> None:
    imported, first = api_tables.mock_table(START).rows

    assert (imported[-1], first[-1]) == ("", "≤ 20 ms: missed")


def test_without_livekit_api_the_mock_is_measured_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmarks.trees, "installed", lambda _: None)
    monkeypatch.setattr(mock, "measure", lambda rounds: {"rounds": rounds})
    run = Run(tmp_path, 1, ("ours", "google"), (), {})

    assert runs.run_api(run) == {"mock": {"rounds": 1}}
    assert run.problems == {"livekit-api": "not installed"}
