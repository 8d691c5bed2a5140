"""Each codec is measured as itself, or the benchmark fails."""

from __future__ import annotations

import linecache
from pathlib import Path

import pytest

from benchmarks import codecs, libraries, process, runs
from benchmarks.libraries import LIBRARIES, Library
from benchmarks.native import cost
from benchmarks.process import EXTENSION, ROOT, worker
from benchmarks.runs import Run

USE_AND_COUNT = """
import linecache
from benchmarks.codecs import WRITTEN
from lkproto.livekit import Room
Room.from_json(Room.from_bytes(Room(sid="RM_1").to_bytes()).to_json())
print(len([each for each in linecache.cache if WRITTEN.fullmatch(each)]))
"""


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], int]:
    """What fell back, and a cache of sources without any written function."""
    found: dict[tuple[str, str], int] = {}
    monkeypatch.setattr("lkproto.codec_fallbacks", lambda: found)
    monkeypatch.setattr(linecache, "cache", {})
    return found


def loaded(name: str) -> Library:
    """A library that needs no generated code."""
    fails: libraries.Any = None
    return Library(name, None, fails, fails, fails, fails)


@pytest.mark.parametrize("name", libraries.CODECS)
def test_a_message_that_falls_back_fails_the_benchmark(
    counts: dict[tuple[str, str], int], name: str
) -> None:
    assert codecs.no_fallbacks(name) == 0
    counts["livekit.Room", "decode"] = 2

    with pytest.raises(
        RuntimeError, match=r"the exact codec had to step in: livekit\.Room decode 2"
    ):
        codecs.no_fallbacks(name)


@pytest.mark.usefixtures("counts")
def test_a_class_that_python_does_is_not_measured_as_native() -> None:
    written = dict.fromkeys(["<livekit.Room constructor>", "<livekit.Room decoder>"])
    linecache.cache.update(written)

    assert codecs.no_fallbacks("ours") == 0
    with pytest.raises(
        RuntimeError, match=r"not done natively: <livekit\.Room decoder>$"
    ):
        codecs.no_fallbacks("ours-native")


def test_the_written_functions_have_the_labels_that_are_looked_for() -> None:
    """In a process of its own, on the codec that writes them."""
    assert process.run([process.sys.executable, "-c", USE_AND_COUNT]) == "4\n"


@pytest.mark.parametrize("found", ["python", "exact"])
def test_another_codec_than_the_native_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    monkeypatch.setitem(LIBRARIES, "ours-native", lambda _: loaded("ours-native"))
    monkeypatch.setattr("lkproto.codec", lambda: found, raising=False)

    with pytest.raises(
        RuntimeError, match=f"runs on its {found} codec here, not on native"
    ):
        libraries.measured("ours-native", tmp_path)


def test_workers_have_the_codec_of_their_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ran(*words: object, codec: str) -> tuple[object, ...]:
        return *words, codec

    monkeypatch.setattr(runs, "worker", ran)
    run = Run(tmp_path, 9, ("ours", "ours-native", "google", "protobuf-py"), (), {})

    assert runs.run_codecs(run) == {
        "ours": ("codecs", "ours", tmp_path, 9, "python"),
        "ours-native": ("codecs", "ours-native", tmp_path, 9, "native"),
        "protobuf-py": ("codecs", "protobuf-py", tmp_path, 9, "python"),
        "protobuf-py pure": ("codecs", "protobuf-py pure", tmp_path, 9, "python"),
    }


def test_an_extension_that_does_not_load_fails_and_is_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package then takes its Python codec, whose figures would be under another's name."""
    (tmp_path / f"{EXTENSION}.py").write_text("raise ImportError('broken')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "ours").symlink_to(ROOT / "generated")
    run = Run(tmp_path, 1, ("ours", "ours-native", "google"), (), {})

    with pytest.raises(RuntimeError, match="not on native|native codec is not used"):
        runs.run_memory(run)


def test_without_the_extension_its_row_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "extension", lambda: None)
    monkeypatch.setattr(runs.trees, "make_trees", lambda *_: {})

    run = runs.prepare(tmp_path, 1, (), ["betterproto2"])

    assert run.libraries == ("ours", "google", "betterproto2")
    assert run.problems == {"ours-native": "lkproto_native is not installed"}
    assert runs.run_native(run) == {}


def test_what_is_not_about_codecs_runs_on_the_python_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LKPROTO_CODEC", "exact")

    assert process.environment()["LKPROTO_CODEC"] == "python"
    assert process.environment(LKPROTO_CODEC="native")["LKPROTO_CODEC"] == "native"


def test_an_extension_that_was_built_and_not_installed_is_found_by_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, other = tmp_path / "built", tmp_path / "other"
    for folder in (built, other):
        folder.mkdir()
    (built / f"{EXTENSION}.so").touch()
    monkeypatch.setenv("PYTHONPATH", process.os.pathsep.join(map(str, (other, built))))

    path = process.environment()["PYTHONPATH"].split(process.os.pathsep)

    assert path == [*process.SOURCES, str(built)]


@pytest.mark.slow
@pytest.mark.skipif(cost.extension() is None, reason="needs the extension")
def test_the_native_codec_does_all_payloads(tmp_path: Path) -> None:
    run = runs.prepare(tmp_path, 1, (), [])

    found = worker("codecs", "ours-native", run.trees, 1, 0.0002, codec="native")

    assert found["fallbacks"] == 0
