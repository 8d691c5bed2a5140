"""What a testee is sent of a vector."""

from __future__ import annotations

from typing import Any

from ..protocol import OPERATIONS
from ..vectors import Vector


def arguments(vector: Vector, profile: str) -> dict[str, Any]:
    """The arguments of a case; the profile is one where the operation takes it."""
    if OPERATIONS.get(vector.op):
        return {**vector.args, "profile": profile}
    return vector.args
