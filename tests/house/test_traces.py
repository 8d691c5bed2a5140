"""Files do not reveal anything about the machines they were made on."""

from __future__ import annotations

import re

import pytest

from .tree import ROOT, files

pytestmark = pytest.mark.skipif(not files(), reason="needs a git checkout")

# In pieces, so that this file does not contain them.
FOLDERS = ("ro" "ot", "ho" "me", "tm" "p", "wo" "rk", "Us" "ers", "var/fol" "ders")
HOSTS = (
    "files.python" "hosted",
    "py" "pi.org",
    "registry.np" "mjs",
    "proxy.go" "lang",
    "local" "host:",
    "artifac" "tory",
)
TRACE = re.compile(
    rb"(?<![\w.\-/])/(?:%s)/|[A-Z]:\\Us"
    rb"ers|(?:%s)" % tuple("|".join(part).encode() for part in (FOLDERS, HOSTS)),
    re.IGNORECASE,
)
# What each of them has in it, in small letters, which is quicker to search for.
PARTS = [
    part.lower().encode()
    for part in (*(f"/{each}/" for each in FOLDERS), ":\\us", *HOSTS)
]


def traced(content: bytes) -> re.Match[bytes] | None:
    """The first trace."""
    lower = content.lower()
    return TRACE.search(content) if any(part in lower for part in PARTS) else None


def test_no_file_names_a_place_on_a_machine_or_a_registry() -> None:
    found = {
        path: match.group().decode()
        for path in files()
        if (match := traced((ROOT / path).read_bytes()))
    }

    assert found == {}


def test_the_search_finds_traces_and_nothing_else() -> None:
    for folder in FOLDERS:
        assert traced(f'see "/{folder}/x"'.encode())
    for host in HOSTS:
        assert traced(f"https://{host}/x".encode())
    for innocent in (b"a/tm" b"p/x", b"https://example.com/work/", b"/workspace/"):
        assert not traced(innocent)
