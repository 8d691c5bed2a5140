"""What uses `lkproto` in this project uses it as anyone can."""

from __future__ import annotations

import re

import pytest

from .tree import ROOT, files

pytestmark = pytest.mark.skipif(not files(), reason="needs a git checkout")

# Who uses lkproto as anyone would: what its users cannot reach is not reached here.
USERS = ("conformance/", "benchmarks/", "cli/", "examples/")
# Except for what changes the code, and so has to name its modules.
NOT_USERS = "conformance/mutants/"


def private_names(text: str) -> list[str]:
    """What a text names that is private to `lkproto`: the runtime, and modules such as `auth._jws`."""
    return re.findall(r"\b_runtime\b|\b(?:lkproto|auth)\._\w+", text)


def test_users_of_the_package_name_nothing_private_in_it() -> None:
    texts = {
        path: (ROOT / path).read_text("utf-8", "replace")
        for path in files()
        if path.startswith(USERS) and not path.startswith(NOT_USERS)
    }

    assert all(any(path.startswith(folder) for path in texts) for folder in USERS)
    assert {path for path, text in texts.items() if private_names(text)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "from lkproto._runtime.table import table_of",
        'import_module(f"{package.__name__}._runtime.codec")',
        'import_module("lkproto.auth._jws")',
        "from lkproto.auth._errors import AuthError",
    ],
)
def test_a_private_name_is_seen(text: str) -> None:
    assert private_names(text)
