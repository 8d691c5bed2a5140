"""What is routed where, and what is refused, is the same as in Go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .programs import GoServer
from .routing import APPLICATIONS, compared
from .servers import serving

SEED, COUNT = 11, 400


@pytest.fixture(scope="module")
def go_url() -> Iterator[str]:
    with GoServer() as server:
        yield server.url


@pytest.mark.parametrize("server", ["uvicorn", "gunicorn"])
def test_random_requests_are_answered_as_in_go(
    server: str, go_url: str, tmp_path: Path
) -> None:
    with serving(server, APPLICATIONS, tmp_path) as url:
        found = list(compared(go_url, url, SEED, COUNT, Counter()))

    assert not found, "\n".join(map(str, found))


def test_what_differs_is_found(go_url: str) -> None:
    with GoServer("-prefix", "/other") as other, GoServer("-camel-case") as camel:
        for server in (other, camel):
            assert list(compared(go_url, server.url, SEED, 100, Counter()))
