"""Fixtures of all tests of the API."""

from __future__ import annotations

import pytest

from .cloud import nothing_known, waits

__all__ = ["nothing_known", "waits"]

VARIABLES = ("URL", "TOKEN", "API_KEY", "API_SECRET", "KEYS")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of this machine counts."""
    for name in VARIABLES:
        monkeypatch.delenv(f"LIVEKIT_{name}", raising=False)
    monkeypatch.delenv("LK_AGENTS_URL", raising=False)
