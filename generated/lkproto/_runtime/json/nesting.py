# ruff: noqa: PGH004
# ruff: noqa
# isort: skip_file
# fmt: off
# SPDX-FileCopyrightText: 2026 the lkproto authors
# SPDX-License-Identifier: Apache-2.0

"""How deep JSON nests, before anything that recurses as deep reads it.

The standard library's scanner recurses in C: in a thread with a small stack some hundred levels end
the process.
"""

from __future__ import annotations

import re
import sys
from _thread import get_ident

from ..arguments import MAX_DEPTH, is_dict, is_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Objects and arrays that may nest for each message that may: a message may be in an array or a
# map, and what is skipped may nest as deep again.
BRACKETS = 3
# So much a stack of 64 KiB holds.
SAFE = BRACKETS * MAX_DEPTH

# Also one without an end.
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_PASSES = 8


def _all_but(kept: bytes) -> bytes:
    return bytes(set(range(256)) - set(kept))


_NOT_OPENING = _all_but(b"{[")
_NOTBRACKETS = _all_but(b"{}[]")
_NOT_SIGNS = _all_but(b'{}[]"\\')


def _main_thread() -> int:
    threading = sys.modules.get("threading")
    ident = threading.main_thread().ident if threading else None
    return ident or get_ident()


MAIN = _main_thread()


def nests_deeper_than_messages(text: str, max_depth: int) -> bool:
    """Whether a text nests deeper than JSON of messages within a depth ever does."""
    return nests_deeper(text, BRACKETS * max_depth)


def nests_deeper(text: str, depth: int) -> bool:
    """Whether brackets outside of strings nest deeper than a bound, in text that may be no JSON.

    The work is linear.
    """
    if len(text) <= depth:
        return False
    data = text.encode("utf-8", "surrogatepass")
    if len(data.translate(None, _NOT_OPENING)) <= depth:
        return False
    brackets = data.translate(None, _NOT_SIGNS).replace(b'""', b"")
    if b'"' in brackets or b"\\" in brackets:
        plain = _STRINGS.sub("", text).encode("utf-8", "surrogatepass")
        brackets = plain.translate(None, _NOTBRACKETS)
    return _nest_deeper(brackets, depth)


def _nest_deeper(brackets: bytes, depth: int) -> bool:
    """Whether brackets nest deeper; most texts are flat, and without their leaves soon empty."""
    if len(brackets) - len(brackets.lstrip(b"{[")) > depth:
        return True  # attacks only open
    rest = brackets
    for _ in range(min(depth // 2, _PASSES)):  # each takes two levels at most
        rest = rest.replace(b"{}", b"").replace(b"[]", b"")
        if not rest:
            return False
    level = 0
    for bracket in brackets:
        level += 1 if bracket in b"{[" else -1
        if level > depth:
            return True
    return False


def value_nests_deeper(value: Any, depth: int) -> bool:
    """Whether a value of JSON has more levels of dicts and lists than a bound."""
    level = {0: value} if _is_container(value) else {}
    for _ in range(depth):
        # By identity, for values of Python may have one list in many places.
        level = {id(inner): inner for each in level.values() for inner in _inside(each)}
        if not level:
            return False
    return bool(level)


def _is_container(value: object) -> bool:
    return is_dict(value) or is_list(value)


def _inside(container: Any) -> Iterator[Any]:
    items = container.values() if is_dict(container) else container
    return filter(_is_container, items)
