"""Why a run asked nothing: it is not clean, for it says nothing of the testee."""

from __future__ import annotations

from ..protocol import Hello
from ..running.asking import NOT_ADVERTISED
from ..values import printable
from .standing import Standing

MAX_NAMES = 5
"""How many operations are named."""


def why_unasked(name: str, hello: Hello, standing: Standing, only: str | None) -> str:
    """Why nothing was asked of a testee; `only`: the one profile that was to be asked."""
    return printable(f"{name} {_reason(hello, standing, only)}")


def _reason(hello: Hello, standing: Standing, only: str | None) -> str:
    operations = sorted(standing.counts)
    if not operations:
        asked = (only,) if only else hello.profiles
        if only and only not in hello.profiles:
            return f"does not offer profile {only}"
        if not asked:
            return "offers no profile"
        return f"has no case of this selection in profile {' or '.join(asked)}"
    if any(not each.startswith(NOT_ADVERTISED) for each in standing.reasons):
        return f"was not asked: {next(iter(standing.reasons))}"
    names = ", ".join(operations[:MAX_NAMES])
    return f"does not offer {names}{', …' if len(operations) > MAX_NAMES else ''}"
