"""Options of the test run."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# A busy machine must not fail a test; tests of speed measure it themselves.
settings.register_profile(
    "lkproto", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("lkproto"), max_examples=20)
settings.load_profile("lkproto")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/golden/expected with what is generated now",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Leave out tests that need the network unless `-m` names them, whatever else it says.

    A run that asks for the native codec does not begin without it.
    """
    chosen = config.option.markexpr
    if "network" not in chosen:
        both = f"({chosen}) and not network" if chosen else "not network"
        config.option.markexpr = both
    if "not slow" in chosen:
        settings.load_profile("quick")
    if os.environ.get("LKPROTO_CODEC") == "native":
        need_native_codec()


def need_native_codec() -> None:
    """Raise UsageError with the reason if messages do not have the native codec."""
    import lkproto

    with warnings.catch_warnings(record=True, action="always") as reasons:
        used = lkproto.codec()
    if used != "native":
        why = "".join(f": {each.message}" for each in reasons)
        raise pytest.UsageError(f"the codec is {used}, not native{why}")


@pytest.fixture(scope="session", autouse=True)
def _quick_tools() -> Iterator[None]:
    """In the quick run, tools of the generator start at once."""
    if settings.get_current_profile_name() != "quick":
        yield
        return
    from tests.quick import tools_start_at_once

    with pytest.MonkeyPatch.context() as patch:
        tools_start_at_once(patch)
        yield
