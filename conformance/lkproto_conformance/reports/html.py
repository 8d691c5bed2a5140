"""The report as one HTML page that needs nothing else: no server, no request, no build step.

The matrix is plain HTML, so it is there at once and without JavaScript. The cases are data: JSON,
compressed, in base64. The page's Content-Security-Policy allows the one script and the one style
that are in it, by their hashes, and forbids to make HTML from text; see `page/`.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

from ..operations import SUBJECTS
from .html_data import content
from .html_matrix import alerts, matrix, summary
from .html_text import text
from .model import Report
from .tally import testees

FOLDER = Path(__file__).parent / "page"
STYLE = "style.css"
SCRIPTS = (
    "text.js",
    "values.js",
    "json.js",
    "data.js",
    "list.js",
    "case.js",
    "page.js",
)
"""In the order in which they are joined: each uses only names of those before it."""
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def page(report: Report) -> str:
    """The page of a report: a complete document, the same for the same report."""
    found = testees(report)
    style, script = _file(STYLE), _script()
    parts = {
        "policy": policy(script, style),
        "style": style,
        "script": script,
        "title": _title(report),
        "summary": summary(report, found),
        "alerts": alerts(report, found),
        "matrix": matrix(found, SUBJECTS),
        "data": packed(content(report, found)),
    }
    return _PLACE.sub(lambda place: parts[place[1]], _file("page.html"))


def policy(script: str, style: str) -> str:
    """What the page may do: run this script and use this style, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_hash(script)}'",
            f"style-src '{_hash(style)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def packed(content: object) -> str:
    """A value as compressed JSON in base64, which no text in it can end too early."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _title(report: Report) -> str:
    names = dict.fromkeys(section.header.upstream for section in report.sections)
    return text(" · ".join(["Conformance report", *names]))


def _script() -> str:
    """The scripts as one, whose names are its own."""
    joined = "\n".join(map(_file, SCRIPTS))
    return f'"use strict";\n(() => {{\n{joined}}})();\n'


def _file(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
