# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""What all stores check, and their errors."""

from __future__ import annotations

from ...auth import InvalidArgumentError
from ._types import Claim, LeaseLostError, StoreFullError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Number = TypeVar("Number", int, float)


def at_least(least: int, name: str, value: Number) -> Number:
    """A number that an argument has to be. Raises InvalidArgumentError."""
    if value < least:
        raise InvalidArgumentError(f"{name} has to be at least {least}, not {value}")
    return value


def full(most: int) -> StoreFullError:
    """The error of a store that has all it may have."""
    return StoreFullError(
        f"{most} deliveries are pending, as many as max_pending allows; none of these is kept"
    )


def lost(claim: Claim) -> LeaseLostError:
    """The error of a sender that was too slow; it shows nothing of the delivery but its id."""
    return LeaseLostError(
        f"the lease on {claim.delivery.event_id!r} is over: another sender has it, or it is settled"
    )
