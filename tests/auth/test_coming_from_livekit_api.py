"""The page for those who come from livekit-api: every line of it is run with both libraries."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache

import pytest

from tests.docs.pages import section, text_of
from tests.support import ROOT

PAGE = "docs/coming-from-livekit-api.md"
SCRIPT = ROOT / "tests" / "auth" / "same_calls.py"
CELLS = re.compile(r"^\| `(.+?)` \| `(.*?)` \| `(.*?)` \| \S.* \|$", re.MULTILINE)
DIFFERENT = {row[0]: row[1:] for row in CELLS.findall(text_of(PAGE))}
SAME = re.findall(r"^\| `(.+)` \|$", section(PAGE, "The same"), re.MULTILINE)
# Calls that raise with both libraries, which is not a mistake of the page.
RAISES = {"api.VideoGrants(foo=1)": "TypeError"}
GRANTS = (
    *("VideoGrants", "SIPGrants", "InferenceGrants", "ObservabilityGrants"),
    *("AgentGrants", "AgentEndpointGrants", "AgentThreadGrants"),
)


def installed() -> str | None:
    """The version of livekit-api, or None."""
    try:
        return importlib.metadata.version("livekit-api")
    except importlib.metadata.PackageNotFoundError:
        return None


needs_livekit_api = pytest.mark.skipif(
    installed() is None and "CI" not in os.environ,
    reason="livekit-api is not installed (dependency group peers)",
)


@cache
def outcomes(library: str, *expressions: str) -> dict[str, str]:
    """What comes of expressions in a process of the library's own."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), library],
        input=json.dumps(expressions),
        env=os.environ | {"PYTHONPATH": str(ROOT / "generated")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(expressions, json.loads(done.stdout), strict=True))


def test_our_column_is_what_our_library_does() -> None:
    assert outcomes("lkproto", *DIFFERENT) == {
        call: ours for call, (_, ours) in DIFFERENT.items()
    }


@needs_livekit_api
def test_their_column_is_what_their_library_does() -> None:
    assert outcomes("livekit-api", *DIFFERENT) == {
        call: theirs for call, (theirs, _) in DIFFERENT.items()
    }


def test_what_is_listed_as_a_difference_differs() -> None:
    assert [call for call, (theirs, ours) in DIFFERENT.items() if theirs == ours] == []
    rows = re.findall(r"^\| `.*\|$", text_of(PAGE), re.MULTILINE)
    assert len(DIFFERENT) + len(SAME) == len(rows) > 90


@needs_livekit_api
def test_what_is_listed_as_the_same_is_the_same() -> None:
    ours = outcomes("lkproto", *SAME)

    assert outcomes("livekit-api", *SAME) == ours
    raised = {call: each for call, each in ours.items() if each.endswith("Error")}
    assert raised == RAISES


@needs_livekit_api
@pytest.mark.parametrize("name", ["AccessToken", "TokenVerifier", *GRANTS])
def test_every_name_of_their_classes_is_on_the_page(name: str) -> None:
    """Public methods and fields; attributes are those of an instance."""
    make = {"AccessToken": "token()", "TokenVerifier": "api.TokenVerifier(key, secret)"}
    instance = make.get(name, f"api.{name}()")
    expression = f"[each for each in dir({instance}) if each[0] != '_']"
    found = ast.literal_eval(outcomes("livekit-api", expression)[expression])

    assert found
    missing = [each for each in found if not re.search(rf"\b{each}\b", text_of(PAGE))]
    assert missing == []


def test_the_page_names_the_versions_that_are_pinned() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    pins = [each.replace("==", " ") for each in groups["dependency-groups"]["peers"]]

    assert len(pins) == 2
    assert all(pin in text_of(PAGE) for pin in pins)
    assert installed() in {None, *(pin.split()[1] for pin in pins)}
