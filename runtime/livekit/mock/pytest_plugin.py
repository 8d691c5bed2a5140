# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""Fixtures for pytest: a LiveKit server without media for each test.

pytest finds them where lkproto is installed. For a copy under another name, say so in the topmost
`conftest.py`: `pytest_plugins = ["your.copy.mock.pytest_plugin"]`. Nothing is loaded before a test
asks for one.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from . import MockLiveKit

__all__ = ["livekit", "livekit_env"]


def pytest_addoption(pluginmanager: Any) -> None:
    """Let lkproto be imported as outside of pytest, from its compiled files.

    pytest compiles all of a package that brings a plugin itself, to explain its assertions, in
    every run that cannot write what it compiled: that takes ten times as long.
    """
    hook = getattr(pluginmanager, "rewrite_hook", None)
    marked: set[str] = getattr(hook, "_must_rewrite", set())
    marked.discard(__name__.removesuffix(".mock.pytest_plugin"))


@pytest.fixture
def livekit() -> Iterator[MockLiveKit]:
    """A LiveKit server without media, new for each test; it leaves the environment alone.

    It is a `lkproto.mock.MockLiveKit`: `livekit.url`, `livekit.api()`, `livekit.join(…)`,
    `livekit.webhooks` and so on. One with other settings is a fixture of your own:
    `with MockLiveKit(regions=2) as mock: yield mock`.
    """
    from . import MockLiveKit

    with MockLiveKit() as mock:
        yield mock


@pytest.fixture
def livekit_env(livekit: MockLiveKit, monkeypatch: pytest.MonkeyPatch) -> MockLiveKit:
    """As `livekit`, for code that takes its settings from the environment.

    LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET are those of the mock during the test, and
    LIVEKIT_TOKEN and LIVEKIT_KEYS are not set.
    """
    monkeypatch.setenv("LIVEKIT_URL", livekit.url)
    monkeypatch.setenv("LIVEKIT_API_KEY", livekit.api_key)
    monkeypatch.setenv("LIVEKIT_API_SECRET", livekit.api_secret)
    monkeypatch.delenv("LIVEKIT_TOKEN", raising=False)
    monkeypatch.delenv("LIVEKIT_KEYS", raising=False)
    return livekit
