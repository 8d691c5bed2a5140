"""One command writes all pages that have figures, and they have those that are kept."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import benchmarks.__main__
from benchmarks import chart, pages, readme
from benchmarks.__main__ import FIGURES, main
from benchmarks.pages import GAINS, PICTURE, TABLES
from benchmarks.process import ROOT
from benchmarks.runs import Run


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """The figures that pages have."""
    found: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
    return found


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with copies of the pages and the figures, which the command writes."""
    for name in (*pages.PAGES, PICTURE, "benchmarks/figures.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(benchmarks.__main__, "ROOT", tmp_path)
    kept = tmp_path / "benchmarks" / "figures.json"
    monkeypatch.setattr(benchmarks.__main__, "FIGURES", kept)
    return tmp_path


@pytest.mark.parametrize("path", pages.PAGES)
def test_a_page_has_the_figures_that_are_kept(
    figures: dict[str, Any], path: str
) -> None:
    markers, make = pages.PAGES[path]

    assert pages.between(ROOT / path, markers) == make(figures)


def test_the_chart_has_the_figures_that_are_kept(figures: dict[str, Any]) -> None:
    assert (ROOT / PICTURE).read_text("utf-8") == chart.draw(figures)


def test_all_pages_are_written_from_the_figures_that_are_kept(root: Path) -> None:
    before = {path: (root / path).read_text("utf-8") for path in pages.PAGES}
    for path, (markers, _) in pages.PAGES.items():
        pages.insert(root / path, markers, "old")
    (root / PICTURE).write_text("old", "utf-8")

    assert main(["--load", str(FIGURES), "--write"]) == 0

    after = {path: (root / path).read_text("utf-8") for path in pages.PAGES}
    assert after == before
    assert (root / PICTURE).read_text("utf-8") != "old"


def test_benchmarks_that_were_not_run_keep_their_figures(
    root: Path, figures: dict[str, Any]
) -> None:
    run = copy.deepcopy({name: figures[name] for name in ("environment", "memory")})
    run["memory"]["ours"]["traced"] = 5120.0
    run["problems"] = {}

    benchmarks.__main__.write(run)

    kept = json.loads((root / "benchmarks/figures.json").read_text("utf-8"))
    assert kept["codecs"] == figures["codecs"]
    assert kept["memory"] == run["memory"]
    assert "A decoded participant takes 5.0 KiB" in (root / "README.md").read_text()


def test_figures_of_different_versions_are_not_mixed(
    root: Path, figures: dict[str, Any]
) -> None:
    environment = figures["environment"] | {"python": "3.99.0"}
    run = {"environment": environment, "memory": figures["memory"], "problems": {}}

    with pytest.raises(SystemExit, match="comes from other versions than this run"):
        benchmarks.__main__.write(run)

    assert "3.99.0" not in (root / "benchmarks/figures.json").read_text("utf-8")


def test_pages_are_not_written_without_a_library(
    root: Path, figures: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = {"ours-native": "lkproto_native is not installed"}
    run = Run(root, 1, ("ours", "google"), (), problems)
    monkeypatch.setattr(benchmarks.__main__, "prepare", lambda *_: run)
    before = (root / "README.md").read_text("utf-8")

    for begin in (
        lambda: main(["memory", "--write"]),
        lambda: main(["memory", "--no-peers", "--write"]),
        lambda: benchmarks.__main__.write(figures | {"problems": problems}),
    ):
        with pytest.raises(SystemExit, match="--write needs every library"):
            begin()

    assert (root / "README.md").read_text("utf-8") == before


def test_without_the_native_codec_no_page_speaks_of_its_figures(
    figures: dict[str, Any],
) -> None:
    python = copy.deepcopy(figures)
    for found in native_parts(python):
        found.pop("ours-native", None)
    python["native"] = {}

    assert "native codec" not in readme.text(python)
    assert "lkproto (native)" not in pages.tables(python) + chart.draw(python)
    assert pages.PAGES["docs/judge/codec.md"][1](python) == ""


def native_parts(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of the figures that have both codecs."""
    names = ("codecs", "memory", "first_use", "large", "tokens")
    return [
        *(figures[name] for name in names),
        figures["webhooks"]["receive"],
        figures["twirp"]["clients"],
        figures["api"]["calls"],
    ]


def test_the_readme_needs_all_that_it_speaks_of() -> None:
    with pytest.raises(ValueError, match="figures of memory, tokens"):
        readme.text(
            dict.fromkeys(readme.NEEDED, "something") | {"memory": {}, "tokens": {}}
        )


def test_a_page_without_markers_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no markers", "utf-8")

    with pytest.raises(SystemExit, match=r"page\.md: the markers are missing"):
        main(["--markdown", str(page)])

    assert page.read_text("utf-8") == "no markers"


def test_an_empty_page_takes_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{GAINS.begin}\n{GAINS.end}\nafter\n", "utf-8")

    pages.insert(page, GAINS, "new")

    assert pages.between(page, GAINS) == "new"
    text = page.read_text("utf-8")
    assert text == f"before\n{GAINS.begin}\n\nnew\n\n{GAINS.end}\nafter\n"


@pytest.mark.slow
def test_the_command_prints_draws_and_writes_a_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, picture, page = (tmp_path / name for name in ("b.json", "b.svg", "b.md"))
    page.write_text(f"before\n{TABLES.begin}\nold\n{TABLES.end}\nafter\n", "utf-8")
    words = ["memory", "--no-peers", "--rounds", "1", "--json", str(figures)]

    assert main(words) == 0
    first = capsys.readouterr().out
    shown = ["--load", figures, "--markdown", page]
    assert main(list(map(str, shown))) == 0
    with pytest.raises(ValueError, match="nothing to draw"):
        main(["--load", str(figures), "--chart", str(picture)])

    assert "Memory of one decoded and read ParticipantInfo" in first
    assert capsys.readouterr().out.startswith(first)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| google (upb) |" in text
    assert "old" not in text


def test_the_chart_orders_bars_alike_and_has_a_ground_for_its_text() -> None:
    names = [name for name in chart.COLOURS if name != "ours-native"]
    groups = chart.in_order(dict.fromkeys(reversed(names), 1.0))
    pairs = {"Room": {"ratio": 0.02}}
    codecs = {
        name: {"rows": dict.fromkeys(chart.SHOWN, pairs)} for name in chart.COLOURS
    }

    drawn = ET.fromstring(chart.draw({"codecs": codecs}))

    assert list(groups) == names
    shapes = [each for each in drawn.iter() if each.tag.endswith("rect")]
    assert shapes[0].get("class") == "ground"
    assert len(shapes) == 1 + len(chart.COLOURS) * (1 + len(chart.SHOWN))
    texts = [each.text for each in drawn.iter() if each.tag.endswith("text")]
    assert texts.count("0.020") == len(chart.COLOURS) * len(chart.SHOWN)
    assert {"lkproto (native)", "upb = 1"} <= set(texts)
