"""The first line of a failure, as lists of known failures have it: the same in each run.

What changes from run to run, such as ports and addresses, has a word in its place; all such rules
are here.
"""

from __future__ import annotations

import re

from ..judging.verdict import Verdict
from ..values import printable

MAX_LENGTH = 200
CUT = "…"

# What differs between two runs of the same testee, and the word in its place.
_PLACES = (
    (r"(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}\b", r"\1:PORT"),
    (r"\b0x[0-9a-fA-F]{6,16}\b", "0xADDRESS"),
    (r"\bgoroutine \d+\b", "goroutine N"),
    (r"\b(pid|PID|process|thread)([ =:]{1,2})\d+\b", r"\1\2N"),
    (
        r"(/private)?(/tmp|/var/tmp|/var/folders|/dev/shm)/[\w.+~@-][^\s'\"`,;:)]*",
        "TEMPORARY",
    ),
)
# Not in a mismatch, which shows times of a reply and of a vector: they may be what differs.
_TIMES = (
    # Only a clock that is not the vector's has fractions.
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d+(Z|[+-]\d\d:?\d\d)?", "TIME"),
    (r"\b\d+\.\d{3,}( ?)(s|ms|µs|us|seconds)\b", r"N\1\2"),
)
_MISMATCH = [(re.compile(found), put) for found, put in _PLACES]
_OTHERS = [*_MISMATCH, *((re.compile(found), put) for found, put in _TIMES)]


def first_line(verdict: Verdict) -> str:
    """`verdict: detail`, of which the first line, at most `MAX_LENGTH` characters.

    White space is one space, and characters that a terminal might act on are escaped.
    """
    # Only so much is read, for a detail may be long.
    lines = verdict.detail[: 8 * MAX_LENGTH].strip().splitlines()
    line = f"{verdict.name}: {lines[0]}" if lines else verdict.name
    for rule, put in _MISMATCH if verdict.name == "fail:mismatch" else _OTHERS:
        line = rule.sub(put, line)
    line = printable(" ".join(line.split()))
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + CUT


def agrees(listed: str, line: str) -> bool:
    """Whether a listed first line is a failure's: the same, or its beginning and `…`."""
    if listed == line:
        return True
    return listed.endswith(CUT) and line.startswith(listed.removesuffix(CUT))
