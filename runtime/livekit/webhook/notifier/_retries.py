# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""When an attempt has delivered, when there is another, and when a delivery is given up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_DELTA = re.compile("[0-9]{1,18}")
# Of the three forms of a date (RFC 9110, section 5.6.7) the last has no zone, and means GMT.
_ZONED = re.compile("(?: GMT| [-+][0-9]{4}|^[A-Z][a-z]{2} [A-Z][a-z]{2} .*)$")


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long a delivery is tried again.

    The wait before retry n is `wait_min` · 2ⁿ⁻¹ seconds, at most `wait_max`; a `Retry-After` of
    the endpoint takes its place, and is limited by `wait_max`, too. `max_retries` is how many
    there are after the first attempt, None for any number; `give_up_after` the number of seconds
    after which a delivery is given up, counted from when it was queued, None for never.
    """

    wait_min: float = 1.0
    wait_max: float = 30.0
    max_retries: int | None = 4
    give_up_after: float | None = None

    def wait(self, attempts: int) -> float:
        """Seconds to wait after so many attempts."""
        return min(self.wait_min * 2.0 ** min(attempts - 1, 60), self.wait_max)

    def over(self, attempts: int, queued_at: float, due: float) -> str:
        """Why there is no further attempt, which would be at `due`; empty if there is one."""
        if self.max_retries is not None and attempts > self.max_retries:
            return "attempts"
        limit = self.give_up_after
        return "expired" if limit is not None and due > queued_at + limit else ""


OF_THE_REFERENCE = Retries()
"""Retries after 1, 2, 4 and 8 seconds (livekit/protocol, webhook/resource_url_notifier.go)."""
DURABLE = Retries(wait_max=300.0, max_retries=None, give_up_after=24 * 3600.0)
"""What durable stores do by default: 1, 2, 4, … seconds up to 5 minutes, for a day."""


class Judged(NamedTuple):
    """What an answer means: delivered, or why not; whether that is final, and when to try again."""

    error: str = ""
    final: bool = False
    after: float | None = None


def judged(status: int, headers: Mapping[str, str], now: float) -> Judged:
    """What a status means: 2xx is delivered, 429 and 5xx but 501 are tried again.

    The reference also counts other 4xx and 501 as delivered, and follows 3xx.
    """
    if 200 <= status < 300:
        return Judged()
    if 300 <= status < 400:
        return Judged(f"status {status}: a redirect, which is not followed", True)
    if status == 501 or (400 <= status < 500 and status != 429):
        return Judged(f"status {status}, which is final", True)
    after = headers.get("Retry-After") if status in (429, 503) else None
    return Judged(
        f"status {status}", after=None if after is None else _wait(after, now)
    )


def _wait(after: str, now: float) -> float | None:
    """Seconds of a `Retry-After`, a number or a date of HTTP; None for what is neither."""
    after = after.strip()
    if _DELTA.fullmatch(after):
        return float(after)
    from email.utils import mktime_tz, parsedate_tz

    parts = parsedate_tz(after)
    if parts is None or not _ZONED.search(after):
        return None
    try:
        return max(mktime_tz((*parts[:9], parts[9] or 0)) - now, 0.0)
    except (ValueError, OverflowError):
        return None
