"""The type of an entry in the list of differences."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .judge import Case

Input = tuple[str, bytes | str]


@dataclass(frozen=True)
class Difference:
    """A way in which we and google's Python runtime differ, why, and who is right.

    `ours` and `theirs` are patterns of the error each side gives, empty where it gives none; `at`
    says what differs where both read the input. `right` is the judge: `specification`, `suite`
    (the official one), `C++` (google's own reference, of which upb and the Python layers are
    ports), or `either` where nobody says. `examples` are inputs that show it; all are run.
    """

    name: str
    formats: tuple[str, ...]
    right: str
    reason: str
    examples: tuple[Input, ...]
    ours: str = ""
    theirs: str = ""
    at: str = ""
    also: Callable[[Case], bool] = field(default=lambda _: True)

    def covers(self, case: Case) -> bool:
        return (
            case.format in self.formats
            and case.at == self.at
            and _fits(self.ours, case.ours)
            and _fits(self.theirs, case.theirs)
            and self.also(case)
        )


def _fits(pattern: str, error: str) -> bool:
    if not pattern or not error:
        return not pattern and not error
    return re.search(pattern, error) is not None


def has(pattern: Any) -> Callable[[Case], bool]:
    """Whether the input has a pattern."""
    found = re.compile(pattern, re.DOTALL)
    return lambda case: found.search(case.data) is not None
