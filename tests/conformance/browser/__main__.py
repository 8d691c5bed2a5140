"""The page of a report in a real browser: its tests, and its picture.

    python -m tests.conformance.browser
    python -m tests.conformance.browser --picture REPORT.ndjson

Needs Node, Chromium (`apt-get install chromium`; CHROMIUM names another) and, once,
`npm ci --prefix tests/conformance/browser`. Where one is missing, the tests are skipped with a
line that says so; where CI is set, that is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lkproto_conformance.reports.html import page
from lkproto_conformance.reports.reading import ReportError, read

from tests.conformance import page_reports
from tests.house.tree import ROOT

FOLDER = Path(__file__).parent
PICTURE = ROOT / "docs" / "pictures" / "report.png"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PAGES = ("small", "hostile", "full")


def missing() -> str:
    """What there is not, and how to get it; empty if all is there."""
    if not shutil.which("node"):
        return "node is missing: install Node.js 20 or later"
    if not browser():
        return "chromium is missing: apt-get install chromium, or set CHROMIUM"
    if not (FOLDER / "node_modules" / "playwright-core").is_dir():
        return "playwright-core is missing: npm ci --prefix tests/conformance/browser"
    return ""


def browser() -> str:
    """The program of the browser, or an empty text."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), "")


def main() -> int:
    """Test the page, or make its picture. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.browser")
    parser.add_argument(
        "--picture", metavar="REPORT", help=f"make {PICTURE.name} of it"
    )
    report = parser.parse_args().picture
    lacking = missing()
    if lacking:
        print(f"skipped: {lacking}")
        return 1 if os.environ.get("CI") or report else 0
    with tempfile.TemporaryDirectory() as folder:
        return draw(Path(report), Path(folder)) if report else test(Path(folder))


def test(folder: Path) -> int:
    """Run the tests on pages of the reports of `page_reports`."""
    for name in PAGES:
        text = page(getattr(page_reports, name)())
        (folder / f"{name}.html").write_text(text, "utf-8")
    return node(["--test", str(FOLDER / "page.test.mjs")], folder)


def draw(report: Path, folder: Path) -> int:
    """Make the picture of docs of a report."""
    try:
        text = page(read(report))
    except (OSError, ReportError) as error:
        print(f"no picture: {error}", file=sys.stderr)
        return 1
    (folder / "report.html").write_text(text, "utf-8")
    return node([str(FOLDER / "picture.mjs"), str(PICTURE)], folder)


def node(arguments: list[str], folder: Path) -> int:
    """Run Node on the pages of a folder."""
    variables = {**os.environ, "PAGES": str(folder), "CHROMIUM": browser()}
    return subprocess.run(["node", *arguments], env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
