"""Every benchmark runs, with few and short rounds; builders and readers do what they claim."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import benchmarks.trees
from benchmarks import (
    codecs,
    generation,
    imports,
    large,
    process,
    report,
    runs,
    tokens,
    webhooks,
)
from benchmarks.libraries import LIBRARIES, Library
from benchmarks.payloads import PAYLOADS, Payload
from benchmarks.process import worker
from benchmarks.runs import Run
from benchmarks.trees import installed, make_trees
from benchmarks.twirp import clients
from benchmarks.twirp import imports as twirp_imports
from benchmarks.twirp import tables as twirp_tables

SHORT = 0.0002
# The intended sizes of the payloads, in bytes.
SIZES = {
    "Room": 293,
    "ParticipantInfo": 889,
    "WebhookEvent": 555,
    "ListParticipants": 28_080,
    "DataPacket": 1137,
}
each_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=lambda each: each.name)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Our code and google's, in one folder; restores sys.path afterwards."""
    folder = tmp_path_factory.mktemp("trees")
    before = list(sys.path)
    assert make_trees(folder, ["google"]) == {}
    yield folder
    sys.path[:] = before


@pytest.fixture(scope="module")
def google(trees: Path) -> Library:
    return LIBRARIES["google"](trees)


@pytest.mark.slow
@each_payload
def test_builders_make_equal_messages_of_the_size_they_claim(
    trees: Path, google: Library, payload: Payload
) -> None:
    ours = payload.builder(LIBRARIES["ours"](trees).classes)()
    reference = payload.builder(google.classes)()

    assert ours.to_bytes(deterministic=True) == reference.SerializeToString(
        deterministic=True
    )
    assert len(ours.to_bytes()) == pytest.approx(SIZES[payload.name], rel=0.02)


@each_payload
def test_readers_read_every_set_field(google: Library, payload: Payload) -> None:
    message = payload.builder(google.classes)()
    seen: set[str] = set()

    payload.reader(google.classes)(Recorder(message, "$", seen))

    assert set(set_fields(message, "$")) <= seen


class Recorder:
    """A message that records the paths of the fields read from it."""

    def __init__(self, message: Any, path: str, seen: set[str]) -> None:
        self.message, self.path, self.seen = message, path, seen

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self.message, name), f"{self.path}.{name}"
        self.seen.add(path)
        if hasattr(value, "ListFields"):
            return Recorder(value, path, self.seen)
        if hasattr(value, "add"):
            return [
                Recorder(each, f"{path}[{index}]", self.seen)
                for index, each in enumerate(value)
            ]
        return value


def set_fields(message: Any, path: str) -> Iterator[str]:
    """The paths of all set fields, as google lists them."""
    for field, value in message.ListFields():
        below = f"{path}.{field.name}"
        yield below
        if hasattr(value, "ListFields"):
            yield from set_fields(value, below)
        elif hasattr(value, "add"):
            for index, each in enumerate(value):
                yield from set_fields(each, f"{below}[{index}]")


def test_a_library_that_means_another_message_is_not_timed(
    trees: Path, google: Library
) -> None:
    ours = LIBRARIES["ours"](trees)
    broken = replace(ours, name="broken", encode=lambda cls: lambda message: b"")

    with pytest.raises(ValueError, match="broken encodes Room unlike google"):
        codecs.both_sides(broken, google, PAYLOADS[0])


def test_codecs_times_every_row_and_payload(trees: Path) -> None:
    """In a process of its own: the codec of this one depends on how the tests were started."""
    found = worker("codecs", "ours", trees, 1, SHORT)

    assert list(found["rows"]) == list(codecs.ROWS)
    for pairs in found["rows"].values():
        assert list(pairs) == list(SIZES)
        assert all(pair["ratio"] > 0 for pair in pairs.values())
    assert report.codec_tables({"ours": found})[0].text()


@pytest.mark.slow
def test_memory_counts_ours_and_not_what_upb_allocates(trees: Path) -> None:
    ours, upb = (worker("memory", name, trees, 50) for name in ("ours", "google"))

    assert ours["traced"] > 1000 > upb["traced"]
    assert report.memory_table({"ours": ours, "google": upb}).text()


@pytest.mark.slow
def test_first_use_includes_every_message_class(trees: Path) -> None:
    found = worker("first_use", trees)

    directions = ["construct", "encode", "decode", "JSON encode", "JSON decode"]
    assert list(found) == directions
    assert all(each["worst"] >= each["median"] > 0 for each in found.values())
    assert found["decode"]["classes"] > 600
    (table,) = report.first_use_tables({"ours": found})
    assert "message classes of lkproto (Python)" in table.text()


@pytest.mark.parametrize("kind", large.KINDS)
def test_large_messages_come_near_the_sizes_asked_for(trees: Path, kind: str) -> None:
    found = worker("large", "ours", kind, trees, 1, 2000, 20_000)

    sizes = [each["bytes"] for each in found]
    assert sizes == [pytest.approx(2000, rel=0.6), pytest.approx(20_000, rel=0.1)]
    assert len(report.large_tables({"ours": {kind: found}})) == len(large.ROWS)


@pytest.mark.slow
def test_generation_runs_cold_and_with_nothing_to_do(tmp_path: Path) -> None:
    found = generation.measure(tmp_path, 1, ["descriptors"])

    assert (tmp_path / "descriptors" / "all.fds").stat().st_size > 100_000
    assert (tmp_path / "ours" / "lkproto" / "MANIFEST.json").exists()
    assert list(found) == ["protoc, descriptor set only", generation.NO_CHANGE]
    assert report.generation_table(found).text()


@pytest.mark.slow
def test_imports_are_compared_with_those_of_google(trees: Path) -> None:
    found = imports.measure(trees, 1, [])

    compared = {label for label, each in found.items() if each["ratio"] is not None}
    assert compared == {"lkproto: Room", "lkproto: every module"}
    assert report.import_table(found).text()


def test_a_peer_that_fails_is_named_but_google_must_not_fail(
    tmp_path: Path,
) -> None:
    run = Run(tmp_path, 1, ("ours", "google"), (), {})

    assert run.each("memory", ["betterproto2"]) == {}
    assert "No module named" in run.problems["betterproto2"]
    with pytest.raises(RuntimeError, match="No module named"):
        run.each("memory", ["google"])


def test_tokens_times_every_row_next_to_the_peer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """If livekit-api is not installed, our own library is used in its place."""
    monkeypatch.setattr(tokens, "theirs", tokens.ours)

    found = tokens.measure(2, SHORT)

    assert list(found["rows"]) == list(tokens.ours())
    assert set(found["refusals"]) == set(tokens.hostile()) - {"good"}
    made, refused = report.token_tables({"ours": found})
    rows = [f"{row}, lkproto (Python)" for row in found["rows"]]
    assert [row[0] for row in made.rows] == rows
    assert [row[0] for row in refused.rows] == list(found["refusals"])
    assert report.token_tables({}) == []


def test_tokens_without_the_peer_are_left_out_and_reported(
    trees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmarks.trees, "installed", lambda _: None)
    run = Run(trees, 1, ("ours", "google"), (), {})

    assert runs.run_tokens(run) == {}
    assert run.problems == {"livekit-api": "not installed"}


def test_webhooks_are_received_next_to_the_peer(trees: Path) -> None:
    """In a process of its own: google's classes of both cannot be loaded together."""
    if not installed("livekit-api"):
        pytest.skip("needs livekit-api")

    found = worker("webhooks", "receive", trees, 1)

    assert found["event"] == pytest.approx(SIZES["WebhookEvent"], rel=0.02)
    assert found["ratio"] > 0


def test_webhooks_are_sent_from_each_store_next_to_a_bare_loop() -> None:
    received = {"event": 1, "body": 2, "seconds": 1, "reference": 4, "ratio": 0.25}
    found = webhooks.send(1, 50)

    both = {"send": found, "receive": {"ours": received}}
    taken, sent = report.webhook_tables(both)
    assert [row[-1] for row in taken.rows] == ["≤ 0.17: missed"]
    assert [row[0] for row in sent.rows] == list(webhooks.STORES)
    assert report.webhook_tables({"send": found}) == [sent]


@pytest.mark.parametrize("store", webhooks.STORES)
def test_memory_of_a_sender_is_watched(store: str) -> None:
    found = webhooks.memory(store, 50)

    (row,) = report.webhook_memory_table({store: found}).rows
    assert row[0] == store
    assert 0 < found["early"] <= found["end"] * 2


def test_twirp_clients_call_next_to_each_peer(
    trees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own clients are in the place of the peers, which may not be installed."""

    def peer(name: str, way: str = "") -> clients.Side:
        def made(to: clients.Setting) -> dict[str, clients.Batch]:
            found = clients.ours(to)
            return {
                each.replace(f"lkproto{way}", name): batch
                for each, batch in found.items()
            }

        return made

    peers = {"livekit-api": peer("livekit-api", " async"), "twirp": peer("twirp")}
    monkeypatch.setattr(clients, "PEERS", peers)

    found = clients.measure(trees, 1, peers, clients.AT_ONCE)

    (table,) = twirp_tables.twirp_tables({"clients": {"ours": found}})
    assert len(table.rows) == len(found) * len(clients.COMPARISONS)
    assert all(row["ratio"] > 0 for each in found.values() for row in each["rows"])
    assert [each["bytes"] for each in found.values()] == sorted(
        each["bytes"] for each in found.values()
    )


@pytest.mark.slow
def test_twirp_clients_of_peers_call() -> None:
    """In a process of its own: google's classes of both cannot be loaded together."""
    missing = [name for name in clients.PEERS if not installed(name)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")

    found = worker("twirp.clients", process.ROOT / "generated", 1, *clients.PEERS)

    assert [len(each["rows"]) for each in found.values()] == [4, 4, 4]


def test_twirp_servers_are_loaded_next_to_a_bare_one() -> None:
    peers = [name for name in clients.PEERS if installed(name)]

    found = worker("twirp.servers", 1, *peers)

    assert "uvicorn" in found
    measured = [each for calls in found.values() for each in calls.values()]
    assert all(list(each)[:2] == ["bare", "lkproto"] for each in measured)
    (table,) = twirp_tables.twirp_tables({"servers": found})
    assert len(table.rows) == sum(map(len, measured))


@pytest.mark.slow
def test_the_import_of_a_twirp_client_is_compared(trees: Path) -> None:
    if not installed("livekit-api"):
        pytest.skip("needs livekit-api")

    found = twirp_imports.measure(trees, 1)

    (table,) = twirp_tables.twirp_tables({"imports": found})
    assert [row[0] for row in table.rows] == [twirp_imports.PEER, twirp_imports.OURS]
    assert table.rows[1][-1].startswith("≤ 0.12: ")


def test_twirp_without_peers_is_reported(
    trees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(*words: object, codec: str = "") -> tuple[object, ...]:
        return *words, codec

    monkeypatch.setattr(runs, "worker", ran)
    monkeypatch.setattr(benchmarks.trees, "installed", lambda _: None)
    run = Run(trees, 1, ("ours", "ours-native", "google"), (), {})

    found = runs.run_twirp(run)

    assert found == {
        "clients": {
            "ours": ("twirp.clients", trees, 3, "python"),
            "ours-native": ("twirp.clients", trees, 3, "native"),
        },
        "servers": ("twirp.servers", 3, ""),
    }
    assert run.problems == dict.fromkeys(clients.PEERS, "not installed")
