"""The lists of names on the page about livekit-api: `python -m tests.api.livekit_api_names` writes them."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from textwrap import wrap
from typing import Any

from tests.docs.pages import text_of
from tests.support import ROOT

PAGE = "docs/livekit/livekit-api-names.md"
MARK = "<!-- names: written by python -m tests.api.livekit_api_names -->\n"


@cache
def theirs() -> dict[str, Any]:
    """What livekit-api has; see livekit_api_peer.py."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("livekit_api_peer.py"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def of_kind(kind: str) -> list[str]:
    """The names of one kind."""
    return [name for name, each in theirs()["names"].items() if each == kind]


def values() -> dict[str, list[str]]:
    """The names of values, by their enums."""
    found: dict[str, list[str]] = {name: [] for name in of_kind("enum")}
    for name, each in theirs()["names"].items():
        if isinstance(each, list):
            found[each[0]].append(name)
    return found


def listed(names: list[str]) -> str:
    """Names as text, in lines that are not too long."""
    return "\n".join(wrap(" · ".join(f"`{name}`" for name in names), 160))


def written() -> str:
    """What follows the mark on the page."""
    rows = [
        f"| `{enum}` | {' · '.join(f'`{name}`' for name in names)} |"
        for enum, names in values().items()
    ]
    return "\n".join(
        [
            MARK,
            "## Messages",
            "",
            "These are in `lkproto.livekit` under the same names.",
            "",
            listed(of_kind("message")),
            "",
            "## Enums and their values",
            "",
            "Enums are in `lkproto.livekit` under the same names. Values are members of their enum: "
            "`api.EGRESS_ACTIVE` is `EgressStatus.EGRESS_ACTIVE`, and both are the same number.",
            "",
            "| enum | its values, which are names of `livekit.api` |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Write the lists into the page."""
    by_hand = text_of(PAGE).partition(MARK)[0]
    (ROOT / PAGE).write_text(by_hand + written(), "utf-8")


if __name__ == "__main__":
    main()
