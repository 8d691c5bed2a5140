"""Patterns of case names: `*` is any text within a component, `**` any text.

A name has components separated by `/`. A pattern may end with `@profile`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..protocol import PROFILES

MAX_WILDCARDS = 3
"""Each may make matching as many times slower as a name has characters."""
_WILDCARD = re.compile(r"\*\*|\*")
_FORBIDDEN = re.compile(r"[\s#]")


class PatternError(ValueError):
    """A text that is not a pattern."""


@dataclass(frozen=True)
class Pattern:
    """A pattern of names, perhaps for one profile."""

    text: str
    """As it was written."""
    name: str
    profile: str | None

    @cached_property
    def is_wildcard(self) -> bool:
        """Whether it may match several names."""
        return "*" in self.name

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        words = _WILDCARD.split(self.name)
        stars = [*_WILDCARD.findall(self.name), ""]
        any_text = {"**": ".*", "*": "[^/]*", "": ""}
        parts = (
            re.escape(word) + any_text[star]
            for word, star in zip(words, stars, strict=True)
        )
        return re.compile("".join(parts), re.DOTALL)

    def matches_name(self, name: str) -> bool:
        """Whether it is for a case in some profile."""
        if not self.is_wildcard:
            return name == self.name
        return self._expression.fullmatch(name) is not None

    def matches(self, name: str, profile: str) -> bool:
        """Whether it is for a case in a profile."""
        return self.profile in (None, profile) and self.matches_name(name)


def parse_pattern(text: str) -> Pattern:
    """Read a pattern. Raises PatternError."""
    name, at, profile = text.rpartition("@")
    if not at:
        name, profile = text, ""
    if not name or _FORBIDDEN.search(text):
        raise PatternError("a pattern is the id of a case, without spaces")
    if at and profile not in PROFILES:
        raise PatternError(f"after @ is a profile: {' or '.join(PROFILES)}")
    if len(_WILDCARD.findall(name)) > MAX_WILDCARDS:
        raise PatternError(f"a pattern has at most {MAX_WILDCARDS} wildcards")
    return Pattern(text, name, profile if at else None)
